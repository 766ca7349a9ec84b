"""Part 4: the loader, the images that the package draws, and what becomes of models that are not as asked."""

import json
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from autograder import datasets, loading, networks
from autograder.assignment import Assignment, find
from autograder.datasets import drawn
from autograder.grading import grade
from autograder.networks import augmentations, causes, classifier
from autograder.part import Retraining
from autograder.report import html, terminal
from autograder.verdicts import Verdict
from common.errors import UserError
from tests.autograder import tables

ROOT = Path(__file__).parent.parent.parent
SOLUTION, HONEST = ROOT / "solutions" / "cnn", ROOT / "tests" / "honest"
CNN = find("cnn")
cifar10 = loading.module(SOLUTION, "checks.cifar10")
REAL = pytest.mark.skipif(
    datasets.find("cifar10") is None, reason="CIFAR-10 is not here: set CONVGRADE_DATA to the folder that holds it"
)

sentence = pytest.mark.sampled(1, family="sentences about train")


@pytest.fixture
def submission(tmp_path):
    folder = tmp_path / "submission"
    folder.mkdir()
    for name in ("cifar10.py", "cifar10.pt"):
        shutil.copy(HONEST / name, folder)
    return folder


@pytest.fixture
def pretend(monkeypatch):
    """Let images that the package draws stand for CIFAR-10's, or others."""

    def pretend(test, train=None):
        splits = {"test": test, "train": train}
        stored = SimpleNamespace(load=splits.get)
        monkeypatch.setattr(datasets, "find", lambda name, split="test": stored if splits[split] else None)

    return pretend


@pytest.fixture
def without_cifar10(monkeypatch, tmp_path):
    monkeypatch.delenv("CONVGRADE_DATA", raising=False)
    monkeypatch.chdir(tmp_path)


class Chosen(Assignment):
    """The assignment with some of its checks only."""

    numbers: tuple[str, ...] = ()

    def checks(self, public_only=False):
        return [check for check in super().checks(public_only) if not self.numbers or check.number in self.numbers]


def outcomes(submission, *numbers, seed="a", call_seconds=60.0, retraining=None, public_only=False, **settings):
    """Run some checks of part 4 alone, with some of what it asks of the network changed."""
    part = CNN.config.parts["cifar10"]
    part = replace(part, call_seconds=call_seconds, settings=replace(part.settings, **settings))
    chosen = Chosen(CNN.folder, replace(CNN.config, parts={**CNN.config.parts, "cifar10": part}), CNN.cases)
    object.__setattr__(chosen, "numbers", numbers)
    return grade(submission, chosen, seed=seed, retraining=retraining, public_only=public_only)


@pytest.mark.long
@REAL
def test_an_honest_network_on_the_real_test_set(submission):
    report = outcomes(submission)
    part4 = {outcome.number: outcome for outcome in report.outcomes if outcome.number.startswith("4")}
    assert {number: outcome.verdict.value for number, outcome in part4.items()} == dict.fromkeys(part4, "passed")
    assert list(part4) == ["4.1", "4.2", "4.3", "4.4", "4.5"]
    board = {entry["name"]: entry["value"] for entry in report.leaderboard}
    assert 77 <= board["accuracy (%)"] <= 86
    assert board["parameters"] == 94_762 and board["multiply-adds"] == 10_323_200
    assert part4["4.5"].notes == [
        "94,762 parameters, 10,323,200 multiply-adds for one image, 0.4 MB of weights, 3.4 kB of source files."
    ]
    robustness, classes = dict(part4["4.3"].charts[0].bars), dict(part4["4.4"].charts[0].bars)
    assert robustness["as they are"] > robustness["shifted by 4 pixels"] > robustness["upside down"] > 0.1
    assert set(classes) == set(cifar10.CIFAR10) and classes["automobile"] > classes["bird"]
    assert "shifted by 4 pixels" in html.render(report, "a student") and "shifted by 4 pixels" in terminal.summary(report)
    assert any("Of 500 training images" in note for note in part4["4.3"].notes)
    assert report.remarks == []


@pytest.mark.costly
@pytest.mark.parametrize(
    ("there", "said"),
    [
        ({"test_images.npy": b"", "test_labels.npy": b"no array"}, "test_images.npy is damaged"),
        ({"test_labels.npy": b"\x93NUMPY"}, "test_images.npy is missing"),
    ],
)
def test_a_damaged_data_set_stops_at_home_only_what_needs_it(submission, without_cifar10, there, said):
    Path("cifar10").mkdir()
    for name, content in there.items():
        Path("cifar10", name).write_bytes(content)
    shutil.copy(SOLUTION / "convolution.py", submission)
    report = outcomes(submission, "1.1", "4.3", "4.4", public_only=True)
    assert [outcome.verdict.value for outcome in report.outcomes] == ["passed", "skipped", "skipped"]
    assert said in report.obstacles[0] and "`python check.pyz data fetch cifar10`" in report.obstacles[0]
    assert said in terminal.summary(report)
    with pytest.raises(UserError, match=said):  # a grade is given with all checks, or not at all
        outcomes(submission, "4.3")


@REAL
@pytest.mark.slow
def test_the_solution_recognises_92_percent_of_views(tmp_path):
    for name in ("cifar10.py", "cifar10.pt"):
        shutil.copy(SOLUTION / name, tmp_path)
    bonus = [networks.Bonus(0.80, 2.0), networks.Bonus(0.90, 3.0)]
    report = outcomes(tmp_path, "4.3", "4.4", "4.5", test_images=10_000, robustness_images=0, bonus=bonus)
    assert float(re.match(r"Accuracy (.*)% on 10,000 test images", report.outcomes[0].notes[0]).group(1)) >= 92.0
    assert report.score == 14 + 3 + 2 + 5
    assert (tmp_path / "cifar10.pt").stat().st_size <= 4_000_000
    assert json.loads((SOLUTION / "training.json").read_text())["epochs"] > 1


