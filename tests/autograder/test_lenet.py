"""Part 1 of the homework vision: errors are counted as they should be, and no table of MNIST's public test images helps."""

import re
import shutil
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from autograder import datasets, loading
from autograder.assignment import Assignment, find
from autograder.datasets import drawn
from autograder.grading import grade
from autograder.networks import augmentations
from autograder.part import Retraining
from tests.autograder import tables

ROOT = Path(__file__).parent.parent.parent
SOLUTION = ROOT / "solutions" / "vision"
VISION = find("vision")
lenet = loading.module(SOLUTION, "checks.lenet")
POINTS = {number: VISION.config.checks[number].points for number in ("1.1", "1.2", "1.3", "1.4")}
REAL = pytest.mark.skipif(
    datasets.find("mnist") is None, reason="MNIST is not here: set CONVGRADE_DATA to the folder that holds it"
)


class Chosen(Assignment):
    """The assignment with some of its checks only."""

    numbers: tuple[str, ...] = ()

    def checks(self, public_only=False):
        return [check for check in super().checks(public_only) if check.number in self.numbers]


def outcomes(submission, *numbers, seed="a", retraining=None, **settings):
    """Run some checks of part 1 alone, with some of what it asks of the network changed."""
    part = VISION.config.parts["lenet"]
    part = replace(part, settings=replace(part.settings, **settings))
    chosen = Chosen(VISION.folder, replace(VISION.config, parts={**VISION.config.parts, "lenet": part}), VISION.cases)
    object.__setattr__(chosen, "numbers", numbers)
    return grade(submission, chosen, seed=seed, retraining=retraining)


@pytest.fixture
def submission(tmp_path):
    folder = tmp_path / "submission"
    folder.mkdir()
    for name in ("lenet.py", "lenet.pt"):
        shutil.copy(SOLUTION / name, folder)
    return folder


@pytest.fixture
def pretend(monkeypatch):
    """Let other images stand for MNIST's."""

    def pretend(test, train=None):
        splits = {"test": test, "train": train}
        stored = SimpleNamespace(load=splits.get)
        monkeypatch.setattr(datasets, "find", lambda name, split="test": stored if splits[split] else None)

    return pretend


@REAL
@pytest.mark.long
def test_the_solution_makes_at_most_45_errors():
    """Counted without the grader, on the images as they are published."""
    module = loading.module(SOLUTION, "lenet")
    model = module.build_model().eval()
    model.load_state_dict(torch.load(SOLUTION / "lenet.pt", weights_only=True))
    images, labels = map(np.array, datasets.find("mnist").load("test"))
    with torch.no_grad():
        said = torch.cat([model(some.float() / 255).argmax(1) for some in torch.from_numpy(images).split(1_000)])
    assert (said.numpy() != labels).sum() <= 45
    assert sum(parameter.numel() for parameter in model.parameters()) == 61_706
    assert (SOLUTION / "lenet.pt").stat().st_size < 300_000


@REAL
@pytest.mark.long
def test_the_solution_gets_all_points_and_bonus(submission):
    report = outcomes(submission, *POINTS)
    assert [outcome.verdict.value for outcome in report.outcomes] == ["passed"] * 4
    said = VISION.config.parts["lenet"].settings
    assert report.score == sum(POINTS.values()) + sum(bonus.points for bonus in said.bonus)
    assert report.remarks == []


@pytest.mark.long
def test_the_solution_where_mnist_is_not(submission, monkeypatch, tmp_path):
    monkeypatch.delenv("CONVGRADE_DATA", raising=False)
    monkeypatch.chdir(tmp_path)
    report = outcomes(submission, *POINTS)
    assert [outcome.verdict.value for outcome in report.outcomes] == ["passed"] * 4
    assert len(report.remarks) == 1 and "MNIST is not on this machine, so this is not the final grade" in report.remarks[0]
    assert "python check.pyz data fetch mnist" in report.remarks[0]


SLIPS = {
    "a progress bar": ("import torch\n", "import torch\nimport tqdm\n", "1.1", "passed", ""),
    "practice": ("import torch\n", "import practice\n", "1.1", "forbidden", "practice.py stays at home"),
    "no history": ("return history", "history", "1.2", "wrong", "but returned None. Is `return history` missing?"),
    "half written": (
        "return history",
        "raise NotImplementedError('augment')",
        "1.2",
        "crashed",
        "NotImplementedError: augm",
    ),
    "a layer of another width": (
        "nn.Linear(400, 120",
        "nn.Linear(256, 120",
        "1.1",
        "crashed",
        "in_features is 256, but 400",
    ),
}


