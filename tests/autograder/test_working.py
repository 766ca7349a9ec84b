"""How a right number comes about is true, at home as in the grader, and the marked step explains the wrong one."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import misconceptions
from autograder import compare, expected_answers, feedback
from autograder.assignment import find
from autograder.feedback import Grid
from autograder.reference import Reference, reference
from autograder.working import Step, Working
from common.errors import UserError

CNN = find("cnn")
REFERENCE = CNN.reference()
SHAPE = (3, 12, 14)
LAYERS = [
    {"type": "conv", "out_channels": 4, "kernel_size": (3, 5), "padding": 1},
    {"type": "pool", "size": 2, "stride": np.int64(3)},
    {"type": "conv", "out_channels": np.int64(5), "kernel_size": 2, "stride": (1, 2)},
    {"type": "flatten"},
    {"type": "dense", "units": 7},
    {"type": "relu"},
    {"type": "dense", "units": 2},
]
NAMES = ["conv 4, 3x5, padding 1", "pool 2, stride 3", "conv 5, 2, stride 1x2", "flatten", "dense 7", "relu", "dense 2"]


def failure(function, received, *arguments, **options):
    """Return how a wrong answer is explained."""
    case = REFERENCE.case(function, arguments, options, feedback.outputs)
    return compare.failure(case, received, list(arguments), options)


def network(received, layers=LAYERS, **options):
    """Return the working of a wrong number of weights, the rows of its table, and the numbers of the marked ones."""
    explained = failure("count_network", received, SHAPE, layers, **options)
    table = explained.grids[-1]
    return explained.working, table.rows[1:], {row - 1 for row, _ in table.marked}


def test_a_network_is_counted_row_by_row():
    shapes = ["4x12x12", "4x4x4", "5x3x2", "30", "7", "7", "2"]
    counts = [3 * 15 * 4 + 4, 0, 4 * 4 * 5 + 5, 0, 30 * 7 + 7, 0, 7 * 2 + 2]
    so_far = [sum(counts[: row + 1]) for row in range(7)]
    working, rows, marked = network(5)
    assert rows == [list(row) for row in zip(NAMES, shapes, map(str, counts), map(str, so_far))]
    assert (working, marked) == ("", set())


TOTAL = 184 + 85 + 217 + 16


@pytest.mark.parametrize(
    ("received", "row", "says"),
    [
        (TOTAL - 85, 2, "when the marked row is left out."),
        (184, 2, "when the marked row and those below it are left out."),
        (TOTAL - 184, 0, "when the marked row is left out."),
        (TOTAL - 184 - 85, 0, "when the weights of the convolutions are missing. The marked row is the first"),
        (TOTAL - 4 - 5 - 7 - 2, 0, "when intercepts are not counted."),
        (TOTAL - 5, 2, "when in the marked row alone, intercepts are not counted. Each kernel has one."),
        (TOTAL - 60, 2, "when in the marked row alone, a kernel has a weight for each pixel, but not for each channel."),
    ],
)
def test_the_first_row_that_explains_a_wrong_number_is_marked(received, row, says):
    working, _, marked = network(received)
    assert marked == {row} and says in working
    assert working.startswith(f"{received} comes out when ")


@pytest.mark.parametrize(
    "name, row", [("pools ignored", 1), ("network stride ignored", 2), ("flatten without channels", 3)]
)
def test_a_misconception_is_shown_where_it_first_matters(name, row):
    one = next(one for one in misconceptions.about("count_network") if one.name == name)
    working, _, marked = network(one.answer(SHAPE, LAYERS, True))
    assert marked == {row} and one.sentence in working


def test_no_layers_have_no_rows():
    assert failure("count_network", 5, SHAPE, []).grids == []


@given(st.lists(st.integers(1, 99), min_size=1, max_size=5), st.booleans())
def test_weights_between_layers_are_written_as_products(sizes, bias):
    left, right = failure("count_dense", -1, sizes, bias=bias).working.split(" = ")
    assert int(right) == REFERENCE.case("count_dense", (sizes,), {"bias": bias}, feedback.outputs).expected
    assert left == "inputs alone" if len(sizes) == 1 else eval(left) == int(right)
    neurons = find("neurons").reference().case("count_weights", (sizes, bias), {}, feedback.outputs)
    assert neurons.answers.working.text == f"{left} = {right}"


@given(
    st.integers(1, 9), st.integers(1, 9), st.integers(1, 9) | st.tuples(st.integers(1, 9), st.integers(1, 9)), st.booleans()
)
def test_weights_of_kernels_are_written_as_products(channels, count, size, bias):
    left, right = failure("count_conv", -1, channels, count, size, bias).working.split(" = ")
    assert (
        eval(left)
        == int(right)
        == REFERENCE.case("count_conv", (channels, count, size, bias), {}, feedback.outputs).expected
    )


@given(st.integers(1, 40), st.integers(1, 45), st.integers(1, 5), st.integers(0, 5))
def test_the_positions_of_a_kernel_are_written_out(size, kernel, stride, padding):
    case = REFERENCE.case("output_size", (size, kernel), {"stride": stride, "padding": padding}, feedback.outputs)
    text = failure("output_size", -1, size, kernel, stride=stride, padding=padding).working
    if case.expected == 0:
        left, right = text.split(" is below 0")[0].split(" = ")
        assert eval(left) == int(right) < 0
        return
    formula, covered = text.split("\n")
    left, right = formula.split(" = ")
    assert eval(left) == int(right) == case.expected
    spans, end = covered.removeprefix("The kernel covers ").split(" of the axis from 0 to ")
    first, *_, last = [list(map(int, span.split("-"))) for span in (*spans.split(", ")[:1], *spans.split(", ")[-1:])]
    assert first[0] == 0 and first[-1] == kernel - 1
    assert last == sorted({(case.expected - 1) * stride, (case.expected - 1) * stride + kernel - 1})
    end = int(end.split(",")[0].rstrip("."))
    assert end == size + 2 * padding - 1 and end - stride < last[-1] <= end
    assert case.expected > 9 or len(spans.split(", ")) == case.expected


def test_students_get_it_without_the_kernels():
    cases = [REFERENCE.case("count_network", (SHAPE, LAYERS), {}, feedback.outputs)]
    cases.append(REFERENCE.case("conv2d", (np.ones((2, 2)), np.ones((1, 1))), {}, feedback.outputs))
    known = expected_answers.Recorded(expected_answers.record(cases))
    again = [known.case(case.function, case.arguments, case.options, case.explain) for case in cases]
    assert [case.answers.working for case in again] == [case.answers.working for case in cases]
    assert again[0].answers.working.steps and again[1].answers.working is None


def test_steps_that_do_not_add_up_are_the_authors_mistake(tmp_path):
    def asked(working):
        known = reference(working=working)(lambda: 5)
        made = Reference(tmp_path, [])
        made._functions["five"] = known
        return made.case("five", (), {}, feedback.outputs).answers.working

    assert asked(lambda: Working(steps=[Step(["a"], 2), Step(["b"], 3)])).total == 5
    with pytest.raises(UserError, match="add up to 4, but the right answer is 5"):
        asked(lambda: Working(steps=[Step(["a"], 4)]))
    with pytest.raises(UserError, match="must return a Working, but returns '2 \\+ 3'"):
        asked(lambda: "2 + 3")


def test_a_table_has_columns_of_their_own_width():
    table = Grid(
        "Step by step", [["layer", "shape", "weights"], ["conv 4", "4x12", "1,180"], ["flatten", "48", "0"]], {(2, 0)}
    )
    assert str(table).splitlines() == [
        "Step by step",
        "   layer    shape  weights",
        "   conv 4   4x12     1,180",
        "  [flatten] 48           0",
    ]
