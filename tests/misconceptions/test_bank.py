"""Every misconception gives a wrong answer that a hint can recognise."""

import numpy as np
import pytest

import kernels
import misconceptions
from autograder.assignment import find
from autograder.compare import explanation
from autograder.feedback import outputs

ARRAYS = np.random.default_rng(0)
IMAGES, KERNELS, BIAS = ARRAYS.normal(size=(2, 3, 7, 9)), ARRAYS.normal(size=(4, 3, 3, 2)), ARRAYS.normal(size=4)
NETWORK = [
    {"type": "conv", "out_channels": 4, "kernel_size": (3, 5), "stride": (1, 2), "padding": (2, 1)},
    {"type": "pool", "size": 3, "stride": 2},
    {"type": "flatten"},
    {"type": "dense", "units": 7},
]
CNN = find("cnn")
REFERENCE = CNN.reference()


def case(function, arguments, options=None):
    return REFERENCE.case(function, arguments, options or {}, outputs)


# Cases in which every option matters, so that every misconception shows.
CASES = {
    "conv2d": [case("conv2d", (IMAGES[0, 0], KERNELS[0, 0]), {"stride": (2, 1), "padding": (1, 2), "padding_value": 3.0})],
    "conv2d_channels": [
        case("conv2d_channels", (IMAGES, KERNELS), {"bias": BIAS, "stride": (2, 1), "padding": (1, 2)}),
    ],
    "output_size": [
        case("output_size", (8, 3), {"stride": 2, "padding": 1}),
        case("output_size", (12, 3), {"stride": 5, "padding": 2}),
        case("output_size", (10, 3)),
        case("output_size", (9, 2), {"stride": 2, "padding": 4}),
    ],
    "pool2d": [
        case("pool2d", (images,), {"size": size, "mode": mode, **stride})
        for mode in kernels.MODES
        for images in (IMAGES, IMAGES + 900, IMAGES - 900, IMAGES.clip(min=0), IMAGES.clip(max=0))
        for size, stride in (((3, 2), {"stride": (2, 1)}), (2, {}))
    ],
    "count_dense": [case("count_dense", ([15, 10, 5, 2],), {"bias": bias}) for bias in (True, False)],
    "count_conv": [case("count_conv", (3, 8, (5, 2)), {"bias": bias}) for bias in (True, False)],
    "count_network": [case("count_network", ((3, 20, 24), NETWORK), {"bias": bias}) for bias in (True, False)],
}


def test_the_bank_covers_every_function_of_the_homework():
    checks = [check for check in CNN.checks(public_only=True) if check.case.needs is None]
    assert set(CASES) == {case.function for check in checks for case in check.cases(REFERENCE)}
    assert all(len(misconceptions.about(function)) >= 6 for function in CASES)


@pytest.mark.parametrize("function", CASES)
def test_the_homework_knows_the_whole_bank(function):
    assert set(misconceptions.about(function)) <= set(REFERENCE.function(function).misconceptions)


@pytest.mark.parametrize("function", CASES)
def test_each_misconception_is_wrong_somewhere_and_is_recognised(function):
    for one in misconceptions.about(function):
        recognised = [
            explanation([(case, wrong.answer)])
            for case in CASES[function]
            for wrong in case.answers.lookalikes
            if wrong.name == one.name
        ]
        assert recognised, f"no case tells {one.name} from the truth"
        assert any(one.name == found.name for found in recognised), f"{one.name} is never named"


@pytest.mark.parametrize("function", CASES)
def test_the_truth_has_no_hint(function):
    assert explanation([(case, case.expected) for case in CASES[function]]) is None


def test_names_and_sentences_are_unique():
    for function in CASES:
        bank = misconceptions.about(function)
        assert len({one.name for one in bank}) == len({one.sentence for one in bank}) == len(bank)
        assert all(one.sentence.endswith(".") and one.sentence[0].islower() for one in bank)