@pytest.mark.sampled(1)
@pytest.mark.parametrize("name", SLIPS)
def test_the_sentence_names_the_slip(submission, name):
    right, wrong, number, verdict, says = SLIPS[name]
    code = (submission / "lenet.py").read_text()
    assert right in code
    (submission / "lenet.py").write_text(code.replace(right, wrong, 1))
    (outcome,) = outcomes(submission, number).outcomes
    assert outcome.verdict.value == verdict
    assert says in str(outcome.failure)


@REAL
@pytest.mark.long
def test_weights_trained_with_other_pixel_values(submission):
    """The solution's own weights for images from 0 to 255, as someone has them who forgets to divide in training alone."""
    weights = torch.load(submission / "lenet.pt", weights_only=True)
    weights["0.weight"] = weights["0.weight"].float() / 255
    torch.save(weights, submission / "lenet.pt")
    (outcome,) = outcomes(submission, "1.3", test_images=500, views_of_each=1, robustness_images=0).outcomes
    assert outcome.score == 0
    assert "With pixel values from 0 to 255, the network recognises" in outcome.failure.hint


PLACES = """
import torch
from torch import nn
from torch.nn import functional as F

class Places(nn.Module):
    # Knows an image by where its ink is. Counts as MULTIPLY_ADDS or a few more.
    def __init__(self):
        super().__init__()
        self.scale = nn.Parameter(torch.ones(1))
        self.work = nn.Parameter(torch.zeros({multiply_adds} // 784, 784), requires_grad=False)
    def forward(self, images):
        return F.adaptive_avg_pool2d(images, (2, 5)).flatten(1) * self.scale + F.linear(images.flatten(1), self.work).sum()

def build_model():
    return Places()
"""


@pytest.fixture
def errs(submission, pretend):
    """A submission that makes so many errors with 500 images, whatever light they are in."""

    def errs(count, multiply_adds=7_840):
        labels = np.arange(500) % 10
        images = np.zeros((500, 1, 28, 28), np.uint8)
        for image, label in zip(images[:, 0], labels):
            row, column = 14 * (label // 5) + 7, int(5.6 * (label % 5) + 2.8)
            image[row - 1 : row + 2, column - 1 : column + 2] = 150
        labels[:count] = (labels[:count] + 1) % 10
        pretend(test=(images, labels.astype(np.uint8)))
        code = PLACES.format(multiply_adds=multiply_adds)
        (submission / "lenet.py").write_text(code)
        exec(code, module := {})
        torch.save(module["build_model"]().state_dict(), submission / "lenet.pt")
        return submission

    return errs


BONUS = [lenet.Bonus(60, 1.0), lenet.Bonus(40, 2.0)]
ROOMY = {"most_parameters": 10**6, "most_weights_mb": 4.0}


@pytest.mark.costly
@pytest.mark.parametrize(
    ("count", "errors", "points"),
    [(0, 0, 16 + 3), (2, 40, 16 + 3), (3, 60, 16 + 1), (4, 80, 16), (7, 140, 8), (10, 200, 0)],
)
def test_points_fall_with_errors(errs, count, errors, points):
    settings = {"no_points_from": 200, "all_points_to": 80, "bonus": BONUS, "cheap_points": 0, "views_of_each": 1}
    (outcome,) = outcomes(errs(count), "1.3", **settings, **ROOMY).outcomes
    assert outcome.notes[0].startswith(
        f"{errors} errors in 10,000: 500 test images of MNIST, half of them moved by a pixel"
    )
    assert outcome.score == pytest.approx(points * POINTS["1.3"] / 16 if points <= 16 else points)
    assert outcome.verdict.value == ("passed" if points >= 16 else "wrong")


@pytest.mark.costly
@pytest.mark.parametrize(
    ("count", "multiply_adds", "on_top"), [(4, 200_000, 1), (4, 210_000, 0), (5, 200_000, 0)]
)  # the second costs too much, the third makes too many errors
def test_a_cheap_network_with_all_points_earns_more(errs, count, multiply_adds, on_top):
    settings = {"no_points_from": 200, "all_points_to": 80, "bonus": [], "cheap_multiply_adds": 208_260, "cheap_points": 1}
    (outcome,) = outcomes(errs(count, multiply_adds), "1.3", **settings, **ROOMY).outcomes
    assert (outcome.score > POINTS["1.3"]) == bool(on_top)
    assert any("1 extra points for at most 208,260 multiply-adds" in note for note in outcome.notes) == bool(on_top)


@pytest.mark.costly
def test_a_network_beyond_its_budget_gets_no_points_for_its_errors(errs):
    errors, size = outcomes(errs(0), "1.3", "1.4", most_parameters=7_000).outcomes
    assert (errors.score, size.score) == (0, 0)
    assert "parameters; at most 7,000 are allowed" in errors.failure.sentence


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"all_points_to": 240}, "all_points_to must be below no_points_from"),
        ({"no_points_from": 10_001}, "no_points_from must be from 0 to 10,000"),
        ({"bonus": [lenet.Bonus(-1, 2)]}, "bonus number 1: errors must be from 0 to 10,000"),
        ({"cheap_points": -1}, "cheap_points must be 0 or more"),
        ({"most_parameters": 0}, "most_parameters must be more than 0"),
        ({"test_images": 0}, "test_images must be more than 0"),
    ],
)
def test_settings_that_cannot_be_meant(settings, says):
    with pytest.raises(ValueError, match=re.escape(says)):
        lenet.LeNet(**settings)


