"""What a student sees of a failure is true: the marked window gives the expected number."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder import compare, feedback, loading
from autograder.assignment import find
from autograder.verdicts import Verdict

CNN = find("cnn")
REFERENCE, WINDOWS = CNN.reference(), loading.module(CNN.folder, "checks.windows")
pairs = st.tuples(st.integers(1, 3), st.integers(1, 3))
paddings = st.tuples(st.integers(0, 2), st.integers(0, 2))


def numbers(grid):
    return np.array([[float(cell) for cell in row] for row in grid.rows])


def window(grid, size):
    return numbers(grid)[tuple(np.transpose(sorted(grid.marked)))].reshape(size)


def computed(working):
    """Compute what a working writes out, without the words that say what its terms are, and return it with its result."""
    terms, result = re.sub(r" \((channel \d|row \d of the window|bias\[\d\])\)", "", working).split(" = ")
    return eval(terms), float(result)


@pytest.mark.costly
@given(pairs, pairs, paddings, st.booleans(), st.integers(0, 2**32))
def test_window_and_kernel_give_the_expected_number(size, stride, padding, has_bias, seed):
    random = np.random.default_rng(seed)
    images, kernels = random.integers(-9, 10, (2, 2, 5, 6)), random.integers(-9, 10, (3, 2, *size))
    bias = random.integers(-9, 10, 3) if has_bias else None
    options = {"bias": bias, "stride": stride, "padding": padding}
    case = REFERENCE.case("conv2d_channels", (images, kernels), options, WINDOWS.of_channels)
    place = tuple(random.integers(case.expected.shape))
    answer = case.expected.copy()
    answer[place] += 1
    failure = compare.failure(case, answer, [], {})
    image_0, kernel_0, image_1, kernel_1, expected, received = failure.grids
    total = sum((window(i, size) * numbers(k)).sum() for i, k in ((image_0, kernel_0), (image_1, kernel_1)))
    assert total + (bias[place[1]] if has_bias else 0) == case.expected[place]
    assert expected.marked == received.marked == {place[-2:]}
    assert numbers(received)[place[-2:]] == numbers(expected)[place[-2:]] + 1
    assert feedback.place_in_words(place, WINDOWS.AXES) in failure.sentence
    assert computed(failure.working) == (case.expected[place], case.expected[place])
    assert (f"(bias[{place[1]}])" in failure.working) == has_bias


@pytest.mark.parametrize(
    ("image", "kernel", "bias", "working"),
    [
        ([1, 2, 3, 4], [1, 0, -1, 2], None, "1*1 + 2*0 + 3*(-1) + 4*2 = 6"),
        ([1, 2, 3, 4], [1, 0, -1, 2], [-3], "1*1 + 2*0 + 3*(-1) + 4*2 - 3 (bias[0]) = 3"),
        (range(16), [1] * 16, [5], "6 (row 0 of the window) + 22 (row 1 of the window) + 38 (row 2 of the window) "
         "+ 54 (row 3 of the window) + 5 (bias[0]) = 125"),
        (range(-9, 9), [1] * 18, [0.5], "-45 (channel 0) + 36 (channel 1) + 0.5 (bias[0]) = -8.5"),
        (range(900), [1] * 900, None, ""),  # too many channels to be read
    ],
)  # fmt: skip
def test_the_products_of_a_window_are_written_out_while_they_are_few(image, kernel, bias, working):
    shape = {4: (1, 1, 2, 2), 16: (1, 1, 4, 4), 18: (1, 2, 3, 3), 900: (1, 100, 3, 3)}[len(image)]
    arrays = [np.array(numbers, float).reshape(shape) for numbers in (image, kernel)]
    options = {} if bias is None else {"bias": np.array(bias)}
    case = REFERENCE.case("conv2d_channels", tuple(arrays), options, WINDOWS.of_channels)
    assert compare.failure(case, case.expected + 1, [], {}).working == working


@given(pairs, st.one_of(st.none(), pairs), st.sampled_from(["max", "min", "average", "median"]), st.integers(0, 2**32))
def test_a_pooled_window_gives_the_expected_number(size, stride, mode, seed):
    random = np.random.default_rng(seed)
    case = REFERENCE.case(
        "pool2d",
        (random.integers(-9, 10, (2, 2, 5, 6)),),
        {"size": size, "stride": stride, "mode": mode},
        WINDOWS.of_pool,
    )
    place = tuple(random.integers(case.expected.shape))
    answer = case.expected.copy()
    answer[place] += 1
    values = window(compare.failure(case, answer, [], {}).grids[0], size)
    reduce = {"max": np.max, "min": np.min, "average": np.mean, "median": np.median}[mode]
    assert reduce(values) == pytest.approx(case.expected[place])


@pytest.mark.parametrize(
    "expected, received, sentence",
    [
        (7.0, 5.0, "expected 7, received 5."),
        (-86.625, 1234.5, "expected -86.625, received 1234.5."),
        (0.33349, -0.0, "expected 0.3335, received 0."),
        (0.0, 5.9e-16, "expected 0, received 5.9e-16."),
        (
            -0.006584,
            -0.0065841,
            "expected -0.006584, received -0.0065841, which is off by 1e-07: more than rounding explains.",
        ),
        (40_000.0, 40_001.0, "expected 40000, received 40001, which is off by 1: more than rounding explains."),
        (1.0, float("nan"), "expected 1, received nan."),
    ],
)
def test_two_numbers_are_shown_with_the_digits_in_which_they_differ(expected, received, sentence):
    assert feedback.expected_and_received(expected, received) == sentence


def test_curves_are_a_table_and_points():
    curves = feedback.Curves("Accuracy", ["1", "2", "10"], {"transferred": [0.5, 0.75, 1.0], "new": [0.0, 0.25, 0.333]})
    assert str(curves).splitlines() == [
        "Accuracy",
        "                 1    2   10",
        "  transferred  50%  75% 100%",
        "  new           0%  25%  33%",
    ]
    assert curves.points("transferred") == [(0, 0.5), (0.5, 0.25), (1, 0)]


def test_the_lines_of_an_exception_are_part_of_what_is_said_in_brief():
    failure = feedback.Failure(Verdict.CRASHED, "go raised KeyError: 7", "go(1)", "Look.", frames=["a.py line 1: {}[7]"])
    assert failure.in_brief() == "go raised KeyError: 7\n\n  a.py line 1: {}[7]\n\nHint: Look.\n\ngo(1)"
