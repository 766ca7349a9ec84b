"""Nested answers: what is right is right, and a failure says where in the answer it is."""

import copy

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from autograder import compare
from autograder.cases import Case
from autograder.expected_answers import Known, Recorded, record
from autograder.feedback import outputs
from autograder.reference import Computed, Function
from autograder.verdicts import Verdict

LARGEST = 1e6
CONTAINERS = (list, tuple, dict)
reals = st.floats(-LARGEST, LARGEST)
grids = arrays(np.float64, array_shapes(max_dims=3, max_side=3), elements=reals)
leaves = st.none() | st.booleans() | st.integers() | reals | st.text(max_size=5) | grids
keys = st.text(max_size=3) | st.integers(-9, 9)


def nested(inner):
    lists = st.lists(inner, max_size=3)
    return lists | lists.map(tuple) | st.dictionaries(keys, inner, max_size=3)


answers = st.recursive(leaves, nested, max_leaves=8)


def case(expected, tolerance=None):
    return Case("shapes", (), {}, Known(expected, tolerance, []), outputs)


def failure(answer, expected):
    return compare.failure(case(expected), answer, [], {})


def is_right(answer, expected, tolerance=None):
    return compare.is_right(compare.plain(answer), Known(expected, tolerance, []))


def children(value):
    """Return what a list, a tuple or a dict holds, by the index or the key."""
    if isinstance(value, dict):
        return value
    return dict(enumerate(value)) if isinstance(value, (list, tuple)) else {}


def places(value, path=()):
    """Yield the path to a value and to all that it holds, as indices and keys."""
    yield path, value
    for key, inner in children(value).items():
        yield from places(inner, (*path, key))


def replaced(value, path, new):
    """Return the value with another one at the end of the path."""
    if not path:
        return new
    inner = {**children(value), path[0]: replaced(children(value)[path[0]], path[1:], new)}
    return inner if isinstance(value, dict) else type(value)(inner.values())


def in_words(path):
    return "".join(f"[{key!r}]" for key in path)


def same(one, other):
    """Return whether two values are alike, by their places: the second one's floats are the exact ones."""
    first, second = dict(places(one)), dict(places(other))
    return first.keys() == second.keys() and all(_alike(first[path], second[path]) for path in first)


def _alike(one, other):
    if isinstance(other, np.ndarray):
        if not isinstance(one, np.ndarray) or one.shape != other.shape:
            return False
        return bool((abs(one - other) <= 1e-5 * abs(other) + 1e-7 * abs(other).max() + 1e-9).all())
    if type(other) is float and type(one) in (int, float):
        return abs(one) < 1e300 and abs(one - other) <= 1e-5 * abs(other) + 1e-9
    return type(one) is type(other) and (isinstance(other, (list, tuple, dict, float)) or one == other)


