"""Misconceptions about training, data and features, which only the quizzes ask for."""

from fractions import Fraction

import numpy as np
import pytest

import misconceptions
from quizzes.question import exact

HALF, FIFTH, QUARTER = Fraction(1, 2), Fraction(1, 5), Fraction(1, 4)
VALIDATION = [Fraction(number, 10) for number in (30, 25, 27, 20, 22, 21, 24, 10, 26)]
TRAINING = [Fraction(number, 10) for number in (29, 24, 20, 17, 14, 12, 9, 7, 5)]
NETWORK = [
    {"type": "conv", "out_channels": 4, "kernel_size": 3, "padding": 1},
    {"type": "pool", "size": 2},
    {"type": "conv", "out_channels": 6, "kernel_size": 3, "padding": 1},
    {"type": "pool", "size": 2},
    {"type": "flatten"},
    {"type": "dense", "units": 20},
    {"type": "dense", "units": 10},
]
WINDOWS = [
    {"type": "conv", "kernel_size": 5, "stride": 2},
    {"type": "pool", "size": 3, "stride": 2},
    {"type": "conv", "kernel_size": 3, "stride": 1},
    {"type": "conv", "kernel_size": 3, "stride": 1},
]
IMAGE, WEIGHTS = np.array([[50, 60, 70], [20, 30, 40]]), np.array([[3, -2, 5], [-4, 1, 7]])

# Each operation with the right answer, worked out by hand, and arguments in which every misconception shows.
CASES = {
    "gradient_descent": [((3, 2, 5, FIFTH, 2), ((18, Fraction(7, 5)), (Fraction(-18, 5), Fraction(53, 25))))],
    "early_stopping": [((TRAINING, VALIDATION, 3), ((7, 4, 2),)), ((TRAINING, VALIDATION, 2), ((6, 4, 2),))],
    "model_selection": [
        (([99, 93, 94, 80], [85, 90, 88, 79], [84, 87, 89, 79]), ((2, 87),)),
        (([95, 97, 99], [90, 88, 80], [80, 84, 86]), ((1, 80),)),
    ],
    # Layer 2: 6 kernels of 4 x 3 x 3, one intercept each; then 6 x 7 x 7 = 294 values into 20 neurons, 20 into 3.
    "trained_weights": [(((3, 28, 28), NETWORK, 2, 3), 294 * 20 + 20 + 20 * 3 + 3), (((3, 28, 28), NETWORK, 1, 3), 6185)],
    "gradient_through_layers": [((800, [2, Fraction(-1), HALF], [HALF, QUARTER, FIFTH]), ((80, -20, -20),))],
    "adversarial_image": [((IMAGE, WEIGHTS, 4), ((46, 64, 66), (24, 26, 36)))],
    "accuracy_over_groups": [(([700, 200, 100], [90, 60, 51]), Fraction(801, 10))],
    "majority_guess": [(([60, 30, 10], [20, 70, 110]), ((60, 10),))],
    "precision_and_recall": [((10, 30, 15, 945), ((Fraction(191, 2), 25, 40, Fraction(195, 2)),))],
    "augmentation_count": [((100, 1, 3, 2, 4, 3), 100 * 21 * 8 * 3), ((100, 1, 3, 1, 1, 3), 100 * 21 * 2 * 3)],
    "first_layer_to_see": [
        ((WINDOWS, [8, 16]), ((2, 9), (3, 17))),
        (([{"type": "conv", "kernel_size": 5, "stride": 1}, NETWORK[1], *WINDOWS[2:]], [6, 10]), ((2, 6), (3, 10))),
    ],
    "feature_maps": [
        (
            (3, [{"type": "conv", "out_channels": 8, "kernel_size": 5}, NETWORK[1], NETWORK[2]]),
            ((8, 3), (6, 8)),
        )
    ],
}


@pytest.mark.parametrize("operation", CASES)
def test_each_misconception_is_wrong_and_somewhere_alone_with_its_answer(operation):
    bank, alone = misconceptions.about(operation), set()
    for arguments, truth in CASES[operation]:
        answers = [_answer(one, arguments) for one in bank]
        alone |= {one.name for one, found in zip(bank, answers) if found != truth and answers.count(found) == 1}
    assert alone == {one.name for one in bank}


@pytest.mark.parametrize("operation", CASES)
def test_names_and_sentences_are_unique(operation):
    bank = misconceptions.about(operation)
    assert len({one.name for one in bank}) == len({one.sentence for one in bank}) == len(bank) >= 6
    assert all(one.sentence.endswith(".") and one.sentence[0].islower() for one in bank)


def _answer(one, arguments):
    try:
        return exact(one.answer(*arguments))
    except (ValueError, IndexError):  # none that a student could write down
        return one.name
