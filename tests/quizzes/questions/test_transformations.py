"""Claims on what moves along and what stays: tried out on other images and layers than those of the templates."""

import numpy as np
import pytest

from quizzes.questions import pros_and_cons, transformations
from quizzes.questions.transformations import CHANGES, MEASURES


@pytest.mark.parametrize("measure", MEASURES, ids=lambda measure: measure.words)
@pytest.mark.parametrize("change", CHANGES)
def test_a_measure_stays_on_all_images_or_changes_on_one(measure, change):
    images = [np.random.default_rng(seed).permutation(77).reshape(7, 11) for seed in range(20)]
    changed = CHANGES[change][1]
    stays = [measure.on(changed(image, number)) == measure.on(image) for image in images for number in range(2, 10)]
    assert all(stays) == (change in measure.unchanged.split())


@pytest.mark.parametrize("seed", range(3))
def test_claims_on_layers_hold_of_other_layers_too(monkeypatch, seed):
    numbers = np.random.default_rng(seed)
    monkeypatch.setattr(pros_and_cons, "WEIGHTS", numbers.integers(-9, 10, pros_and_cons.WEIGHTS.shape))
    monkeypatch.setattr(pros_and_cons, "ORDER", numbers.permutation(pros_and_cons.PIXELS))
    image = np.pad(numbers.integers(1, 100, (3, 4)), ((2, 2), (4, 4)))
    monkeypatch.setattr(pros_and_cons, "IMAGE", image)
    for claim in pros_and_cons.CLAIMS:
        assert claim.tried() == claim.holds, claim.text


def test_a_kernel_that_is_its_own_mirror_image_gives_the_mirrored_map():
    """The rule behind the question: image and kernel turned together give the turned map."""
    for _, _, turn, turned_back in transformations.TURNS.values():
        image, kernel = np.random.default_rng(1).integers(0, 9, (5, 4)), np.array([[1, 2], [3, 5]])
        turned = transformations._conv2d(turn(image), turn(kernel))
        assert np.array_equal(turned, turn(transformations._conv2d(image, kernel)))
        assert np.array_equal(turned_back(turn(image)), image)
