"""Parts 2, 3 and 6 of the homework vision: what they hold for right is right, and chance decides nothing."""

import shutil
from fractions import Fraction
from math import comb
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as F
from torch.utils.flop_counter import FlopCounterMode

from autograder import loading
from autograder.assignment import SOLUTIONS, Assignment, find
from autograder.grading import grade
from autograder.verdicts import Verdict
from autograder.wrong_programs import RIGHT, programs

FOLDER = SOLUTIONS / "vision"
VISION = find("vision")
MINE = {"features.py": "2", "augmentation.py": "3", "cost.py": "6"}
PROGRAMS = [program for program in programs(FOLDER) if program.file in MINE]
augmentation, biased, chance = (loading.module(FOLDER, f"checks.{name}") for name in ("augmentation", "biased", "chance"))
harness = loading.module(FOLDER, "harness.augmentation")
right = {name: loading.master(FOLDER, name) for name in MINE}


class OnePart(Assignment):
    """The assignment with the checks of one part only."""

    file: str = ""

    def checks(self, public_only=False):
        return [check for check in super().checks(public_only) if check.number and check.part.file == self.file]


def graded(folder, file, seed="a secret"):
    """Return the outcomes of one part, by their numbers."""
    alone = OnePart(VISION.folder, VISION.config, VISION.cases)
    object.__setattr__(alone, "file", file)
    report = grade(folder, alone, seed=seed)
    assert not report.faults
    return {outcome.number: outcome for outcome in report.outcomes}


@pytest.mark.costly
@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.name)
def test_a_wrong_program(program, tmp_path):
    shutil.copy(FOLDER / program.file, tmp_path / f"{RIGHT}{program.file}")
    shutil.copy(program.path, tmp_path / program.file)
    found = graded(tmp_path, program.file)
    assert {number: outcome.verdict for number, outcome in found.items()} == {
        number: program.verdicts.get(number, Verdict.PASSED) for number in found
    }
    explanations = [str(found[number].failure) for number in program.verdicts]
    assert not program.says or any(program.says in each for each in explanations), "\n\n".join(explanations)


def test_a_failure_names_the_function_that_the_harness_called(tmp_path):
    source = (FOLDER / "augmentation.py").read_text()
    (tmp_path / "augmentation.py").write_text(source.replace("height, width = size\n", "height, width = size + 1\n"))
    assert str(graded(tmp_path, "augmentation.py")["3.2"].failure).startswith("cropped raised TypeError")


# What is right


def test_responses_and_patches_are_those_of_pytorch():
    random = np.random.default_rng(0)
    images, kernel = random.integers(0, 256, (6, 3, 7, 9), dtype=np.uint8), random.integers(-9, 10, (3, 2, 3)) / 4
    expected = F.conv2d(torch.tensor(images).double(), torch.tensor(kernel)[None])[:, 0].numpy()
    np.testing.assert_array_equal(right["features.py"].responses(images, kernel), expected)
    patches, places = right["features.py"].strongest_patches(images, kernel, 4)
    strengths = (patches * kernel).sum(axis=(1, 2, 3))
    np.testing.assert_array_equal(strengths, np.sort(expected.max(axis=(1, 2)))[::-1][:4])
    assert [expected[tuple(place)] for place in places] == strengths.tolist()


def test_a_picture_shows_each_kernel_at_its_place():
    kernels = np.random.default_rng(0).normal(size=(5, 3, 4, 2))
    shown = right["features.py"].picture(kernels, columns=3, gap=2)
    assert shown.shape == (4 + 2 + 4, 2 + 2 + 2 + 2 + 2, 3)
    for number, kernel in enumerate(kernels):
        row, column = divmod(number, 3)
        tile = shown[6 * row : 6 * row + 4, 4 * column : 4 * column + 2].transpose(2, 0, 1)
        assert (tile.min(), tile.max()) == (0, 255)
        assert (np.diff(tile.ravel()[kernel.argsort(axis=None)].astype(int)) >= 0).all()  # in the order of the weights
    assert not shown[4:6].any() and not shown[:, 2:4].any() and not shown[6:, 8:].any()


@pytest.mark.costly
def test_multiply_adds_are_those_that_pytorch_counts():
    layers = loading.module(FOLDER, "checks.cost").LENET
    modules = {
        "conv": lambda layer, before: nn.Conv2d(
            before, layer["out_channels"], layer["kernel_size"], padding=layer.get("padding", 0)
        ),
        "pool": lambda layer, before: nn.MaxPool2d(layer["size"]),
        "dense": lambda layer, before: nn.LazyLinear(layer["units"]),
        "relu": lambda layer, before: nn.ReLU(),
        "flatten": lambda layer, before: nn.Flatten(),
    }
    built, channels = [], 1
    for layer in layers:
        built.append(modules[layer["type"]](layer, channels))
        channels = layer.get("out_channels", channels)
    image, network = torch.zeros(1, 1, 28, 28), nn.Sequential(*built)
    with torch.no_grad():
        network(image)
        counter = FlopCounterMode(display=False)
        with counter:
            network(image)
    counts = right["cost.py"].multiply_adds((1, 28, 28), layers)
    assert counter.get_total_flops() == 2 * sum(counts) == 2 * 416_520


