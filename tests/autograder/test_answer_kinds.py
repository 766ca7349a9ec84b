"""What answers of any kind are worth, as a student's worker hands them over."""

import re
from collections import Counter, OrderedDict, defaultdict

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from autograder import compare, expected_answers, feedback
from autograder.cases import Case
from autograder.expected_answers import Known
from autograder.reference import Computed, Function
from autograder.sandbox.child import wire
from common.errors import UserError
from misconceptions import Misconception

numbers = st.floats(-1e6, 1e6)
not_finite = st.sampled_from([np.inf, -np.inf, np.nan])


def expected(answer, tolerance=None):
    """Return what a reference that answers so says is right."""
    return Computed(Function(lambda: answer, tolerance), (), {}, "numpy")


def sentence(right, answer, tolerance=None):
    """Return what is wrong with a student's answer; "" if nothing is. Recorded answers must judge alike."""
    computed = expected(right, tolerance)
    known = Known(*wire.unpack(wire.pack((computed.expected, computed.tolerance))), [])
    received = wire.unpack(wire.pack(answer))
    found = [
        compare.failure(Case("f", (), {}, answers, feedback.outputs), received, [], {}) for answers in (computed, known)
    ]
    one, other = (each.sentence if each else "" for each in found)
    assert one == other
    return one


@given(not_finite, numbers, st.sampled_from([None, 0.5]))
def test_no_number_is_near_infinity_or_nan(right, other, tolerance):
    assert not sentence(right, right, tolerance)
    assert sentence(right, other, tolerance)
    assert sentence(right, -right, tolerance) or np.isnan(right)


@given(arrays.arrays(float, 5, elements=numbers), not_finite, st.integers(0, 3), st.floats(0.01, 1e6))
def test_infinity_in_an_array_makes_nothing_else_right(values, odd, place, off):
    right = np.append(values, odd)
    assert not sentence(right, right)
    wrong = right.copy()
    wrong[place] += max(off, 0.01 * abs(values).max())
    assert sentence(right, wrong)
    assert sentence([right], [wrong])
    wrong = right.copy()
    wrong[-1] = 0.0
    assert sentence(right, wrong)


def test_an_integer_beyond_all_floats_is_a_wrong_float():
    assert compare.is_right(10**400, expected(1.5)) is False


@given(arrays.arrays(np.int64, 4, elements=st.integers(-(10**9), 10**9)), st.integers(0, 3), st.integers(1, 9))
def test_integers_in_arrays_are_met_exactly_however_deep_they_are(right, place, off):
    wrong = right.copy()
    wrong[place] += off
    for nest in (lambda array: array, lambda array: [array], lambda array: {"counts": (1, array)}):
        assert not sentence(nest(right), nest(right.astype(float)))
        assert sentence(nest(right), nest(wrong))


@pytest.mark.parametrize(
    ("right", "other"),
    [
        ({3: 2, 5: 1}, dict(zip(*np.unique([3, 3, 5], return_counts=True)))),
        ({0.5: 1}, {np.float32(0.5): 1}),
        ({"a": 2, "b": 1}, Counter("aab")),
        ([{"a": 2}], [OrderedDict(a=2)]),
        ({"a": [1]}, defaultdict(list, a=[1])),
        (["a", "b"], list(np.array(["a", "b"]))),
        ({"a": 1}, {np.str_("a"): np.int8(1)}),
        ({("a", 1): 0.5, (): 1.0}, {("a", np.int64(1)): 0.5, (): 1.0}),
        (2.5, np.longdouble(2.5)),
    ],
    ids=repr,
)
def test_the_same_in_other_words_is_right_whoever_says_it(right, other):
    assert not sentence(right, other)
    assert not sentence(other, right)


@pytest.mark.costly
@given(st.dictionaries(st.tuples(st.text(max_size=2), st.integers()) | st.integers() | st.text(max_size=3), st.integers()))
def test_dicts_of_plain_keys_cross_as_they_are(answer):
    assert not sentence(answer, answer)
    assert sentence(answer, {**answer, "another": 1})


def test_a_key_that_cannot_be_sent_is_named_by_its_type():
    assert sentence({"a": 1}, {"a": 1, frozenset("b"): 1}) == "The result has the key <frozenset>, which does not belong."


def test_a_list_that_holds_itself_is_too_deep():
    endless: list = []
    endless += [endless] * 3
    assert "too large, or too deeply nested" in sentence([1], endless)


@pytest.mark.parametrize(
    ("right", "answer", "says"),
    [
        ([1], [0] * 200_000, "f returned a list that is too large, or too deeply nested, to be handed over."),
        (
            {"a": [1]},
            {"a": [0] * 99_000},
            "answer['a'] is a list that is too large, or too deeply nested, to be",
        ),
        ("\u00e9", "e\u0301", "They look alike, but are written with other characters: '\\xe9' and 'e\\u0301'."),
        ([1, 2], [1], "The result must have the length 2, but has 1."),
        ({"a": 1}, {}, "The result lacks the key 'a'."),
    ],
    ids=lambda value: f"{value!r:.20}",
)
def test_the_sentence_says_what_is_wrong(right, answer, says):
    assert says in sentence(right, answer)


