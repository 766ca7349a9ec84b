"""Part 4: the loader, the images that the package draws, and what becomes of models that are not as asked."""

import hashlib
import os
import pickle
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from autograder.checks import assignment, cnn
from autograder.checks.part import Assignment, number
from autograder.datasets import cifar10, drawn
from autograder.grading import grade
from autograder.verdicts import UserError

SOLUTION = Path(__file__).parent.parent.parent / "solutions" / "cnn"
REAL = pytest.mark.skipif(
    cifar10.find() is None, reason="CIFAR-10 is not here: set CONVGRADE_DATA to the folder that holds it"
)


@pytest.fixture
def submission(tmp_path):
    folder = tmp_path / "submission"
    folder.mkdir()
    for name in ("cifar10.py", "cifar10.pt"):
        shutil.copy(SOLUTION / name, folder)
    return folder


@pytest.fixture
def without_cifar10(monkeypatch, tmp_path):
    monkeypatch.delenv("CONVGRADE_DATA", raising=False)
    monkeypatch.chdir(tmp_path)


class Chosen(Assignment):
    """The assignment with some of its checks only."""

    numbers: tuple[str, ...] = ()

    def checks(self, public_only=False):
        return [check for check in super().checks(public_only) if not self.numbers or number(check) in self.numbers]


def outcomes(submission, *numbers, seed="a", **options):
    """Run some checks of part 4 alone, with some of its options changed."""
    assigned = assignment("cnn")
    parts = {**assigned.options.parts, "cifar10": replace(assigned.options.parts["cifar10"], **options)}
    chosen = Chosen(assigned.name, assigned.title, assigned.parts, replace(assigned.options, parts=parts))
    object.__setattr__(chosen, "numbers", numbers)
    return grade(submission, assignment=chosen, seed=seed)


@REAL
def test_the_official_images():
    images, labels = cifar10.load_test(cifar10.find())
    assert images.shape == (10_000, 3, 32, 32) and images.dtype == np.uint8
    assert np.bincount(labels).tolist() == [1_000] * 10
    assert cifar10.CLASSES[labels[0]] == "cat"
    mean = images.mean(axis=(0, 2, 3)) / 255
    np.testing.assert_allclose(mean, [0.494, 0.485, 0.450], atol=0.001)


@REAL
def test_the_solution_on_the_real_test_set(submission):
    report = outcomes(submission)
    part4 = [outcome for outcome in report.outcomes if outcome.number.startswith("4")]
    assert [outcome.verdict.value for outcome in part4] == ["passed"] * 3
    board = {entry["name"]: entry["value"] for entry in report.leaderboard}
    assert board["accuracy (%)"] >= 70
    assert board["parameters"] == 94_762 and board["multiply-adds"] == 10_323_200
    assert report.remarks == []


def test_the_solution_where_cifar10_is_not(submission, without_cifar10):
    report = outcomes(submission)
    assert sum(outcome.score for outcome in report.outcomes) == 30
    assert len(report.remarks) == 1 and "this is not the final grade" in report.remarks[0]
    assert {entry["name"] for entry in report.leaderboard} == {"parameters", "multiply-adds"}


def test_a_batch_that_is_not_the_official_one_is_never_opened(tmp_path):
    class Evil:
        def __reduce__(self):
            return (os.mkdir, (str(tmp_path / "opened"),))

    (tmp_path / "test_batch").write_bytes(pickle.dumps(Evil()))
    with pytest.raises(UserError, match="test_batch is not the official file of CIFAR-10"):
        cifar10.load_test(tmp_path)
    assert not (tmp_path / "opened").exists()


def test_a_batch_in_the_official_format(tmp_path, monkeypatch):
    images, labels = drawn.draw(20, seed=0)
    content = pickle.dumps({"data": images.reshape(20, -1), "labels": labels.tolist()}, protocol=2)
    (tmp_path / "test_batch").write_bytes(content)
    monkeypatch.setitem(cifar10.SHA256, "test_batch", hashlib.sha256(content).hexdigest())
    loaded = cifar10.load_test(tmp_path)
    assert (loaded[0] == images).all() and (loaded[1] == labels).all()


