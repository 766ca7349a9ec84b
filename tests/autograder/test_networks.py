"""What a photo can go through: each change is what it says, of each image, and leaves the images that it got alone."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder import networks
from autograder.assignment import find
from autograder.networks import augmentations, diagnostics, metrics
from autograder.part import Grading
from autograder.sandbox.replies import Returned
from tests.autograder.answering import let_reply

IMAGES = np.random.default_rng(0).integers(0, 256, (6, 3, 32, 32)).astype(np.uint8)


def random(seed=0):
    return np.random.default_rng(seed)


@pytest.mark.parametrize("name", diagnostics.CHANGES)
def test_a_change_keeps_shape_and_type_and_its_input(name):
    before = IMAGES.copy()
    changed = diagnostics.CHANGES[name](IMAGES, random())
    assert changed.shape == IMAGES.shape and changed.dtype == np.uint8
    assert (before == IMAGES).all()
    assert (changed != IMAGES).any() or name == diagnostics.UNCHANGED


@given(st.integers(1, 4), st.integers(0, 1_000))
def test_each_image_is_shifted_by_exactly_so_much(pixels, seed):
    moved = augmentations.shifted(IMAGES, pixels, random(seed))
    for image, shifted in zip(IMAGES, moved):
        ways = [
            (down * pixels, right * pixels)
            for down in (-1, 0, 1)
            for right in (-1, 0, 1)
            if (down or right) and (shifted == _moved(image, down * pixels, right * pixels)).all()
        ]
        assert len(ways) == 1


def _moved(image, down, right):
    """Move an image pixel by pixel: what comes in is mirrored at the edge."""
    mirrored = [abs(place) if place < 32 else 62 - place for place in range(-4, 36)]
    rows = [mirrored[4 + row + down] for row in range(32)]
    columns = [mirrored[4 + column + right] for column in range(32)]
    return image[:, rows][:, :, columns]


@settings(max_examples=15)
@given(st.integers(0, 1_000))
def test_a_view_is_the_image_flipped_or_not_moved_a_little_and_lit_from_one_side(seed):
    dim = (IMAGES // 4 + 60).astype(np.uint8)  # 60 to 123: no light of a view makes it black or white
    height, width = np.meshgrid(np.linspace(-1, 1, 32), np.linspace(-1, 1, 32), indexing="ij")
    light = np.stack([np.ones(1024), height.ravel(), width.ravel()], axis=1)
    for image, view in zip(dim, augmentations.draw(dim, random(seed))):
        fits = []
        for turned, down, right in product((False, True), range(-1, 2), range(-1, 2)):
            moved = _moved(image[..., ::-1] if turned else image, down, right)
            brighter = np.log(view / moved).mean(axis=0).ravel()
            found = np.linalg.lstsq(light, brighter, rcond=None)[0]
            fits.append((abs(brighter - light @ found).mean(), *found))
        error, all_over, down, right = min(fits)
        assert error < 0.03
        assert abs(all_over) < 0.33
        assert np.hypot(down, right) == pytest.approx(0.3, abs=0.03)


def test_views_are_flipped_in_half_of_all_cases_and_moved_by_up_to_a_pixel_each_way():
    dots = np.full((1_000, 3, 32, 32), 40, np.uint8)
    dots[..., 10, 6] = 130  # brighter than anything around it, whatever the light
    rows, columns = np.divmod(augmentations.draw(dots, random()).mean(axis=1).reshape(1_000, -1).argmax(axis=1), 32)
    assert set(rows) == {9, 10, 11}
    assert set(columns) == {5, 6, 7, 24, 25, 26}
    assert 0.4 < (columns > 15).mean() < 0.6


def test_about_half_of_all_images_are_nudged_by_a_pixel_and_all_are_noisy():
    ways = list(product(range(-1, 2), range(-1, 2)))
    found = []
    for seed in range(100):
        for image, nudged in zip(IMAGES, augmentations.nudged(IMAGES, random(seed))):
            [way] = [way for way in ways if abs(nudged.astype(int) - _moved(image, *way)).max() <= 2]
            assert (nudged != _moved(image, *way)).any()
            found.append(way)
    assert set(found) == set(ways)
    assert 0.45 < np.mean([way == (0, 0) for way in found]) < 0.65  # half of them, and a ninth of the others


def test_views_are_the_same_for_the_same_seed_alone_and_never_change_their_images():
    before = IMAGES.copy()
    first, again, other = (augmentations.draw(IMAGES, random(seed)) for seed in (1, 1, 2))
    assert (first == again).all() and (first != other).any()
    assert first.dtype == np.uint8 and first.shape == IMAGES.shape
    assert (before == IMAGES).all()


def test_flips():
    assert (augmentations.flipped(IMAGES)[..., 0] == IMAGES[..., 31]).all()
    assert (augmentations.upside_down(IMAGES)[..., 0, :] == IMAGES[..., 31, :]).all()
    assert (augmentations.flipped(augmentations.flipped(IMAGES)) == IMAGES).all()


def test_noise_is_bounded_and_everywhere():
    grey = np.full((4, 3, 32, 32), 128, np.uint8)
    difference = augmentations.noisy(grey, 7, random()).astype(int) - 128
    assert difference.min() == -7 and difference.max() == 7
    white = augmentations.noisy(np.full((1, 3, 32, 32), 255, np.uint8), 7, random())
    assert white.min() >= 248  # never round to black


def test_light():
    image = np.array([0, 10, 100, 200, 255], np.uint8).reshape(1, 1, 1, 5)
    assert augmentations.in_light(image, 1.5).ravel().tolist() == [0, 15, 150, 255, 255]
    assert augmentations.in_light(image, 0.5).ravel().tolist() == [0, 5, 50, 100, 127]


def test_cross_entropy_is_that_of_pytorch():
    torch = pytest.importorskip("torch")
    values, labels = random().normal(size=(20, 10)) * 5, np.arange(20) % 10
    expected = torch.nn.functional.cross_entropy(torch.from_numpy(values), torch.from_numpy(labels)).item()
    assert metrics.cross_entropy(values, labels) == pytest.approx(expected)
    assert metrics.loss_at_best_scale(values * 1e6, labels) == pytest.approx(metrics.loss_at_best_scale(values, labels))
    assert metrics.are_probabilities(torch.from_numpy(values).softmax(1).numpy()) and not metrics.are_probabilities(values)


def test_recall_is_of_each_class_alone():
    labels = np.array([0, 0, 0, 1, 1, 7])
    answers = np.eye(10)[[0, 0, 5, 1, 0, 7]]
    assert metrics.recalls(answers, labels) == {0: pytest.approx(2 / 3), 1: 0.5, 7: 1.0}
    assert metrics.accuracy(answers, labels) == pytest.approx(4 / 6)


@pytest.mark.parametrize("name", ["cnn", "vision"])
def test_only_a_part_that_has_a_build_model_is_asked_for_its_model(name):
    assigned = find(name)
    for check in assigned.checks():
        if issubclass(check.case, networks.NetworkPart):
            asked = []
            part = check.on(Grading(submission=None, sandbox=None, seed="x", reference=assigned.reference()))
            let_reply(
                part,
                lambda function, *arguments, asked=asked, **options: asked.append(function) or Returned(None, [], {}, ""),
            )
            part.setUp()
            has_one = "def build_model" in (assigned.folder / check.part.file).read_text("utf-8")
            assert asked == (["build"] if has_one else []), check.number