class _Own(dict):
    """A dict that could lie about what it holds."""


@pytest.mark.parametrize(
    ("answer", "named"),
    [
        ({1, 2}, "a set"),
        (b"x", "a bytes"),
        (np.array([1j]), "an array of complex128"),
        (np.array(["a"]), "an array of <U1"),
        (2**1200, "an int"),
        ([0] * 60_000, "a list"),
        (dict.fromkeys(range(2_000)), "a dict"),
        ([1, {"b": (2, {3})}], "a set in [1]['b'][1]"),
        (_Own(), "a _Own"),
        (np.zeros(1_000_001, int), "1,000,001 numbers"),
    ],
    ids=lambda value: f"{value!r:.20}",
)
def test_what_no_student_could_answer_is_the_mistake_of_the_author(answer, named):
    with pytest.raises(UserError, match=re.escape(f"handed over as an answer: {named}. ")):
        _ = expected(answer).expected


@pytest.mark.parametrize(
    ("right", "tolerance"),
    [(1.0, -1), (1.0, np.nan), (1.0, "0.1"), (np.zeros((2, 3)), np.zeros((3, 2))), ([np.zeros(2)], np.zeros(2))],
    ids=repr,
)
def test_a_tolerance_that_says_no_distance_is_the_mistake_of_the_author(right, tolerance):
    with pytest.raises(UserError, match="tolerance"):
        _ = expected(right, tolerance).tolerance
    with pytest.raises(UserError, match="tolerance"):
        _ = expected(right, lambda: tolerance).tolerance


@pytest.mark.parametrize(("size", "count"), [(expected_answers.LARGE, 1), (expected_answers.LARGE + 1, 0)])
def test_what_mistakes_make_of_large_arrays_is_not_recorded(size, count):
    wrong = Misconception("doubled", "f", "it is doubled", lambda values: 2 * values)
    values = np.ones(size)
    computed = Computed(Function(np.copy, misconceptions=(wrong,)), (values,), {}, "numpy")
    known = expected_answers.Recorded(expected_answers.record([Case("f", (values,), {}, computed, feedback.outputs)]))
    answers = known.case("f", (values,), {}, feedback.outputs).answers
    assert (answers.expected.size, len(answers.lookalikes)) == (size, count)


@pytest.mark.parametrize("kind", [float, np.array, lambda nan: [nan, {"loss": np.array([1, nan], np.float32)}]])
def test_what_is_recorded_does_not_depend_on_the_sign_of_nan(kind):
    """It depends on the processor that computes it."""

    def recorded(nan):
        wrong = Misconception("broken", "f", "it is not a number", lambda: kind(nan))
        computed = Computed(Function(lambda: kind(nan), misconceptions=(wrong,)), (), {}, "numpy")
        return expected_answers.record([Case("f", (), {}, computed, feedback.outputs)])

    assert recorded(np.nan) == recorded(-np.nan) != recorded(1.0)


def test_who_answers_gets_copies():
    def doubles_what_it_gets(values):
        values *= 2
        return values

    values = np.array([1.0, 2.0])
    wrong = Misconception("doubled", "f", "it is doubled", doubles_what_it_gets)
    function = Function(np.copy, lambda values: doubles_what_it_gets(values) / 10, misconceptions=(wrong,))
    computed = Computed(function, (values,), {}, "numpy")
    assert computed.lookalikes[0].answer.tolist() == [2.0, 4.0]
    assert computed.tolerance.tolist() == [0.2, 0.4]
    assert computed.expected.tolist() == [1.0, 2.0]
    assert values.tolist() == [1.0, 2.0]


def test_an_argument_with_a_nan_that_is_as_it_was_is_unchanged():
    argument = np.array([np.nan, 1.0])
    case = Case("f", (argument,), {}, expected(1.0), feedback.outputs)
    assert compare.failure(case, 1.0, [argument.copy()], {}) is None
    assert "changed its argument" in compare.failure(case, 1.0, [np.array([np.nan, 2.0])], {}).sentence


def test_an_array_within_an_argument_that_is_changed_is_noticed():
    layers = [(np.array([1.0, 2.0]), {"bias": np.array([3.0])}, "relu")]
    case = Case("f", (), {"layers": layers}, expected(1.0), feedback.outputs)
    assert compare.failure(case, 1.0, [], {"layers": wire.unpack(wire.pack(layers))}) is None
    changed = [(np.array([1.0, 2.0]), {"bias": np.array([4.0])}, "relu")]
    for after in (changed, [], None, [(np.array([1.0, 2.0]), {}, "relu")]):
        assert "changed its argument layers" in compare.failure(case, 1.0, [], {"layers": after}).sentence


def test_a_drawn_text_may_be_an_argument():
    assert not compare.changed_on_the_way(np.random.default_rng(0).choice(["a", "b"]))
