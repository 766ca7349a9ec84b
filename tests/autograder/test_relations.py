"""A relation is told where all answers have it, and where that is no accident."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from autograder.cases import Case
from autograder.compare import plain
from autograder.expected_answers import Known
from autograder.feedback import outputs
from autograder.relations import explanation

RANDOM = np.random.default_rng(0)
MAPS = [RANDOM.normal(scale=9, size=shape).round(3) for shape in ((3, 5), (4, 4))]
BATCHES = [RANDOM.normal(scale=300, size=shape).round(3) for shape in ((2, 3, 4, 5), (3, 2, 4, 3))]
COUNTS = [227, 1140, 56, 89]


def case(expected):
    return Case("f", (), {}, Known(expected, None, []), outputs)


def told(wrong, right):
    """Return the relation of what a function makes of the right answers to these."""
    return explanation([(case(each), plain(wrong(each))) for each in right])


def zero(*places):
    def change(array):
        changed = array.copy()
        for place in places:
            changed[place] = 0
        return changed

    return change


def spread(array):
    apart = np.zeros((array.shape[0] * 2, array.shape[1] * 3))
    apart[::2, ::3] = array
    return apart


def shifted(array):
    moved = np.roll(array, 1, axis=-1)
    moved[..., 0] = 7.5
    return moved


def at_the_edge(array):
    changed = array + 3.25 * RANDOM.normal(size=array.shape)
    changed[..., 1:-1, 1:-1] = array[..., 1:-1, 1:-1]
    return changed


def last_row(array):
    changed = array.copy()
    changed[..., -1, :] += RANDOM.normal(size=array.shape[-1])
    return changed


TOLD = [
    (lambda a: a.T, MAPS, "transposed", "rows and columns are swapped"),
    (lambda a: a.transpose(0, 2, 3, 1), BATCHES, "axes in another order", ".transpose(0, 3, 1, 2)"),
    (np.ravel, MAPS, "another shape", "flattened: give them the shape (3, 5)"),
    (lambda a: a[None], MAPS, "another shape", "an extra axis of length 1"),
    (lambda a: a[:, :1].squeeze(), [a[:, :1] for a in BATCHES], "another shape", "an axis of length 1 is missing"),
    (lambda a: a.reshape(a.shape[0], -1), BATCHES, "another shape", "it must be (2, 3, 4, 5)"),
    (lambda a: np.stack([a / 2, a / 2], axis=1), BATCHES, "sum missing", "Summed over axis 1"),
    (lambda a: a[-1], BATCHES, "axis lost", "axis 0 is missing: only the last of its entries"),
    (lambda a: a[:, 0], BATCHES, "axis lost", "axis 1 is missing: only the first of its entries"),
    (
        lambda a: a[:-1, :-1],
        MAPS,
        "part missing",
        "the last row and the last column are missing. Does a loop end too early",
    ),
    (lambda a: a[:, :-2], MAPS, "part missing", "the last 2 columns are missing."),
    (lambda a: a[:, 2:], MAPS, "part missing", "the first 2 columns are missing."),
    (lambda a: a[:1], BATCHES, "part missing", "the last entry along axis 0 is missing"),
    (lambda a: np.pad(a, 1), MAPS, "too many", "omit the first row and the first column and the last row"),
    (spread, MAPS, "zeros in between", "zeros between them"),
    (np.negative, MAPS, "sign wrong", "right, but their signs are wrong"),
    (abs, MAPS, "signs lost", "without their signs"),
    (
        lambda a: a.clip(0, 255),
        BATCHES,
        "cut off beyond a bound",
        "below 0 are set to 0 and those above 255 are set to 255",
    ),
    (lambda a: a.clip(-3.5), MAPS, "cut off beyond some bound", "those below -3.5 are set to -3.5"),
    (lambda a: a.astype(int), MAPS, "decimals cut off", "without decimals"),
    (np.floor, MAPS, "rounded down", "rounded down"),
    (np.round, MAPS, "rounded", "rounded to integers"),
    (lambda a: a.round(1), MAPS, "rounded", "rounded to 1 decimal."),
    (lambda a: a.round().astype(np.uint8), [a.round() for a in BATCHES], "overflowed", "multiples of 256"),
    (np.fliplr, MAPS, "turned", "mirrored, left to right"),
    (np.flipud, MAPS, "turned", "upside down"),
    (lambda a: np.rot90(a, 2), MAPS, "turned", "rotated by 180 degrees"),
    (lambda a: a[:, ::-1], BATCHES, "in reverse order", "along axis 1"),
    (shifted, MAPS, "shifted", "shifted to the right by one column"),
    (lambda a: np.roll(a, -1, axis=0), MAPS, "shifted", "shifted up by one row"),
    (lambda a: np.sort(a, axis=None).reshape(a.shape), MAPS, "in another order", "in another order"),
    (lambda a: np.broadcast_to(a[:, :1], a.shape), BATCHES, "first repeated", "the first entry along axis 1"),
    (lambda a: np.cumsum(a).reshape(a.shape), MAPS, "sums run on", "start each sum at 0"),
    (lambda a: np.full_like(a, a.sum()), MAPS, "sum in all places", "out += adds to the whole array"),
    (lambda a: np.full_like(a, a.max()), MAPS[:1], None, None),
    (lambda a: np.cumsum(a, axis=-1), MAPS, "sums run on", "those before it in its row"),
    (np.zeros_like, MAPS, "all zero", "All your numbers are 0"),
    (np.zeros_like, [abs(each) for each in MAPS], "all zero", "All your numbers are 0"),
    (zero(-1), MAPS, "places left zero", "only zeros in the last row."),
    (zero((..., -1)), BATCHES, "places left zero", "only zeros in the last column."),
    (zero((..., -1), (..., -1, slice(None))), MAPS, "places left zero", "in the last row and the last column."),
    (zero(slice(1, None)), MAPS, "places left zero", "only zeros in the last 2 rows."),
    (zero((1, 1), (0, 2), (2, 0)), MAPS, "places left zero", "does your code ever write there?"),
    (lambda a: a / 4, MAPS, "times a number", "a quarter of what they should be"),
    (lambda a: a / a.size, MAPS, "multiples", "what they should be, divided by 15"),
    (lambda a: a * 0.3, MAPS, "multiples", "0.3 times what they should be"),
    (lambda a: a + a.size, MAPS, "off by the same", "15 too large"),
    (
        lambda a: a + np.arange(a[..., 0, 0].size).reshape(*a.shape[:2], 1, 1),
        BATCHES,
        "off by the same in each plane",
        "plane",
    ),
    (lambda a: a.astype(np.float16), BATCHES, "imprecise", "half precision"),
    (lambda a: a * (1 + 3e-6), [np.full((2, 2), 1e6) + MAPS[0][:2, :2]], None, None),  # float32 is right
    (last_row, BATCHES, "wrong at the end", "not in the last row"),
    (at_the_edge, BATCHES, "wrong at the edge", "right inside"),
    (np.ndarray.tolist, MAPS, "list for array", "convert it with np.array"),
    (float, COUNTS, "float for integer", "divide with //"),
    (lambda n: 0, COUNTS, "all zero", "All your numbers are 0: is anything added up?"),
    (lambda n: n + 1, COUNTS, "off by one", "1 too large"),
    (lambda n: n - 1, COUNTS, "off by one", "1 too small"),
    (lambda n: 2 * n, COUNTS, "times a number", "your number is twice what it should be"),
]


@pytest.mark.parametrize(("wrong", "right", "name", "words"), TOLD)
def test_a_relation_is_told(wrong, right, name, words):
    found = told(wrong, right)
    assert found is None if name is None else (found.name == name and words in found.sentence)


@pytest.mark.parametrize("wrong", [lambda n: n + 1, lambda n: 2 * n, lambda n: -n])
def test_a_number_or_two_may_fit_by_accident(wrong):
    assert told(wrong, COUNTS[:2]) is None
    assert told(lambda a: a[..., :1, :1] * 4, [MAPS[0][:1, :1], MAPS[1][:1, :1]]) is None
    assert told(wrong, [COUNTS[0]] * 5) is None  # the same number five times says as much as once


def test_floats_that_are_far_too_large_do_not_overflow():
    assert (
        told(lambda array: array + RANDOM.normal(scale=2.0**75, size=array.shape), [each * 2.0**80 for each in MAPS])
        is None
    )


def test_loops_are_asked_about_only_where_one_row_or_column_is_missing():
    assert "loop" in told(lambda array: array[:-1], MAPS).sentence
    assert not any("loop" in told(missing, MAPS).sentence for missing in (lambda a: a[:-2], lambda a: a[1:]))
    assert "loop" not in told(lambda array: array[:1], BATCHES).sentence


def test_a_middle_alone_is_no_inside():
    assert told(at_the_edge, [RANDOM.normal(scale=300, size=(4, 5, 3, 3))]) is None


def test_an_array_from_which_all_is_missing_is_no_proof_but_contradicts_nothing():
    smaller = lambda array: array[:-1, :-1]  # noqa: E731
    assert told(smaller, [MAPS[0][:1, :4], MAPS[1]]).name == "part missing"
    assert told(smaller, [MAPS[0][:1, :4]]) is None


def test_an_end_is_told_only_where_all_of_it_is_wrong():
    some = (-1, 0), (-1, 2)
    assert told(zero(*some), MAPS).sentence == "Where your numbers are wrong, they are 0: does your code ever write there?"
    assert told(lambda array: zero(*some)(array - 2) + 2, MAPS).name == "wrong at the edge"


def test_a_right_answer_that_should_be_wrong_contradicts():
    answers = [(case(each), plain(-each)) for each in MAPS]
    assert explanation(answers).name == "sign wrong"
    assert explanation([*answers, (case(MAPS[0]), plain(MAPS[0]))]).name == "multiples"  # by another number there, by 1
    assert explanation([*answers, (case(np.zeros((2, 2))), np.zeros((2, 2)))]).name == "sign wrong"
    answers = [(case(each), abs(each)) for each in MAPS]
    assert explanation(answers).name == "signs lost"
    assert explanation([*answers, (case(MAPS[0]), plain(MAPS[0]))]) is None


def test_a_call_without_an_answer_has_no_relation():
    assert explanation([(case(MAPS[0]), -MAPS[0]), (case(MAPS[1]), None)]) is None


@pytest.mark.parametrize("answer", [None, "text", [[1.0], [2.0, 3.0]], {"a": 1}, np.zeros(0), np.zeros((200, 200)), 10**400,
                                    np.full((3, 5), np.nan), np.full((3, 5), np.inf), True, (1.0, 2.0)])  # fmt: skip
def test_any_answer_may_come(answer):
    assert told(lambda _: answer, [MAPS[0]]) is None
    assert told(lambda _: answer, [5]) is None


grids = arrays(np.float64, array_shapes(max_dims=4, max_side=4), elements=st.integers(-40, 40).map(lambda n: n / 4))


@given(grids)
def test_right_answers_have_no_relation(array):
    assert told(np.copy, [array]) is None


@given(st.integers(0, 2**32))
def test_unrelated_numbers_have_none(seed):
    random = np.random.default_rng(seed)
    assert told(lambda array: random.integers(-36, 37, array.shape) / 4, MAPS) is None