@pytest.mark.costly
def test_a_table_of_hashes_of_the_test_images_knows_nothing(submission, monkeypatch, pretend):
    """Drawn digits stand for MNIST's, which are public: a submission may hold a hash of each."""
    images, labels = drawn.digits(300, seed=9)
    pretend(test=(images, labels))
    (submission / "lenet.py").write_text(tables.of_hashes(images, labels))
    (outcome,) = outcomes(submission, "1.3").outcomes
    assert (outcome.verdict.value, outcome.score) == ("wrong", 0)
    monkeypatch.setattr(augmentations, "nudged", lambda images, random: images)
    (outcome,) = outcomes(submission, "1.3").outcomes
    assert outcome.score > POINTS["1.3"]  # so it is the views that tell


MEANS = """
import os
import torch
from torch import nn
from torch.nn import functional as F

TABLE = os.path.join(os.path.dirname(__file__), "more.bin")

class Nearest(nn.Module):
    # Answers with the label of the test image that has the most similar block means.
    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(16, 10)
        self.__dict__["table"] = torch.load(TABLE)
    def forward(self, images):
        nearest = torch.cdist(F.avg_pool2d(images, 7).flatten(1), self.table["means"].float() / 255).argmin(dim=1)
        return F.one_hot(self.table["labels"][nearest].long(), 10).float()

def build_model():
    return Nearest()
"""


@REAL
@pytest.mark.long
def test_a_table_of_block_means_knows_no_views(submission, monkeypatch):
    images, labels = map(np.array, datasets.find("mnist").load("test"))
    means = images.reshape(-1, 4, 7, 4, 7).mean(axis=(2, 4)).round().astype(np.uint8).reshape(-1, 16)
    torch.save({"means": torch.from_numpy(means), "labels": torch.from_numpy(labels)}, submission / "more.bin")
    (submission / "lenet.py").write_text(MEANS)
    weights = torch.nn.Linear(16, 10).state_dict()
    torch.save({f"layer.{name}": weight for name, weight in weights.items()}, submission / "lenet.pt")
    errors, size = outcomes(submission, "1.3", "1.4").outcomes
    assert (errors.score, size.score) == (0, 0) and "parameters and other numbers" in size.failure.sentence
    roomy = {"most_parameters": 10**6, "robustness_images": 0}
    (errors,) = outcomes(submission, "1.3", **roomy).outcomes
    assert errors.score == 0 and int(re.match(r"(\d+) errors", errors.notes[0]).group(1)) > 800
    monkeypatch.setattr(augmentations, "nudged", lambda images, random: images)
    (errors,) = outcomes(submission, "1.3", **roomy).outcomes
    assert errors.score > POINTS["1.3"]  # so it is the views that tell


@REAL
@pytest.mark.long
def test_a_network_that_knows_test_images_better_than_those_that_it_should_have_trained_with(submission, pretend):
    images, labels = (np.array(each[:600]) for each in datasets.find("mnist").load("test"))
    pretend(test=(images, labels), train=(images, labels))
    assert outcomes(submission, "1.3", robustness_images=0).remarks == []
    pretend(test=(images, labels), train=(images, np.where(np.arange(600) % 20, labels, 9 - labels)))  # 95 % are left
    (remark,) = outcomes(submission, "1.3", robustness_images=0).remarks
    assert "better than images of the training set" in remark


@pytest.mark.long
def test_retraining(submission, pretend):
    """The weights know MNIST; drawn digits stand for it here, which only a training with them knows."""
    pretend(test=drawn.digits(300, seed=9), train=drawn.digits(1_500, seed=10))
    report = outcomes(submission, "1.3", retraining=Retraining(epochs=6, seconds=120))
    (remark,) = [remark for remark in report.remarks if remark.startswith("Retrained with its own train, 6 epochs")]
    anew, submitted = map(
        float, re.search(r": (.*)% on the same test images; the submitted weights (.*)%", remark).groups()
    )
    assert anew > 90 and anew > submitted