@pytest.mark.parametrize("budget", [416_520, 400_000, 208_260, 30_000, 1_000])
def test_a_narrower_network_uses_its_budget_and_no_more(budget):
    cost, layers = right["cost.py"], loading.module(FOLDER, "checks.cost").LENET
    narrow = cost.narrower((1, 28, 28), layers, budget)
    work = sum(cost.multiply_adds((1, 28, 28), narrow)) if narrow else 0
    widest = [sum(cost.multiply_adds((1, 28, 28), cost._scaled(layers, percent))) for percent in range(1, 101)]
    assert work == max((each for each in widest if each <= budget), default=0)
    assert (narrow is None) == (budget < min(widest))


# Chance


@pytest.mark.parametrize("draws, probability", [(1000, Fraction(1, 2)), (1000, Fraction(1, 25)), (500, Fraction(17, 20))])
def test_likely_leaves_out_one_in_a_million_million(draws, probability):
    least, most = chance.likely(draws, float(probability))

    def of(counts):
        return sum(comb(draws, k) * probability**k * (1 - probability) ** (draws - k) for k in counts)

    assert of(range(least)) <= chance.UNLIKELY < of(range(least + 1))
    assert of(range(most + 1, draws + 1)) <= chance.UNLIKELY < of(range(most, draws + 1))


@pytest.mark.costly
@pytest.mark.parametrize("seed", range(12))
def test_right_augmentation_passes_under_any_seed(seed, tmp_path):
    shutil.copy(FOLDER / "augmentation.py", tmp_path)
    assert {outcome.verdict for outcome in graded(tmp_path, "augmentation.py", f"seed {seed}").values()} == {Verdict.PASSED}


# The biased set, and the network that trains with it


@pytest.mark.parametrize("seed", range(5))
def test_shapes_differ_wherever_they_stand_and_two_of_them_are_mirror_images(seed):
    shapes = biased.world(np.random.default_rng(seed)).shapes
    one, other = biased.MIRRORED
    np.testing.assert_array_equal(shapes[one], np.fliplr(shapes[other]))
    assert shapes.sum(axis=(1, 2)).tolist() == [biased.FILLED] * biased.CLASSES
    tensors = torch.tensor(shapes).double()
    shared = F.conv2d(tensors[:, None], tensors[:, None], padding=4).amax(dim=(2, 3))
    assert (shared - torch.diag(shared.diagonal())).max() <= biased.MOST_ALIKE


def test_only_the_training_set_is_biased():
    random = np.random.default_rng(0)
    world = biased.world(random)

    def spread(*own):
        """Return of one class how many places its images have, and how far the colours vary."""
        images, labels = world.draw(400, random, *own)
        bright = images[labels == 2].astype(int)
        lit = bright.max(axis=1) > biased.NOISE
        places = {tuple(np.argwhere(each).min(axis=0)) for each in lit}
        colours = np.array([each[:, where].mean(axis=1) for each, where in zip(bright, lit)])
        return len(places), colours.std(axis=0).max()

    places, colours = spread(True, True)
    assert places == 1 and colours < 10
    places, colours = spread(False, False)
    assert places == 25 and colours > 20


def test_the_small_network_has_the_gradients_of_pytorch():
    random = np.random.default_rng(0)
    network = harness._Network((3, 16, 16), 4, random)
    images, labels = random.integers(0, 256, (6, 3, 16, 16), dtype=np.uint8), random.integers(0, 4, 6)
    kernels, intercepts, dense, thresholds = (torch.tensor(each, requires_grad=True) for each in network.weights)
    count, size = harness.KERNELS, harness.SIZE
    scaled = torch.tensor(images).float() / 255 - 0.2
    maps = F.conv2d(scaled, kernels.T.reshape(count, 3, size, size), intercepts)
    values = F.max_pool2d(maps.relu(), harness.POOL).permute(0, 2, 3, 1).flatten(1)
    logits = values @ dense + thresholds
    np.testing.assert_allclose(network(images), logits.detach().numpy(), rtol=1e-4, atol=1e-5)
    F.cross_entropy(logits, torch.tensor(labels)).backward()
    network.learn(images, labels, rate=0.0)
    for (mean, _), weights in zip(network.means, (kernels, intercepts, dense, thresholds)):
        np.testing.assert_allclose(mean, 0.1 * weights.grad.numpy(), rtol=1e-3, atol=1e-6)  # Adam's first moment


@pytest.mark.long
@pytest.mark.parametrize("seed", range(2))
def test_augmentation_alone_rescues(seed):
    random = np.random.default_rng(seed)
    world = biased.world(random)
    images, labels = world.draw(augmentation.TRAINED_WITH, random, True, True)
    asked, expected = world.draw(200, random, False, False)

    def accuracy(rescue):
        student = SimpleNamespace(rescue=rescue)
        logits = harness.after_training(student, images, labels, asked, augmentation.EPOCHS, seed)
        return (logits.argmax(axis=1) == expected).mean()

    master = right["augmentation.py"]
    assert accuracy(lambda images, random: images) < 0.45
    assert accuracy(lambda images, random: master.recoloured(images, 0.8, random)) < 0.45
    assert accuracy(master.rescue) > 0.92