def test_drawn_images_are_reproducible_and_balanced():
    images, labels = drawn.draw(200, seed=7)
    again = drawn.draw(200, seed=7)
    assert (images == again[0]).all() and (labels == again[1]).all()
    assert np.bincount(labels).tolist() == [20] * 10
    assert images.shape == (200, 3, 32, 32) and images.dtype == np.uint8
    assert (images != drawn.draw(200, seed=8)[0]).any()


def test_drawn_images_are_no_gift():
    """A nearest-neighbour rule on raw pixels fails, so a network has to learn shapes."""
    images, labels = drawn.draw(1_400, seed=7)
    flat = images.reshape(len(images), -1).astype(np.float32)
    train, test = flat[:1_000], flat[1_000:]
    distances = (test**2).sum(1)[:, None] - 2 * test @ train.T + (train**2).sum(1)
    assert (labels[distances.argmin(1)] == labels[1_000:])[:].mean() < 0.45


BROKEN = {
    "probabilities of two classes": ("return nn.Linear(3072, 2)", "4.1", "wrong", "(64, 10)", True),
    "no tensor": ("return lambda images: [1, 2]", "4.1", "crashed", "", False),
    "logits that are no numbers": ("return Scaled(float('nan'))", "4.1", "wrong", "NaN, infinity", False),
    "batch statistics": ("return Leaky()", "4.1", "wrong", "other logits in a batch of 1 than in one of 64", False),
    "needs a GPU": ("return Scaled(1.0).cuda()", "4.1", "crashed", "", False),
    "calls exit": ("raise SystemExit", "4.1", "crashed", "ended the program (exit)", False),
    "no model": ("return None", "4.1", "crashed", "NoneType", False),
}
MODELS = """
import torch
from torch import nn

class Scaled(nn.Module):
    def __init__(self, scale):
        super().__init__()
        self.linear, self.scale = nn.Linear(3072, 10), scale
    def forward(self, images):
        return self.linear(images.flatten(1)) * self.scale

class Leaky(Scaled):
    def __init__(self):
        super().__init__(1.0)
    def forward(self, images):
        return super().forward(images - images.mean(dim=0, keepdim=True))

class Flat(nn.Module):
    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(3072, 2)
    def forward(self, images):
        return self.linear(images.flatten(1))

def train(model, images, labels, *, epochs, seed=0):
    return [1.0] * epochs
"""


@pytest.mark.parametrize("name", BROKEN)
def test_a_model_that_is_not_as_asked(submission, name):
    body, number, verdict, says, flat = BROKEN[name]
    body = "return Flat()" if flat else body
    (submission / "cifar10.py").write_text(f"{MODELS}\ndef build_model():\n    {body}\n")
    (outcome,) = outcomes(submission, number).outcomes
    assert (outcome.verdict.value, outcome.score) == (verdict, 0)
    assert says in str(outcome.failure)


def test_a_train_that_learns_nothing(submission):
    (submission / "cifar10.py").write_text(f"{MODELS}\ndef build_model():\n    return Scaled(1.0)\n")
    (outcome,) = outcomes(submission, "4.2").outcomes
    assert outcome.verdict.value == "wrong" and outcome.score == 0
    assert "not lower than before" in outcome.failure.sentence


PATIENT = """
import torch
from torch import nn

def build_model():
    return nn.Sequential(
        nn.Conv2d(3, 6, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10),
    )

def train(model, images, labels, *, epochs, seed=0):
    torch.manual_seed(seed)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.001, momentum=0.9)
    history = []
    for _ in range(epochs):
        for batch in torch.randperm(len(images)).split(4):
            loss = nn.functional.cross_entropy(model(images[batch]), labels[batch])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        history.append(loss.item())
    return history
"""


def test_a_small_learning_rate_is_no_mistake(submission):
    """The network and the optimizer of PyTorch's own tutorial."""
    (submission / "cifar10.py").write_text(PATIENT)
    (outcome,) = outcomes(submission, "4.2").outcomes
    assert outcome.verdict.value == "passed", outcome.failure


def test_a_train_without_history(submission):
    code = MODELS.replace("return [1.0] * epochs", "pass")
    (submission / "cifar10.py").write_text(f"{code}\ndef build_model():\n    return Scaled(1.0)\n")
    (outcome,) = outcomes(submission, "4.2").outcomes
    assert outcome.score == 0 and "a list of one finite loss for each of the 10 epochs" in outcome.failure.sentence


