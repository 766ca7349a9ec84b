"""Every misconception gives a wrong answer that a hint can recognise."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import kernels
import misconceptions
from autograder.assignment import find
from autograder.compare import explanations
from autograder.feedback import outputs

ARRAYS = np.random.default_rng(0)
IMAGES, KERNELS, BIAS = ARRAYS.normal(size=(2, 3, 7, 9)), ARRAYS.normal(size=(4, 3, 3, 2)), ARRAYS.normal(size=4)
SQUARE = ARRAYS.normal(size=(4, 3, 3, 3))
NETWORK = [
    {"type": "conv", "out_channels": 4, "kernel_size": (3, 5), "stride": (2, 3), "padding": (2, 1)},
    {"type": "pool", "size": 3, "stride": (2, 1)},
    {"type": "conv", "out_channels": 5, "kernel_size": 2},
    {"type": "relu"},
    {"type": "pool", "size": 2},
    {"type": "flatten"},
    {"type": "dense", "units": 7},
    {"type": "dense", "units": 3},
]
CNN = find("cnn")
REFERENCE = CNN.reference()


def case(function, arguments, options=None):
    return REFERENCE.case(function, arguments, options or {}, outputs)


# Cases in which every option matters, so that every misconception shows.
CASES = {
    "conv2d": [
        case("conv2d", (IMAGES[0, 0], KERNELS[0, 0]), {"stride": (2, 1), "padding": (1, 2), "padding_value": 3.0}),
        case("conv2d", (IMAGES[0, 0], SQUARE[0, 0]), {"stride": (1, 2), "padding": 2}),
        case("conv2d", (IMAGES[0, 0], KERNELS[0, 0]), {"padding": 1}),
    ],
    "conv2d_channels": [
        case("conv2d_channels", (IMAGES, KERNELS), {"bias": BIAS, "stride": (2, 1), "padding": (1, 2)}),
        case("conv2d_channels", (IMAGES[..., :5], SQUARE), {"bias": BIAS, "stride": (1, 2), "padding": 2}),
        case("conv2d_channels", (IMAGES[..., :5], KERNELS), {"bias": BIAS}),
    ],
    "output_size": [
        case("output_size", (8, 3), {"stride": 2, "padding": 1}),
        case("output_size", (12, 3), {"stride": 5, "padding": 2}),
        case("output_size", (10, 3)),
        case("output_size", (9, 2), {"stride": 2, "padding": 4}),
        case("output_size", (3, 7), {"stride": 2}),
        case("output_size", (3, 7), {"stride": 5}),
    ],
    "pool2d": [
        case("pool2d", (images,), {"size": size, "mode": mode, **stride})
        for mode in kernels.MODES
        for images in (IMAGES, IMAGES + 900, IMAGES - 900, IMAGES.clip(min=0), IMAGES.clip(max=0))
        for size, stride in (((3, 2), {"stride": (2, 1)}), (2, {}), (3, {}), ((2, 3), {}))
    ],
    "count_dense": [case("count_dense", ([15, 10, 5, 2],), {"bias": bias}) for bias in (True, False)],
    "count_conv": [case("count_conv", (3, 8, size), {"bias": bias}) for size in ((5, 2), 4) for bias in (True, False)],
    "count_network": [
        case("count_network", (shape, NETWORK), {"bias": bias})
        for shape in ((3, 40 + more, 58 + 5 * more) for more in range(6))
        for bias in (True, False)
    ],
}


def test_the_bank_covers_every_function_of_the_homework():
    checks = [check for check in CNN.checks(public_only=True) if check.case.needs is None]
    assert set(CASES) == {case.function for check in checks for case in check.cases(REFERENCE)}
    assert all(len(misconceptions.about(function)) >= 6 for function in CASES)


@pytest.mark.parametrize("function", CASES)
def test_the_homework_knows_the_whole_bank(function):
    assert set(misconceptions.in_programs(function)) <= set(REFERENCE.function(function).misconceptions)


@pytest.mark.parametrize("function", CASES)
def test_each_misconception_is_recognised(function):
    for one in misconceptions.in_programs(function):
        held = [{wrong.name: wrong.answer for wrong in case.answers.lookalikes} for case in CASES[function]]
        answers = [(case, wrong.get(one.name, case.expected)) for case, wrong in zip(CASES[function], held)]
        assert [found.name for found in explanations(answers)] == [one.name]


@pytest.mark.parametrize("function", CASES)
def test_the_truth_has_no_hint(function):
    assert explanations([(case, case.expected) for case in CASES[function]]) == []


def test_names_and_sentences_are_unique():
    for function in CASES:
        bank = misconceptions.in_programs(function)
        assert len({one.name for one in bank}) == len({one.sentence for one in bank}) == len(bank)
        assert all(one.sentence.endswith((".", "?")) and one.sentence[0].islower() for one in bank)


def test_a_tag_leaves_out_those_that_have_it():
    everything, left = misconceptions.about("conv2d"), misconceptions.about("conv2d", ["stride", "padding value"])
    assert {one.name for one in everything} - {one.name for one in left} == {
        "no stride",
        "swapped stride",
        "vertical stride on both axes",
        "padding value ignored",
    }
    assert left == [one for one in everything if one in left]  # in the bank's order


@pytest.mark.parametrize("tag", ["strides", "no stride", "channels"])  # the last is a tag, but of no operation on one image
def test_an_unknown_tag_is_an_error(tag):
    with pytest.raises(ValueError, match=f"no misconception about conv2d has the tag '{tag}'"):
        misconceptions.about("conv2d", ["stride", tag])


# What must hold of a call of conv2d_channels for misconceptions with a tag to change nothing.
SILENT = {
    "stride": lambda draw: {"stride": 1},
    "padding": lambda draw: {"padding": 0},
    "pairs": lambda draw: {name: draw(st.integers(1, 2)) for name in ("stride", "padding")},
    "bias": lambda draw: {"bias": None},
}
pairs = st.tuples(st.integers(1, 3), st.integers(1, 3))


@pytest.mark.parametrize("tag", SILENT)
@given(data=st.data())
def test_a_convolution_without_what_a_tag_says_hides_its_misconceptions(tag, data):
    options = {"stride": data.draw(pairs), "padding": data.draw(pairs), "bias": BIAS} | SILENT[tag](data.draw)
    truth = kernels.conv2d(IMAGES, KERNELS, **options, backend="numpy")
    tagged = [one for one in misconceptions.about("conv2d_channels") if tag in one.tags]
    assert tagged
    for one in tagged:
        np.testing.assert_array_equal(one.answer(IMAGES, KERNELS, **options), truth)


def test_whole_numbers_hide_what_is_about_decimals():
    images, weights = np.arange(36.0).reshape(6, 6), np.array([[1.0, -2], [3, 0]])
    tagged = [one for one in misconceptions.about("conv2d") if "decimals" in one.tags]
    assert len(tagged) == 2
    for one in tagged:
        np.testing.assert_array_equal(one.answer(images, weights), kernels.conv2d(images, weights, backend="numpy"))


@pytest.mark.parametrize("mode", kernels.MODES)
def test_what_is_right_by_a_mode_is_right(mode):
    images = np.random.default_rng(1).normal(scale=200, size=(2, 3, 7, 9))
    for one in misconceptions.about("pool2d"):
        for options in ({}, {"size": (3, 2), "stride": (2, 1)}):
            truth = kernels.pool2d(images, mode=mode, backend="numpy", **options)
            if f"right by {mode}" in one.tags:
                np.testing.assert_array_equal(one.answer(images, mode=mode, **options), truth)