def differing(value, draw):
    """Return another value of the same kind, further away than any tolerance reaches."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, (int, float)):
        return value + type(value)(draw(st.integers(1, 3)) * (1 + abs(int(value))))
    if isinstance(value, str):
        return draw(st.text(max_size=8).filter(lambda text: text != value))
    changed = value.copy()
    changed[tuple(draw(st.integers(0, side - 1)) for side in value.shape)] += 1 + abs(value).max()
    return changed


@given(answers)
def test_an_answer_equals_itself(value):
    assert failure(copy.deepcopy(value), value) is None


@given(answers, answers)
def test_any_answer_gets_the_verdict_that_its_places_give(one, other):
    found = failure(one, other)
    assert (found is None) == same(one, other)
    assert found is None or (found.verdict is Verdict.WRONG and str(found))


@given(answers, st.data())
def test_a_changed_leaf_is_found_with_its_place(expected, data):
    changeable = [
        (path, value) for path, value in places(expected) if not isinstance(value, (list, tuple, dict, type(None)))
    ]
    assume(changeable)
    path, value = data.draw(st.sampled_from(changeable))
    found = failure(replaced(expected, path, differing(value, data.draw)), expected)
    assert found.verdict is Verdict.WRONG
    assert (
        found.sentence.startswith(f"In answer{in_words(path)}: ") if path else "answer" not in found.sentence.split(":")[0]
    )


OTHER_KINDS = [None, True, 7, 0.5, "text", [], (), {}, np.zeros(2)]


@given(answers, st.data())
def test_a_leaf_of_another_kind_is_found_with_its_place(expected, data):
    path, value = data.draw(st.sampled_from(list(places(expected))))
    kinds = [type(value), int] if type(value) is float else [type(value)]  # an integer will do for a float
    new = data.draw(st.sampled_from([each for each in OTHER_KINDS if type(each) not in kinds]))
    sentence = failure(replaced(expected, path, new), expected).sentence
    place, verb = (f"answer{in_words(path)}", "be") if path else ("shapes", "return")
    assert sentence.startswith(f"{place} must {verb} {compare.KINDS[type(value)]}, but ")


@given(answers, st.data())
def test_what_is_missing_or_too_much_is_found_with_its_place(expected, data):
    containers = [(path, value) for path, value in places(expected) if isinstance(value, CONTAINERS)]
    assume(containers)
    path, value = data.draw(st.sampled_from(containers))
    if isinstance(value, dict):
        changed = {**value, "one more": 1}
    else:
        changed = type(value)([*value, 1])
    for answer, right in (
        (replaced(expected, path, changed), expected),
        (expected, replaced(expected, path, changed)),
    ):
        found = compare.difference(answer, Known(right, None, []))
        assert (found.where, found.is_of_kind) == (in_words(path), False)
        assert failure(answer, right).sentence.startswith(f"answer{in_words(path)} " if path else "The result ")


@given(answers)
def test_numpys_scalars_count_as_numbers(value):
    kinds = {bool: np.bool_, int: np.int64, float: np.float64}

    def numpys(value):
        if type(value) is int and abs(value) >= 2**63:
            return value
        if isinstance(value, dict):
            return {numpys(key): numpys(inner) for key, inner in value.items()}
        if isinstance(value, (list, tuple)):
            return type(value)(map(numpys, value))
        return kinds.get(type(value), lambda value: value)(value)

    assert failure(numpys(value), value) is None


@pytest.mark.parametrize("number", [np.int8(5), np.uint64(5), np.float16(5), np.float32(5), np.float64(5), 5])
def test_a_number_of_any_type_is_a_float(number):
    assert is_right([number], [5.0])
    assert is_right([number], [5]) == (not isinstance(number, np.floating))
    assert not is_right([number], [True]) and not is_right([True], [1]) and not is_right([True], [1.0])


@given(reals, st.sampled_from([-1, 1]))
def test_a_float_is_right_up_to_the_rounding_of_float32(expected, sign):
    assert is_right({"area": expected * (1 + sign * 9e-6)}, {"area": expected})
    assert is_right({"area": float(np.float32(expected))}, {"area": expected})
    assert not is_right({"area": expected * (1 + sign * 2e-5) + sign * 1e-8}, {"area": expected})


@given(reals, st.floats(0, 10))
def test_an_assignments_tolerance_counts_instead(expected, tolerance):
    assert is_right([expected + 0.99 * tolerance], [expected], tolerance)
    assert not is_right([expected + 1.01 * tolerance + 1e-9], [expected], tolerance)


@pytest.mark.parametrize("expected", [np.array([1_000_000]), {"counts": np.array([1_000_000])}], ids=["alone", "in a dict"])
def test_whole_numbers_are_exact_in_arrays_too(expected):
    """As a reference computes them, and as they are recorded for students and Gradescope."""
    computed = Computed(Function(lambda: expected), (), {}, "numpy")
    known = Recorded(record([Case("f", (), {}, computed, outputs)])).case("f", (), {}, outputs).answers
    for right in (computed, known):
        assert compare.is_right(compare.plain(expected), right)
        wrong = {"counts": expected["counts"] + 1} if isinstance(expected, dict) else expected + 1
        assert not compare.is_right(compare.plain(wrong), right)


HUGE = [float("nan"), float("inf"), -float("inf"), 1e308, 10**400, -(10**400)]


@pytest.mark.parametrize("number", HUGE, ids=lambda number: str(number)[:9])
@pytest.mark.parametrize("expected", [1.5, 1, [2.5]])
def test_no_number_is_too_large_to_be_wrong(number, expected):
    assert failure([number] if isinstance(expected, list) else number, expected).verdict is Verdict.WRONG


@pytest.mark.parametrize(
    ("expected", "answer", "sentence"),
    [
        (
            [1, 2, {"area": 3.0}],
            [1, 2, {"area": 4.5}],
            "In answer[2]['area']: Expected 3, received 4.5. "
            "All of it: expected [1, 2, {'area': 3.0}], received [1, 2, {'area': 4.5}].",
        ),
        ({"a": (1, 2)}, {"a": [1, 2]}, "answer['a'] must be a tuple, but is a list."),
        ([1, 2], [1], "The result must have the length 2, but has 1."),
        ({"a": 1}, {}, "The result lacks the key 'a'."),
        ({"a": 1}, {"a": 1, "b": 2}, "The result has the key 'b', which does not belong."),
        ([[1, 2]], [[1, None]], "answer[0][1] must be an int, but is None."),
        ([True], [1], "answer[0] must be a bool, but is an int (1)."),
        (True, False, "Expected True, received False."),
        (None, 3, "shapes must return None, but returned an int (3)."),
        (1.5, None, "shapes must return a float, but returned None. Is a return missing?"),
        ("a b", "a  b", "Expected 'a b', received 'a  b'. Only blanks or line ends differ."),
        ("Word", "word", "Expected 'Word', received 'word'. Only capital letters differ."),
        (["x"], ["y"], "In answer[0]: Expected 'x', received 'y'. All of it: expected ['x'], received ['y']."),
        (1_000_000, 1_000_001, "Expected 1,000,000, received 1,000,001."),
        ([np.zeros(2)], [np.zeros(3)], "answer[0] must have the shape (2,), but has (3,)."),
        (
            np.array([1, 2]),
            np.array([1, 3]),
            "1 of 2 outputs is wrong. It is number 1: expected 2, received 3.",
        ),
        (
            [np.zeros(2)],
            [np.ones(2)],
            "In answer[0]: 2 of 2 outputs are wrong. The first is number 0: expected 0, received 1.",
        ),
    ],
)
def test_what_a_student_reads(expected, answer, sentence):
    assert failure(answer, expected).sentence == sentence


def test_a_long_text_is_shortened_and_says_from_where_on_it_differs():
    sentence = failure("a" * 100 + "b" + "a" * 500, "a" * 600).sentence
    assert len(sentence) < 300 and "They are the same up to character 100." in sentence