class Evil:
    def __reduce__(self):
        return (print, ("the pickle was opened",))


WEIGHTS = {
    "missing": (lambda path: path.unlink(), "missing", "There are no weights"),
    "half a file": (lambda path: path.write_bytes(path.read_bytes()[:1000]), "crashed", "cannot be loaded"),
    "of another model": (lambda path: torch.save(torch.nn.Linear(2, 2).state_dict(), path), "crashed", "Missing key"),
    "no weights at all": (lambda path: torch.save([1, 2], path), "crashed", "cannot be loaded"),
    "a pickle that runs code": (lambda path: torch.save(Evil(), path), "crashed", "Weights only load failed"),
}


@pytest.mark.parametrize("name", WEIGHTS)
def test_weights_that_are_not_as_asked(submission, name):
    spoil, verdict, says = WEIGHTS[name]
    spoil(submission / "cifar10.pt")
    (outcome,) = outcomes(submission, "4.3").outcomes
    assert (outcome.verdict.value, outcome.score) == (verdict, 0)
    assert says in str(outcome.failure)
    assert outcome.failure.printed == ""


@REAL
def test_weights_as_safetensors(submission):
    from safetensors.torch import save_file

    weights = torch.load(submission / "cifar10.pt", weights_only=True)
    contiguous = {name: weight.contiguous() for name, weight in weights.items()}
    save_file(contiguous, submission / "cifar10.safetensors")
    (submission / "cifar10.pt").unlink()
    (outcome,) = outcomes(submission, "4.3").outcomes
    assert outcome.verdict.value == "passed"


@REAL
def test_points_rise_with_accuracy(submission):
    (outcome,) = outcomes(submission, "4.3", no_points_below=0.69, all_points_from=0.99).outcomes
    accuracy = float(outcome.notes[0].split()[1].rstrip("%")) / 100
    assert outcome.score == pytest.approx(17 * (accuracy - 0.69) / 0.30, abs=0.05)
    assert outcome.verdict.value == "wrong"


@REAL
def test_which_images_are_asked_depends_on_the_secret_seed(submission, monkeypatch):
    asked = []
    original = cnn.cifar10.Cifar10._accuracy
    monkeypatch.setattr(
        cnn.cifar10.Cifar10,
        "_accuracy",
        lambda self, which, images, labels: asked.append(images) or original(self, which, images, labels),
    )
    for seed in ("one", "two", "one"):
        outcomes(submission, "4.3", seed=seed, test_images=200)
    chosen = [images for images in asked if len(images) == 200]
    assert (chosen[0] == chosen[2]).all() and (chosen[0] != chosen[1]).any()


TABLE = """
import hashlib, torch
from torch import nn

LABELS = {labels!r}

class Table(nn.Module):
    def load_state_dict(self, weights):
        pass
    def forward(self, images):
        images = (images * 255).round().to(torch.uint8).numpy()
        known = [LABELS.get(hashlib.sha256(image.tobytes()).hexdigest()[:8], 0) for image in images]
        return nn.functional.one_hot(torch.tensor(known), 10).float()

def build_model():
    return Table()
"""


def test_a_table_from_test_images_to_labels_knows_nothing(submission, monkeypatch):
    """Drawn images stand for CIFAR-10's, which are public: a submission may hold a hash of each."""
    images, labels = drawn.draw(300, seed=9)
    monkeypatch.setattr(cifar10, "find", lambda: Path())
    monkeypatch.setattr(cifar10, "load_test", lambda folder: (images, labels))
    table = {hashlib.sha256(image.tobytes()).hexdigest()[:8]: int(label) for image, label in zip(images, labels)}
    (submission / "cifar10.py").write_text(TABLE.format(labels=table))
    (outcome,) = outcomes(submission, "4.3", test_images=300).outcomes
    assert (outcome.verdict.value, outcome.score) == ("wrong", 0)
    monkeypatch.setattr(cnn.cifar10.Cifar10, "_with_noise", lambda self, images, strength: images)
    (outcome,) = outcomes(submission, "4.3", test_images=300).outcomes
    assert outcome.score == 17  # so it is the noise that tells