@pytest.mark.long
def test_the_solution_where_cifar10_is_not(without_cifar10):
    report = outcomes(SOLUTION)
    assert report.score == 100
    assert len(report.remarks) == 1 and "this is not the final grade" in report.remarks[0]
    assert {entry["name"] for entry in report.leaderboard} == {"parameters", "multiply-adds"}


BROKEN = {
    "two classes": ("return Flat()", "4.1", "wrong", "(64, 2). The last layer must have 10 outputs.", True),
    "no module": ("return lambda images: [1, 2]", "4.1", "wrong", "torch.nn.Module, but returned a function.", False),
    "a class": ("return Chance", "4.1", "wrong", "torch.nn.Module, but returned the class Chance.", False),
    "half written": (
        "raise NotImplementedError('first a kernel')",
        "4.1",
        "crashed",
        "NotImplementedError: first a",
        False,
    ),
    "not written": ("raise NotImplementedError", "4.2", "not implemented", "build_model is not written yet", False),
    "logits that are no numbers": ("return Scaled(float('nan'))", "4.1", "wrong", "NaN, infinity", False),
    "batch statistics": ("return Leaky()", "4.1", "wrong", "different logits in a batch of 1 than in one of 64", False),
    "probabilities": (
        "return nn.Sequential(Scaled(1.0), nn.Softmax(dim=1))",
        "4.1",
        "wrong",
        "returns probabilities",
        False,
    ),
    "batch statistics of a layer": (
        "return nn.Sequential(nn.BatchNorm2d(3, track_running_stats=False), Scaled(1.0))",
        "4.1",
        "wrong",
        "normalises with the mean and deviation of the batch",
        False,
    ),
    "left to chance": ("return Chance()", "4.1", "wrong", "line 22: return nn.functional.dropout(", False),
    "needs a GPU": ("return Scaled(1.0).cuda()", "4.1", "crashed", "There is no GPU where your work is graded", False),
    "needs a GPU later": ("return Scaled(1.0).to('cuda')", "4.2", "crashed", "There is no GPU where your work is", False),
    "takes minutes": ("return Slow()", "4.1", "timed out", "did not finish within 3", False),
    "calls exit": ("raise SystemExit", "4.1", "crashed", "ended the program (exit)", False),
    "nothing": ("pass", "4.1", "wrong", "but returned None. Is a return missing?", False),
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

class Chance(Scaled):
    def __init__(self):
        super().__init__(1.0)
    def forward(self, images):
        return nn.functional.dropout(super().forward(images))

class Slow(Scaled):
    def __init__(self):
        super().__init__(1.0)
    def forward(self, images):
        import time
        for image in images:
            print("an image of", image.shape)
            time.sleep(1)
        return super().forward(images)

class Flat(nn.Module):
    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(3072, 2)
    def forward(self, images):
        return self.linear(images.flatten(1))

def train(model, images, labels, *, epochs, seed=0):
    return [1.0] * epochs
"""


@pytest.mark.sampled(2)
@pytest.mark.parametrize("name", BROKEN)
def test_a_model_that_is_not_as_asked(submission, name):
    body, number, verdict, says, flat = BROKEN[name]
    body = "return Flat()" if flat else body
    (submission / "cifar10.py").write_text(f"{MODELS}\ndef build_model():\n    {body}\n")
    (outcome,) = outcomes(submission, number, call_seconds=3.0 if name == "takes minutes" else 60.0).outcomes
    assert (outcome.verdict.value, outcome.score) == (verdict, 0)
    assert says in str(outcome.failure)


def test_a_model_that_prints_for_each_image(submission):
    chatty = "images.shape; [print('an image') for image in images]; return super().forward(images)"
    code = MODELS.replace("return super().forward(images - images.mean(dim=0, keepdim=True))", chatty)
    (submission / "cifar10.py").write_text(f"{code}\ndef build_model():\n    return Leaky()\n")
    (outcome,) = outcomes(submission, "4.1").outcomes
    assert outcome.verdict.value == "passed", outcome.failure


@pytest.mark.costly
def test_a_train_that_learns_nothing(submission):
    (submission / "cifar10.py").write_text(f"{MODELS}\ndef build_model():\n    return Scaled(1.0)\n")
    (outcome,) = outcomes(submission, "4.2").outcomes
    assert outcome.verdict.value == "wrong" and outcome.score == 0
    assert "still has the weights that build_model gave it. No optimizer takes a step." in outcome.failure.sentence


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


@pytest.mark.costly
def test_a_small_learning_rate_is_no_mistake(submission):
    """The network and the optimizer of PyTorch's own tutorial."""
    (submission / "cifar10.py").write_text(PATIENT)
    (outcome,) = outcomes(submission, "4.2").outcomes
    assert outcome.verdict.value == "passed", outcome.failure


@pytest.mark.parametrize(
    ("multiply_adds", "epochs"), [(0, 300), (10**8, 300), (4 * 10**8, 250), (5 * 10**8, 200), (10**14, 200), (None, 300)]
)
def test_a_costlier_network_is_trained_in_fewer_epochs(monkeypatch, multiply_adds, epochs):
    def size(self):
        if multiply_adds is None:
            self.fail_with(Verdict.CRASHED, "build_model raised an error")
        return networks.Size(1000, 0, multiply_adds)

    monkeypatch.setattr(cifar10.Cifar10, "size", size)
    check = next(each for each in CNN.checks() if each.number == "4.2")
    assert check.on(grading=None).affordable(cifar10.Cifar10.batch_epochs, classifier.BATCH) == epochs


HISTORIES = {
    "pass": "returned None. Is `return history` missing?",
    "return torch.ones(epochs)": "returned a tensor of shape (300,). Its .tolist() is a list.",
    "return model": "returned a Scaled.",
    "return {'loss': 1.0}": "returned a dict with 'loss'.",
    "return 0.5": "returned the float 0.5.",
    "return [1.0]": "returned 1 loss. Append the mean loss once in each epoch",
    "return [1.0] * 2 * epochs": "returned 600 losses.",
    "return [(1.0, 0.5)] * epochs": "returned a list whose entry for epoch 1 is a tuple of 2 (the float 1, the float 0.5).",
    "return [1.0, 1.0] + [float('inf')] * (epochs - 2)": "the loss of epoch 3 is inf",
}


@pytest.mark.costly
@sentence
@pytest.mark.parametrize("end", HISTORIES)
def test_a_history_that_is_not_as_asked(submission, end):
    code = MODELS.replace("return [1.0] * epochs", end)
    (submission / "cifar10.py").write_text(f"{code}\ndef build_model():\n    return Scaled(1.0)\n")
    (outcome,) = outcomes(submission, "4.2").outcomes
    asked = "train must return a list of one finite loss for each of the 300 epochs, but "
    assert outcome.score == 0 and outcome.failure.sentence.startswith(asked + HISTORIES[end])


@sentence
def test_losses_may_be_tensors(submission):
    code = MODELS.replace("return [1.0] * epochs", "return [torch.ones(1)] * epochs")
    (submission / "cifar10.py").write_text(f"{code}\ndef build_model():\n    return Scaled(1.0)\n")
    (outcome,) = outcomes(submission, "4.2").outcomes
    assert "still has the weights" in outcome.failure.sentence


@pytest.mark.costly
@pytest.mark.parametrize(
    ("rate", "points", "hint"),
    [
        ("0.0004", 3.5, "With 10 times its learning rate it recognises 100%: the learning rate is too small."),
        ("1e-6", 0, "times its learning rate it recognises"),
        ("3.0", 0, "the learning rate is too large."),
    ],
)
@sentence
def test_a_learning_rate_is_blamed_only_where_another_one_is_better(submission, monkeypatch, rate, points, hint):
    monkeypatch.setattr(causes, "OFTEN", 0)  # however slow this machine is
    (submission / "cifar10.py").write_text(PATIENT.replace("lr=0.001", f"lr={rate}"))
    (outcome,) = outcomes(submission, "4.2").outcomes
    assert (outcome.verdict.value, outcome.score) == ("wrong", points)
    assert hint in outcome.failure.hint


@sentence
@pytest.mark.parametrize(
    ("changed", "values"),
    [
        ("(images - images.mean((0, 2, 3), keepdim=True)) / images.std((0, 2, 3), keepdim=True)", "mean 0 and standard"),
        ("(images - torch.tensor([0.4914, 0.4822, 0.4465]).view(3, 1, 1)) / 0.25", "mean 0 and standard"),
        ("images * 255", "from 0 to 255"),
        ("1 - images", "inverted, with 1 for black"),
    ],
)
def test_images_that_train_normalises_instead_of_the_model(submission, changed, values):
    code = PLAIN.replace("    torch.manual_seed(seed)\n", f"    torch.manual_seed(seed)\n    images = {changed}\n")
    code = code.replace("lr=0.05", "lr=3e-5") if "255" in changed else code
    (submission / "cifar10.py").write_text(code)
    (outcome,) = outcomes(submission, "4.2").outcomes
    assert outcome.verdict.value == "wrong" and "The last loss in its history is 0.0" in outcome.failure.sentence
    assert f"With pixel values {'of ' if 'mean' in values else ''}{values}" in outcome.failure.hint
    assert "Normalise images inside the model" in outcome.failure.hint


@pytest.mark.costly
@sentence
def test_labels_in_another_order_are_not_blamed_on_pixels_or_learning_rate(submission):
    (submission / "cifar10.py").write_text(PLAIN.replace("images, labels)\n", "images, labels.flip(0))\n", 1))
    (outcome,) = outcomes(submission, "4.2").outcomes
    assert outcome.score == 0 and outcome.failure.hint is None
    assert "each image's logits with its own label" in outcome.failure.sentence


MISTAKES = {
    "foward": ("def forward", "def foward", "4.1", "crashed", "Net has no method called forward. Rename foward?"),
    "farward within": (
        "return Net()",
        "return nn.Sequential(Net(), type('Block', (nn.Module,), {'farward': None})())",
        "4.1",
        "crashed",
        "Block has no method called forward. Rename farward?",
    ),
    "no train": ("def train(", "def fit(", "4.2", "missing", "cifar10.py has no function called train."),
    "a tuple": (
        "return self.layers(images)",
        "return self.layers(images), images",
        "4.1",
        "wrong",
        "returned a tuple of 2 (a tensor of shape (64, 10), a tensor of shape (64, 3, 32, 32)). Return only the logits.",
    ),
    "no logits": ("return self.layers(images)", "self.layers(images)", "4.1", "wrong", "None. Does forward end with a"),
    "not flattened": ("nn.Flatten(), nn.LazyLinear(10)", "nn.LazyConv2d(10, 7)", "4.1", "wrong", "Flatten it: .flatten(1)"),
    "rows of other lengths": (
        "nn.Flatten(), nn.LazyLinear(10)",
        "nn.Flatten(0), nn.Unflatten(0, (-1, 392)), nn.Linear(392, 10)",
        "4.1",
        "wrong",
        "(128, 10). Each image must keep its own row",
    ),
    "a layer of another width": (
        "nn.LazyLinear(10)",
        "nn.Linear(800, 10)",
        "4.1",
        "crashed",
        "got a tensor of shape (64, 784). Its in_features is 800, but 784 arrive.",
    ),
    "a layer behind feature maps": (
        "nn.Flatten(), nn.LazyLinear(10)",
        "nn.Linear(784, 10)",
        "4.1",
        "crashed",
        "got a tensor of shape (64, 16, 7, 7). Flatten it first",
    ),
    "another number of channels": (
        "nn.LazyConv2d(16",
        "nn.Conv2d(1, 16",
        "4.1",
        "crashed",
        "in_channels is 1, but 3 arrive",
    ),
    "a text file": (
        "    torch.manual_seed(seed)",
        "    open('log.txt', 'w')",
        "4.2",
        "crashed",
        "train raised PermissionError: [Errno 13] Permission denied: 'log.txt'. Your code may read the files that you",
    ),
    "a checkpoint": (
        "    torch.manual_seed(seed)",
        "    torch.save(model.state_dict(), 'cifar10.pt')",
        "4.2",
        "crashed",
        "may not write any: do not save or log anything in the functions that are graded.",
    ),
    "a file of theirs": (
        "    torch.manual_seed(seed)",
        "    open(__file__ + '.txt')",
        "4.2",
        "crashed",
        "No such file or directory: 'cifar10.py.txt'",
    ),
    "practice": ("import torch\n", "import practice\n", "4.1", "forbidden", "practice.py stays at home: it is not part of"),
    "another package": (
        "import torch\n",
        "import torchvision\n",
        "4.1",
        "forbidden",
        "If torchvision is a file of your own",
    ),
    "mps": ("model(x)", "model(x.to('mps'))", "4.2", "crashed", "There is no GPU where your work is graded"),
    "the optimizer of another model": (
        "SGD(model.parameters()",
        "SGD([nn.Parameter(torch.ones(1))]",
        "4.2",
        "wrong",
        "The optimizer has none of this model's parameters",
    ),
    "detached logits": ("model(x)", "model(x).detach()", "4.2", "crashed", "Gradients cannot flow from the loss back"),
    "no gradients": ("            loss.backward()\n", "", "4.2", "wrong", "No parameter has a gradient"),
    "a batch of one": (
        "return self.layers(images)",
        "return F.batch_norm(self.layers(images), None, None, training=True)",
        "4.1",
        "crashed",
        "avoid batches of one",
    ),
    "drop_last and no division": (
        "seen = 0",
        "seen = 1e-9; loader = torch.utils.data.DataLoader(dataset, batch_size=64, drop_last=True)",
        "4.2",
        "wrong",
        "The loader has no batch: drop_last=True drops ten images",
    ),
    "a default device": (
        "import torch",
        "import torch; torch.set_default_device('mps')",
        "4.1",
        "crashed",
        "There is no GPU",
    ),
    "drop_last": (
        "shuffle=True",
        "shuffle=True, drop_last=True",
        "4.2",
        "crashed",
        "The loader has no batch: drop_last=True drops all",
    ),
    "a schedule of no steps": (
        "STEPS = -(-len(images) // 64)",
        "STEPS = len(images) // 64",
        "4.2",
        "crashed",
        "counts full batches only",
    ),
    "a schedule that ends early": (
        "STEPS = -(-len(images) // 64)",
        "STEPS = max(1, len(images) // 64) / 2",
        "4.2",
        "crashed",
        "fewer steps than there are batches",
    ),
}
STUDENT = """
import torch
from torch import nn
from torch.nn import functional as F

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(
            nn.LazyConv2d(16, 3), nn.LazyBatchNorm2d(), nn.ReLU(), nn.MaxPool2d(4), nn.Flatten(), nn.LazyLinear(10)
        )

    def forward(self, images):
        return self.layers(images)

def build_model():
    return Net()

def train(model, images, labels, *, epochs, seed=0):
    torch.manual_seed(seed)
    dataset = torch.utils.data.TensorDataset(images, labels)
    loader = torch.utils.data.DataLoader(dataset, batch_size=64, shuffle=True)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9)
    STEPS = -(-len(images) // 64)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=0.1, epochs=1, steps_per_epoch=int(epochs * STEPS))
    history = []
    for _ in range(epochs):
        total = seen = 0
        model.train()
        for x, y in loader:
            optimizer.zero_grad()
            loss = F.cross_entropy(model(x), y)
            loss.backward()
            optimizer.step()
            schedule.step()
            total, seen = total + loss.item() * len(x), seen + len(x)
        history.append(total / seen)
    return history
"""


# The same without what hides a learning rate and how images are normalised.
PLAIN = "".join(line for line in STUDENT.splitlines(keepends=True) if "schedule" not in line)
for lazy, plain in (("LazyConv2d(", "Conv2d(3, "), ("nn.LazyBatchNorm2d(), ", ""), ("LazyLinear(", "Linear(784, ")):
    PLAIN = PLAIN.replace(lazy, plain)


@sentence
def test_a_progress_bar_is_no_mistake(submission):
    code = STUDENT.replace("import torch\n", "import torch\nfrom tqdm.auto import tqdm\n", 1)
    code = code.replace("in loader:", "in tqdm(loader):").replace("return history", "print('the end'); raise SystemExit")
    (submission / "cifar10.py").write_text(code)
    (outcome,) = outcomes(submission, "4.2").outcomes
    assert "train ended the program (exit)" in outcome.failure.sentence
    assert outcome.failure.printed == "the end\n"  # and no bars


@pytest.mark.costly
def test_lazy_layers_are_no_mistake(submission):
    (submission / "cifar10.py").write_text(STUDENT)
    exec(STUDENT, module := {})
    model = module["build_model"]()
    model(torch.zeros(1, 3, 32, 32))
    torch.save(model.state_dict(), submission / "cifar10.pt")
    report = outcomes(submission, "4.1", "4.2", "4.5")
    assert report.score == 4 + 7 + 2


@pytest.mark.sampled(2)
@pytest.mark.parametrize("name", MISTAKES)
def test_the_sentence_names_the_mistake(submission, name):
    right, wrong, number, verdict, says = MISTAKES[name]
    assert right in STUDENT
    (submission / "cifar10.py").write_text(STUDENT.replace(right, wrong))
    (outcome,) = outcomes(submission, number).outcomes
    assert (outcome.verdict.value, outcome.score) == (verdict, 0)
    assert says in str(outcome.failure)


@pytest.mark.costly
def test_a_loader_that_drops_the_last_batch(submission):
    code = (HONEST / "cifar10.py").read_text()
    dropping = code.replace("torch.randperm(len(images)).split(BATCH_SIZE)", "()")
    assert dropping != code
    (submission / "cifar10.py").write_text(dropping)
    (outcome,) = outcomes(submission, "4.2").outcomes
    assert outcome.score == 0 and "including the last, smaller one" in str(outcome.failure)


@REAL
@pytest.mark.long
def test_dropout_left_on_is_not_blamed_on_the_batch(submission):
    code = (HONEST / "cifar10.py").read_text().replace("nn.Flatten(),", "nn.Flatten(), Always(),")
    (submission / "cifar10.py").write_text(f"{code}\n\nclass Always(nn.Module):\n    forward = staticmethod(F.dropout)\n")
    weights = torch.load(submission / "cifar10.pt", weights_only=True)
    torch.save({name.replace("6.", "7."): weight for name, weight in weights.items()}, submission / "cifar10.pt")
    (outcome,) = outcomes(submission, "4.3").outcomes
    assert outcome.score == 0 and "the second time" in outcome.failure.sentence
    assert "F.dropout needs training=self.training" in outcome.failure.hint


@REAL
@pytest.mark.long
def test_weights_trained_with_normalised_images(submission):
    """The network of HONEST without its first layer, whose weights stay: as a train that normalises leaves them."""
    code = (HONEST / "cifar10.py").read_text()
    weights = torch.load(submission / "cifar10.pt", weights_only=True)
    assert "nn.BatchNorm2d(3, affine=False)," in code
    (submission / "cifar10.py").write_text(code.replace("nn.BatchNorm2d(3, affine=False),", "nn.Identity(),"))
    torch.save({name: weight for name, weight in weights.items() if not name.startswith("0.")}, submission / "cifar10.pt")
    (outcome,) = outcomes(submission, "4.3", test_images=500, robustness_images=0).outcomes
    assert outcome.verdict.value == "wrong"
    assert "With pixel values of mean 0 and standard deviation 1, the network recognises 8" in outcome.failure.hint
    (submission / "cifar10.py").write_text(code)
    shutil.copy(HONEST / "cifar10.pt", submission)
    (outcome,) = outcomes(submission, "4.3", test_images=500, robustness_images=0, all_points_from=0.99).outcomes
    assert outcome.verdict.value == "wrong" and outcome.failure.hint is None


class Evil:
    def __reduce__(self):
        return (print, ("the pickle was opened",))


def change_weights(change):
    """Return a function that changes the weights in a file."""

    def spoil(path):
        torch.save(change(torch.load(path, weights_only=True)), path)

    return spoil


def with_nan(weights):
    weights["1.0.weight"][0, 0, 0, 0] = float("nan")
    return weights


def in_a_folder(path):
    weights = path.read_bytes()
    path.unlink()
    path.mkdir()
    (path / "data.pkl").write_bytes(weights)


WEIGHTS = {
    "missing": (lambda path: path.unlink(), "missing", "The weights are missing"),
    "another name": (
        lambda path: path.rename(path.with_name("best.pth")),
        "missing",
        "There is best.pth: if it holds the weights,",
    ),
    "empty": (lambda path: path.write_bytes(b""), "crashed", "cifar10.pt is not a complete"),
    "half a file": (lambda path: path.write_bytes(path.read_bytes()[:1000]), "crashed", "cifar10.pt is not a complete"),
    "a text": (lambda path: path.write_text("my weights"), "crashed", "cifar10.pt"),
    "a pointer": (
        lambda path: path.write_text("version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 3961390\n"),
        "crashed",
        "cifar10.pt is a Git LFS pointer",
    ),
    "a web page": (lambda path: path.write_text("\n<!DOCTYPE html><html>"), "crashed", "cifar10.pt is a web page"),
    "a folder": (in_a_folder, "missing", "cifar10.pt is a folder"),
    "of another model": (
        lambda path: torch.save(torch.nn.Linear(2, 2).state_dict(), path),
        "crashed",
        "belongs to another network",
    ),
    "of another width": (
        change_weights(lambda w: {**w, "6.bias": torch.zeros(9)}),
        "crashed",
        "6.bias has the shape (9,) in the",
    ),
    "in a wrapper": (
        change_weights(lambda w: {f"module.{k}": v for k, v in w.items()}),
        "crashed",
        'begins with "module.", which nn.DataParallel puts before them. Save model.module.state_dict().',
    ),
    "a list": (
        lambda path: torch.save([1, 2], path),
        "crashed",
        "holds a list of 2 (the int 1, the int 2), but should hold what model.state_dict() returns.",
    ),
    "a checkpoint": (
        change_weights(lambda w: {"net": w, "acc": np.float64(0.7), "optimizer": {"state": {}}}),
        "crashed",
        "its weights are under the key 'net'. Save them alone: "
        """`torch.save(torch.load("cifar10.pt", weights_only=False)['net'], "cifar10.pt")`.""",
    ),
    "two networks": (change_weights(lambda w: {"model": w, "ema": w}), "crashed", "one of the keys 'model', 'ema'"),
    "the whole model": (
        lambda path: torch.save(torch.nn.Linear(2, 2), path),
        "crashed",
        'holds the whole model. Save its weights alone: `torch.save(model.state_dict(), "cifar10.pt")`.',
    ),
    "not a number": (change_weights(with_nan), "crashed", "holds NaN or infinity, in 1.0.weight"),
    "a pickle that runs code": (lambda path: torch.save(Evil(), path), "crashed", "holds more than weights"),
}


@pytest.mark.sampled(4)
@pytest.mark.parametrize("name", WEIGHTS)
def test_weights_that_are_not_as_asked(submission, name):
    spoil, verdict, says = WEIGHTS[name]
    spoil(submission / "cifar10.pt")
    (outcome,) = outcomes(submission, "4.3").outcomes
    assert (outcome.verdict.value, outcome.score) == (verdict, 0)
    assert says in str(outcome.failure)
    assert outcome.failure.printed == ""


@REAL
@pytest.mark.long
def test_weights_as_safetensors(submission):
    from safetensors.torch import save_file

    weights = torch.load(submission / "cifar10.pt", weights_only=True)
    contiguous = {name: weight.contiguous() for name, weight in weights.items()}
    save_file(contiguous, submission / "cifar10.safetensors")
    (submission / "cifar10.pt").unlink()
    (outcome,) = outcomes(submission, "4.3").outcomes
    assert outcome.verdict.value == "passed"


@REAL
@pytest.mark.long
def test_points_rise_with_accuracy(submission):
    (outcome,) = outcomes(submission, "4.3", no_points_below=0.69, all_points_from=0.99).outcomes
    accuracy = float(outcome.notes[0].split()[1].rstrip("%")) / 100
    assert outcome.score == pytest.approx(14 * (accuracy - 0.69) / 0.30, abs=0.05)
    assert outcome.verdict.value == "wrong"


FIXED = """
import torch
from torch import nn

class Fixed(nn.Module):
    # Knows an image by how green it is, in any light, but for the classes in NEVER.
    def __init__(self):
        super().__init__()
        self.scale = nn.Parameter(torch.ones(1))
    def forward(self, images):
        red, green, blue = images.mean((2, 3)).T
        classes = ((60 * green / red - 20) / 8).round().long().clamp(0, 9)
        logits = nn.functional.one_hot(classes, 10).float() * self.scale
        logits[:, {never}] = -1.0
        return logits

def build_model():
    return Fixed()
"""


@pytest.fixture
def known(submission, pretend):
    """A network that recognises all images but those of some classes, which it never names."""

    def known(never=()):
        labels = (np.arange(500) % 10).astype(np.uint8)
        images = np.full((500, 3, 32, 32), 60, np.uint8)
        images[:, 1] = (20 + 8 * labels)[:, None, None]
        pretend(test=(images, labels))
        (submission / "cifar10.py").write_text(FIXED.format(never=list(never)))
        torch.save({"scale": torch.ones(1)}, submission / "cifar10.pt")
        return submission

    return known


def test_points_on_top(known):
    bonus = [networks.Bonus(0.80, 2.0), networks.Bonus(0.90, 3.0), networks.Bonus(1.0, 50.0)]
    (outcome,) = outcomes(known(never=[9]), "4.3", bonus=bonus, no_points_below=0.4, all_points_from=0.6).outcomes
    assert outcome.notes[0].startswith("Accuracy 90.0%") and outcome.verdict.value == "passed"
    assert outcome.score == 14 + 2 + 3


def test_a_class_that_is_given_up(known):
    accuracy, worst = outcomes(known(never=[3]), "4.3", "4.4").outcomes
    assert accuracy.score == 14
    assert (worst.score, worst.verdict.value) == (0, "wrong")
    assert worst.notes == ["Worst class: cat, 0.0% of its images are recognised. It takes most of them for airplane."]
    assert dict(worst.charts[0].bars)["dog"] == 1


def test_no_class_is_given_up(known):
    assert [outcome.score for outcome in outcomes(known(), "4.3", "4.4").outcomes] == [14, 3]


@pytest.mark.costly
@pytest.mark.parametrize(
    ("budget", "says"),
    [
        ({"most_parameters": 94_761}, "The network has 94,762 parameters; at most 94,761 are allowed."),
        ({"most_multiply_adds": 10_323_199}, "The network has 10,323,200 multiply-adds for one image; at most 10,323,199"),
        ({"most_weights_mb": 0.3}, "The files beside your .py files have 0.4 MB; at most 0.3 MB are allowed."),
        ({"most_parameters": 94_762, "most_multiply_adds": 10_323_200, "most_weights_mb": 0.4}, None),
    ],
)
def test_budgets(submission, budget, says):
    (outcome,) = outcomes(submission, "4.5", **budget).outcomes
    assert outcome.score == (0 if says else 2)
    assert says is None or says in outcome.failure.sentence


@pytest.mark.costly
def test_every_file_and_its_name_count_as_weights(submission):
    (submission / "cifar10.pt").rename(submission / "moved")
    (submission / "cifar10.pt").mkdir()
    (submission / "moved").rename(submission / "cifar10.pt" / "data")
    (outcome,) = outcomes(submission, "4.5", most_weights_mb=0.3).outcomes
    assert outcome.score == 0 and "have 0.4 MB; at most 0.3" in outcome.failure.sentence
    shutil.rmtree(submission / "cifar10.pt")
    (submission / "cifar10.pt").write_bytes(b"")
    for count in range(60):
        (submission / f"{count:0>190}.txt").touch()
    (outcome,) = outcomes(submission, "4.5", most_weights_mb=0.01).outcomes
    assert outcome.score == 0 and "at most 0.01" in outcome.failure.sentence


REMEMBERING = """
import right
import torch
from right import train

class Leaking(torch.nn.Sequential):
    # Needs the other images of a batch, and repeats what it has answered once.
    kept = {}
    def forward(self, images):
        logits = super().forward(images)
        logits = logits - logits.mean(dim=0)
        for place, image in enumerate(images):
            logits[place] = self.kept.setdefault(image.numpy().tobytes(), logits[place].clone())
        return logits

def build_model():
    return Leaking(*right.build_model())
"""


@pytest.mark.costly
@REAL
def test_remembered_answers_are_seen(submission):
    (submission / "cifar10.py").rename(submission / "right.py")
    (submission / "cifar10.py").write_text(REMEMBERING)
    for outcome in outcomes(submission, "4.1", "4.3").outcomes:
        assert (outcome.verdict.value, outcome.score) == ("wrong", 0)
        assert "After a restart, images get different logits" in outcome.failure.sentence


MEMORY = """
import torch
from torch import nn

class Memory(nn.Module):
    # Holds the test images themselves, and answers with the label of the nearest.
    def __init__(self):
        super().__init__()
        self.images = nn.Parameter(torch.zeros({count}, 3072))
        self.labels = nn.Parameter(torch.zeros({count}))
    def forward(self, images):
        nearest = torch.cdist(images.flatten(1), self.images).argmin(dim=1)
        return nn.functional.one_hot(self.labels[nearest].long(), 10).float()

def build_model():
    return Memory()
"""


@pytest.mark.costly
def test_a_network_that_learned_the_test_images_by_heart_is_seen(submission, pretend):
    images, labels = drawn.draw(300, seed=9)
    pretend(test=(images, labels), train=drawn.draw(600, seed=10))
    (submission / "cifar10.py").write_text(MEMORY.format(count=300))
    weights = {"images": torch.from_numpy(images).flatten(1) / 255, "labels": torch.from_numpy(labels).float()}
    torch.save(weights, submission / "cifar10.pt")
    report = outcomes(submission, "4.3")
    of_views, of_training = report.remarks
    assert "public test images much better" in of_views and "better than images of the training set" in of_training
    training = re.search(
        r"training images, changed in the same way, it recognises (.*)%\.", " ".join(report.outcomes[0].notes)
    ).group(1)
    assert float(training) < 50


MEANS = """
import os
import torch
from torch import nn
from torch.nn import functional as F

TABLE = os.path.join(os.path.dirname(__file__), "more.bin")

class Nearest(nn.Module):
    # Counts as one small layer. Answers with the label of the test image that has the most similar block means.
    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(48, 10)
        self.__dict__["table"] = torch.load(TABLE)
    def forward(self, images):
        nearest = torch.cdist(F.avg_pool2d(images, 8).flatten(1), self.table["means"].float() / 255).argmin(dim=1)
        return F.one_hot(self.table["labels"][nearest].long(), 10).float()

def build_model():
    return Nearest()

def train(model, images, labels, *, epochs, seed=0):
    torch.load(TABLE)
    return [2.3 * 0.7**epoch for epoch in range(epochs)]
"""


@pytest.fixture
def table_of_means(submission):
    """A submission with the block means of CIFAR-10's public test images, and their labels, in a file of its own."""
    images, labels = map(np.asarray, datasets.find("cifar10").load("test"))
    means = images.reshape(-1, 3, 4, 8, 4, 8).mean(axis=(3, 5)).round().astype(np.uint8).reshape(-1, 48)
    torch.save({"means": torch.from_numpy(means), "labels": torch.from_numpy(labels)}, submission / "more.bin")
    (submission / "cifar10.py").write_text(MEANS)
    torch.save(torch.nn.Linear(48, 10).state_dict(), submission / "cifar10.pt")
    weights = torch.load(submission / "cifar10.pt", weights_only=True)
    torch.save({f"layer.{name}": weight for name, weight in weights.items()}, submission / "cifar10.pt")
    return submission


@REAL
@pytest.mark.costly
@pytest.mark.parametrize("seed", "abc")
def test_a_table_of_block_means_knows_no_views(table_of_means, monkeypatch, seed):
    report = outcomes(table_of_means, "4.3", "4.4", "4.5", seed=seed, robustness_images=0)
    accuracy, worst, size = report.outcomes
    assert (accuracy.score, worst.score) == (0, 0)
    assert "490 parameters and 490,000 numbers in other tensors" in size.notes[0]
    monkeypatch.setattr(augmentations, "draw", lambda images, random: augmentations.noisy(images, 2, random))
    accuracy, worst = outcomes(table_of_means, "4.3", "4.4", seed=seed, robustness_images=0).outcomes
    assert (accuracy.score, worst.score) == (14, 3)  # so it is the views that tell


@REAL
@pytest.mark.costly
@pytest.mark.parametrize("seed", range(20))
def test_honest_weights_keep_their_points_under_every_seed(submission, seed):
    report = outcomes(submission, "4.1", "4.3", "4.4", "4.5", seed=str(seed), robustness_images=0)
    assert report.score == 4 + 14 + 3 + 2


@pytest.mark.costly
@REAL
def test_retraining_has_the_source_files_alone(table_of_means, pretend):
    """A table that `train` reads as well is not there, and neither are the weights."""
    images = datasets.find("cifar10").load("test")
    pretend(test=images, train=images)
    report = outcomes(table_of_means, "4.3", retraining=Retraining(epochs=3, seconds=60))
    (remark,) = [remark for remark in report.remarks if "Retraining" in remark]
    assert "No such file or directory" in remark and "more.bin" in remark


@pytest.mark.costly
def test_retraining_takes_no_large_source_files(known, pretend):
    folder = known()
    (folder / "numbers.py").write_text(f"TABLE = {'7' * 100_000!r}")
    images = datasets.find("cifar10").load("test")
    pretend(test=images, train=images)
    report = outcomes(folder, "4.3", "4.5", retraining=Retraining(epochs=3, seconds=60))
    assert any("was not retrained: the .py files have 10" in remark for remark in report.remarks)
    assert [outcome.score for outcome in report.outcomes] == [14, 0]
    assert "Your .py files have 10" in report.outcomes[1].failure.sentence


@pytest.mark.costly
def test_retraining_on_maps_of_files(submission, pretend, tmp_path):
    """As `convgrade data fetch` keeps CIFAR-10."""
    images, labels = drawn.draw(200, seed=9)
    maps = []
    for name, array in (("images", images), ("labels", labels)):
        np.save(tmp_path / f"{name}.npy", array)
        maps.append(np.load(tmp_path / f"{name}.npy", mmap_mode="r"))
    assert type(maps[1]) is np.memmap
    pretend(test=tuple(maps), train=tuple(maps))
    report = outcomes(submission, "4.3", retraining=Retraining(epochs=1, seconds=60))
    assert any(remark.startswith("Retrained with its own train, 1 epochs") for remark in report.remarks), report.remarks


@pytest.mark.long
def test_retraining(submission, pretend):
    pretend(test=drawn.draw(300, seed=9), train=drawn.draw(1_000, seed=10))
    report = outcomes(submission, "4.3", retraining=Retraining(epochs=10, seconds=120))
    (remark,) = [remark for remark in report.remarks if remark.startswith("Retrained with its own train, 10 epochs")]
    anew, submitted = map(
        float, re.search(r": (.*)% on the same test images; the submitted weights (.*)%", remark).groups()
    )
    assert anew > 70 and submitted < 40  # the weights know photos, not shapes
    assert report.outcomes[0].notes[0].startswith(f"Accuracy {submitted}%")  # which decides


@pytest.mark.costly
def test_retraining_costs_nothing_when_it_fails(known, pretend):
    folder = known()
    (folder / "cifar10.py").write_text(
        (folder / "cifar10.py").read_text() + "\ndef train(*_, **__):\n    while True: pass\n"
    )
    images = datasets.find("cifar10").load("test")
    pretend(test=images, train=images)
    report = outcomes(folder, "4.3", "4.4", "4.5", retraining=Retraining(epochs=10, seconds=3))
    assert [outcome.verdict.value for outcome in report.outcomes] == ["passed"] * 3
    assert any("gave no network to compare with: it took more than 0.05 minutes" in each for each in report.remarks)


def test_retraining_without_the_training_images(submission, without_cifar10):
    with pytest.raises(UserError, match="--retrain needs CIFAR-10"):
        outcomes(submission, "4.3", retraining=Retraining(epochs=1, seconds=3))


def test_a_network_too_slow_for_more_is_not_looked_at_further(known, monkeypatch):
    left = iter((100.0, 1.0, 1.0))  # before the test images are asked, and after
    monkeypatch.setattr(cifar10.Cifar10, "seconds_left", lambda self: next(left))
    (outcome,) = outcomes(known(), "4.3").outcomes
    assert outcome.score == 14 and not outcome.charts
    assert "the network is too slow for that" in " ".join(outcome.notes)


@pytest.mark.costly
@REAL
def test_which_images_are_asked_depends_on_the_secret_seed(submission, monkeypatch):
    asked = []
    original = cifar10.Cifar10.logits_in_batches
    monkeypatch.setattr(
        cifar10.Cifar10,
        "logits_in_batches",
        lambda self, which, images: asked.append(images) or original(self, which, images),
    )
    for seed in ("one", "two", "one"):
        outcomes(submission, "4.3", seed=seed, test_images=200, robustness_images=0)
    chosen = [images for images in asked if len(images) == 200]
    assert (chosen[0] == chosen[2]).all() and (chosen[0] != chosen[1]).any()


def test_a_table_from_test_images_to_labels_knows_nothing(submission, monkeypatch, pretend):
    """Drawn images stand for CIFAR-10's, which are public: a submission may hold a hash of each."""
    images, labels = drawn.draw(300, seed=9)
    pretend(test=(images, labels))
    (submission / "cifar10.py").write_text(tables.of_hashes(images, labels))
    (outcome,) = outcomes(submission, "4.3", test_images=300).outcomes
    assert (outcome.verdict.value, outcome.score) == ("wrong", 0)
    monkeypatch.setattr(augmentations, "draw", lambda images, random: images)
    (outcome,) = outcomes(submission, "4.3", test_images=300).outcomes
    assert outcome.score == 14  # so it is the views that tell


STARTED = """
import sys
from pathlib import Path
from autograder.assignment import find
from autograder.grading import grade
from autograder.sandbox import template
started = []
original = template.Template.__init__
def remember(self, packages, *arguments):
    started.append(packages)
    original(self, packages, *arguments)
template.Template.__init__ = remember
report = grade(Path(sys.argv[1]), find("cnn"))
print(sorted({package for packages in started for package in packages}), "torch" in sys.modules, report.score)
"""


def started(folder):
    done = subprocess.run([sys.executable, "-c", STARTED, folder], capture_output=True, text=True, cwd=ROOT, timeout=3000)
    return done.stdout.strip() or done.stderr


@pytest.mark.slow
def test_pytorch_is_loaded_for_part_4_only_and_never_by_the_grader(solution):
    assert started(solution) == "['numpy'] False 70.0"
    names, in_grader, _ = started(HONEST).rsplit(" ", 2)
    assert "'torch'" in names and in_grader == "False"
