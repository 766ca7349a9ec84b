"""How wrong answers relate to the right ones if no misconception gives them: "right except for the sign".

A relation turns the expected answer, with a look at the received one, into the answer that it predicts. Students read of a
relation only if it predicts every wrong answer of a check, contradicts no right one, and turns enough different numbers
into wrong ones: a few small numbers may fit by accident.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain, permutations, product
from math import inf
from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from autograder.cases import Answer, Asked
from autograder.compare import LIKE, is_right

ENOUGH = 3  # different numbers that a relation turns into wrong ones
MOST_NUMBERS, MOST_AXES = 20_000, 5  # of an array that is searched for relations
MOST_PLACES = 1_000  # at which a smaller array is searched for in a larger one
MOST_STEPS = 5  # between two outputs
EXACT = 2.0**53  # floats hold all integers up to here
NEAR = 2e-3  # of the largest number: as far off as half precision may be
AXES = ("row", "column")  # the names of the last two axes of an array
IMPRECISE = "Your numbers are nearly right: is something rounded, or in single or half precision (float32, float16)?"
ENDS_EARLY = "Does a loop end too early, or is there a return inside it?"

Numbers = NDArray[np.float64]
End = tuple[str, int, int]  # "first" or "last", how many entries, of which axis
Make = TypeVar("Make", bound="Callable[..., Made | None]")


class Made(NamedTuple):
    """The answer that a relation predicts, and its sentence. fitted: how many numbers it took from the received one."""

    answer: Numbers
    sentence: str
    fitted: int = 0


@dataclass(frozen=True)
class Relation:
    """A relation. make: takes the expected and the received answer; returns None if it has nothing to say."""

    name: str
    make: Callable[..., Made | None]
    options: tuple[object, ...] = ()


class Found(NamedTuple):
    """The relation that explains the answers to a check, and what it says about the first wrong one."""

    name: str
    sentence: str


_RELATIONS: list[Relation] = []


def relation(*options: tuple[object, ...]) -> Callable[[Make], Make]:
    """Register the decorated function as a relation under its name, once with each of the options; earlier ones win."""

    def register(make: Make) -> Make:
        name = make.__name__.strip("_").replace("_", " ")
        _RELATIONS.extend(Relation(name, make, each) for each in options or [()])
        return make

    return register


def explanation(asked: Asked) -> Found | None:
    """Return the relation of these answers to the expected ones, if all have the same."""
    answers = []
    for case, answer in asked:
        expected, received = _numbers(case.expected), _numbers(answer)
        if expected is None or received is None or not expected.size:
            return None
        answers.append((expected, received, is_right(answer, case.answers)))
    if all(right for *_, right in answers):  # the student's code has changed its inputs
        return None
    with np.errstate(all="ignore"):
        if all(_are_alike(received, expected) for expected, received, _ in answers):
            return _nearly_right(asked)
        return next((found for one in _RELATIONS if (found := _explains(one, answers))), None)


def _explains(relation: Relation, answers: list[tuple[Numbers, Numbers, bool]]) -> Found | None:
    """Return the relation and what it says about the first wrong answer, if it holds for all answers."""
    sentence, fitted = "", 0
    changed: set[float] = set()
    for expected, received, right in answers:
        made = relation.make(expected, received, *relation.options)
        if made is None and right:
            continue
        if made is None or not _gives(made.answer, expected, received):
            return None
        if not right and received.size:  # no numbers are no proof
            sentence = sentence or made.sentence
            fitted += made.fitted
            changed |= _changed(expected, received)
    return Found(relation.name, sentence) if len(changed) - fitted >= ENOUGH else None


def _numbers(answer: Answer) -> Numbers | None:
    """Return an answer as an array of floats if it is an array of numbers, a number, or a list of numbers."""
    if isinstance(answer, list):
        try:
            answer = np.array(answer)
        except ValueError:  # rows of different lengths
            return None
    elif type(answer) in (int, float) and abs(answer) < 1 / LIKE**2:
        answer = np.array(float(answer))
    if not isinstance(answer, np.ndarray) or answer.dtype.kind not in "biuf":
        return None
    return answer.astype(np.float64) if answer.size <= MOST_NUMBERS and answer.ndim <= MOST_AXES else None


def _near(one: Numbers, other: Numbers) -> NDArray[np.bool_]:
    """Return where numbers are equal, up to rounding of sums in float32."""
    return np.abs(one - other) <= LIKE * (1 + np.abs(other))


def _are_alike(one: Numbers, other: Numbers) -> bool:
    return one.shape == other.shape and bool(_near(one, other).all())


def _gives(made: Numbers, expected: Numbers, received: Numbers) -> bool:
    """Return whether a relation predicts the received answer, and not just because both are nearly right."""
    if not _are_alike(received, made):
        return False
    if expected.shape != received.shape:
        return True
    wrong = ~_near(received, expected)
    return bool((abs(received - made) <= abs(received - expected) / 10)[wrong].all())


def _changed(expected: Numbers, received: Numbers) -> set[float]:
    """Return the expected numbers where the received ones are wrong."""
    same_shape = expected.shape == received.shape
    return set((expected[~_near(received, expected)] if same_shape else expected).ravel().tolist())


def _nearly_right(asked: Asked) -> Found | None:
    """Say what is wrong with numbers that are right, but have the wrong type or are not precise enough."""
    case, answer = next((case, answer) for case, answer in asked if not is_right(answer, case.answers))
    if type(case.expected) is int and type(answer) is float:
        return Found("float for integer", "Your number is right, but a float: divide with // rather than /.")
    if isinstance(case.expected, np.ndarray) and isinstance(answer, list):
        return Found("list for array", "Your numbers are right, but in a list: convert it with np.array.")
    if isinstance(case.expected, np.ndarray) and isinstance(answer, np.ndarray):
        return Found("imprecise", IMPRECISE)
    return None


# --- right numbers in another shape


@relation()
def _transposed(expected: Numbers, received: Numbers) -> Made | None:
    if expected.ndim < 2:
        return None
    return Made(expected.swapaxes(-1, -2), "Your numbers are right, but rows and columns are swapped.")


@relation()
def _axes_in_another_order(expected: Numbers, received: Numbers) -> Made | None:
    if expected.ndim < 3 or sorted(expected.shape) != sorted(received.shape):
        return None
    for order in permutations(range(expected.ndim)):
        made = expected.transpose(order)
        if _are_alike(received, made) and not _are_alike(received, expected):
            back = ", ".join(str(order.index(axis)) for axis in range(expected.ndim))
            return Made(made, f"Your numbers are right, but the axes are in another order: .transpose({back}) helps.")
    return None


@relation()
def _another_shape(expected: Numbers, received: Numbers) -> Made | None:
    if expected.shape == received.shape or expected.size != received.size:
        return None
    if [side for side in expected.shape if side > 1] == [side for side in received.shape if side > 1]:
        how = "there is an extra axis of length 1" if received.ndim > expected.ndim else "an axis of length 1 is missing"
    elif received.ndim == 1:
        how = f"flattened: give them the shape {expected.shape}"
    else:
        how = f"in another shape: it must be {expected.shape}"
    return Made(expected.reshape(received.shape), f"Your numbers are right, but {how}.")


@relation()
def _sum_missing(expected: Numbers, received: Numbers) -> Made | None:
    if received.ndim != expected.ndim + 1:
        return None
    axes = [axis for axis in range(received.ndim) if _are_alike(received.sum(axis), expected)]
    return Made(received, f"Your array has an extra axis. Summed over axis {axes[0]}, it is right.") if axes else None


@relation()
def _axis_lost(expected: Numbers, received: Numbers) -> Made | None:
    if received.ndim != expected.ndim - 1:
        return None
    for axis, length in enumerate(expected.shape):
        for place in range(length):
            made = np.asarray(expected.take(place, axis))  # a single number of a vector
            if _are_alike(received, made):
                kept = "the first" if place == 0 else "the last" if place == length - 1 else f"number {place}"
                return Made(
                    made, f"Your numbers are right, but axis {axis} is missing: only {kept} of its entries is left."
                )
    return None


@relation()
def _part_missing(expected: Numbers, received: Numbers) -> Made | None:
    if (ends := _ends_around(received, expected)) is None:
        return None
    missing = _in_words(ends, expected.ndim)
    is_one = len(ends) == 1 and ends[0][1] == 1
    advice = " Does a loop end too early, or is a + 1 missing?" if _is_of_loops(ends, expected.ndim) else ""
    return Made(received, f"Your numbers are right, but {missing} {'is' if is_one else 'are'} missing.{advice}")


@relation()
def _too_many(expected: Numbers, received: Numbers) -> Made | None:
    if (ends := _ends_around(expected, received)) is None:
        return None
    return Made(received, f"Your numbers are right, but there are too many: omit {_in_words(ends, expected.ndim)}.")


@relation()
def _zeros_in_between(expected: Numbers, received: Numbers) -> Made | None:
    if expected.ndim < 2 or expected.ndim != received.ndim or expected.shape == received.shape:
        return None
    for down, right in product(range(1, MOST_STEPS + 1), repeat=2):
        made = np.zeros_like(received)
        if made[..., ::down, ::right].shape == expected.shape:
            made[..., ::down, ::right] = expected
            if _are_alike(received, made):
                return Made(
                    made,
                    "Your numbers are right, but with zeros between them: number the outputs one by one.",
                )
    return None


def _ends_around(small: Numbers, large: Numbers) -> list[End] | None:
    """Return the ends of a larger array that lie around a smaller one; None if the smaller is not in it."""
    if small.ndim != large.ndim or small.shape == large.shape:
        return None
    room = [whole - part + 1 for part, whole in zip(small.shape, large.shape)]
    if min(room) < 1 or np.prod(room) > MOST_PLACES:
        return None
    for before in np.ndindex(*room):
        if _are_alike(small, large[tuple(slice(start, start + part) for start, part in zip(before, small.shape))]):
            after = [left - 1 - start for left, start in zip(room, before)]
            sides = [("first", count, axis) for axis, count in enumerate(before)]
            sides += [("last", count, axis) for axis, count in enumerate(after)]
            return [side for side in sides if side[1]]
    return None


def _is_of_loops(ends: list[End], axes: int) -> bool:
    """Return whether the ends are only the last row, column or number."""
    return all(which == "last" and count == 1 and axes - axis <= len(AXES) for which, count, axis in ends)


def _in_words(ends: list[End], axes: int) -> str:
    """Return "the last row and the last 2 columns"."""
    return " and ".join(_end(*end, axes) for end in ends)


def _end(which: str, count: int, axis: int, axes: int) -> str:
    """Return "the last row", "the first 2 columns", "the last 3 entries along axis 0"."""
    if axes - axis > len(AXES):
        one, more, along = "entry", "entries", f" along axis {axis}"
    else:
        one = AXES[axis - axes] if axes > 1 else "number"
        more, along = f"{one}s", ""
    return f"the {which} {one if count == 1 else f'{count} {more}'}{along}"


# --- right numbers, each of them changed


@relation()
def _all_zero(expected: Numbers, received: Numbers) -> Made | None:
    advice = "do you write the results into the array that you return?" if expected.ndim else "is anything added up?"
    return Made(np.zeros_like(received), f"All your numbers are 0: {advice}")


@relation()
def _sign_wrong(expected: Numbers, received: Numbers) -> Made | None:
    return Made(-expected, "Your numbers are right, but their signs are wrong.")


@relation()
def _signs_lost(expected: Numbers, received: Numbers) -> Made | None:
    return Made(abs(expected), "Your numbers are right, but without their signs: negative ones should stay negative.")


@relation((0, inf), (-inf, 0), (0, 255), (0, 1), (-1, 1), (-128, 127))
def _cut_off_beyond_a_bound(expected: Numbers, received: Numbers, low: float, high: float) -> Made | None:
    bounds = (("below", low), ("above", high))
    beyond = [f"{side} {bound} are set to {bound}" for side, bound in bounds if abs(bound) < inf]
    return Made(expected.clip(low, high), f"Your numbers are right, but those {' and those '.join(beyond)}.")


@relation((np.less, "below"), (np.greater, "above"))
def _cut_off_beyond_some_bound(expected: Numbers, received: Numbers, beyond: np.ufunc, side: str) -> Made | None:
    if expected.shape != received.shape:
        return None
    bound = received.min() if side == "below" else received.max()
    made = np.where(beyond(expected, bound), bound, expected)
    if (made == bound).all():  # then no number is right
        return None
    return Made(made, f"Your numbers are right, but those {side} {bound:g} are set to {bound:g}.", fitted=1)


@relation()
def _decimals_cut_off(expected: Numbers, received: Numbers) -> Made | None:
    return Made(np.trunc(expected), "Your numbers are right, but without decimals: are they stored as integers?")


@relation()
def _rounded_down(expected: Numbers, received: Numbers) -> Made | None:
    return Made(np.floor(expected), "Your numbers are right, but rounded down: divide with / rather than //.")


@relation(*((decimals,) for decimals in range(5)))
def _rounded(expected: Numbers, received: Numbers, decimals: int) -> Made | None:
    to = f"{decimals} decimal{'s' if decimals > 1 else ''}" if decimals else "integers"
    return Made(np.round(expected, decimals), f"Your numbers are right, but rounded to {to}. Don't round.")


@relation((32,), (16,), (8,))
def _overflowed(expected: Numbers, received: Numbers, bits: int) -> Made | None:
    if expected.shape != received.shape or max(abs(expected).max(), abs(received).max()) > EXACT:
        return None
    times = (received - expected) / 2**bits
    if (times != np.round(times)).any():
        return None
    off = f"Your numbers are off by multiples of {2**bits:,}: integers of {bits} bits overflow."
    return Made(received, f"{off} Convert arrays to floats before you compute with them.")


@relation((1,), (-1,))
def _off_by_one(expected: Numbers, received: Numbers, off: int) -> Made | None:
    if expected.ndim or received.ndim:
        return None
    return Made(expected + off, f"Your number is 1 too {'large' if off > 0 else 'small'}, in other calls as well.")


@relation((2.0,), (0.5,), (3.0,), (1 / 3,), (4.0,), (0.25,))
def _times_a_number(expected: Numbers, received: Numbers, factor: float) -> Made | None:
    return Made(factor * expected, f"Here and in other calls, {_times(factor, expected)}.")


# --- right numbers in the wrong places


@relation(((-1,), "mirrored, left to right"), ((-2,), "upside down"), ((-2, -1), "rotated by 180 degrees"))
def _turned(expected: Numbers, received: Numbers, axes: tuple[int, ...], how: str) -> Made | None:
    return Made(np.flip(expected, axes), f"Your numbers are right, but {how}.") if expected.ndim >= 2 else None


@relation((0,), (1,), (2,))
def _in_reverse_order(expected: Numbers, received: Numbers, axis: int) -> Made | None:
    if axis >= max(expected.ndim - len(AXES), expected.ndim == 1):
        return None
    return Made(np.flip(expected, axis), f"Your numbers are right, but in reverse order along axis {axis}.")


@relation((-2, 1, "down"), (-2, -1, "up"), (-1, 1, "to the right"), (-1, -1, "to the left"))
def _shifted(expected: Numbers, received: Numbers, axis: int, by: int, where: str) -> Made | None:
    if expected.ndim < 2 or expected.shape != received.shape or expected.shape[axis] < ENOUGH:
        return None
    made = np.roll(expected, by, axis)
    came_in = np.indices(expected.shape)[axis] == (0 if by > 0 else expected.shape[axis] - 1)
    made[came_in] = received[came_in]
    sentence = f"Your numbers are right, but shifted {where} by one {AXES[axis]}."
    return Made(made, sentence, fitted=np.count_nonzero(came_in))


@relation()
def _in_another_order(expected: Numbers, received: Numbers) -> Made | None:
    if expected.size != received.size or expected.size < ENOUGH:
        return None
    made = np.empty(received.size)
    made[np.argsort(received, axis=None)] = np.sort(expected, axis=None)
    return Made(made.reshape(received.shape), "Your numbers are right, but in another order.", fitted=ENOUGH)


@relation((0,), (1,), (2,), (3,))
def _first_repeated(expected: Numbers, received: Numbers, axis: int) -> Made | None:
    if axis >= expected.ndim:
        return None
    first = _end("first", 1, axis, expected.ndim)
    made = np.broadcast_to(expected.take([0], axis), expected.shape)
    return Made(made, f"Your numbers repeat {first}: the others are never computed.")


@relation((None, ""), (-1, " in its row"))
def _sums_run_on(expected: Numbers, received: Numbers, axis: int | None, where: str) -> Made | None:
    if not expected.ndim:
        return None
    made = np.cumsum(expected, axis).reshape(expected.shape)
    sentence = f"Each of your numbers includes those before it{where}: start each sum at 0, inside all loops."
    return Made(made, sentence)


@relation()
def _sum_in_all_places(expected: Numbers, received: Numbers) -> Made | None:
    if not expected.ndim or expected.shape != received.shape:
        return None
    sentence = (
        "Each of your numbers is the sum of all right ones: out += adds to the whole array, out[row, column] += to one."
    )
    return Made(np.full_like(expected, expected.sum()), sentence)


# --- right numbers, except in some places


@relation()
def _places_left_zero(expected: Numbers, received: Numbers) -> Made | None:
    if not expected.ndim or expected.shape != received.shape:
        return None
    wrong = ~_near(received, expected)
    if received[wrong].any():
        return None
    for end, places in chain(_ends(expected.shape), _longer_ends(expected.shape)):
        if (wrong <= places).all() and not received[places].any():
            return Made(received, f"Your numbers are right, but there are only zeros in {end}. {ENDS_EARLY}")
    return Made(received, "Where your numbers are wrong, they are 0: does your code ever write there?")


def _ends(shape: tuple[int, ...]) -> Iterator[tuple[str, NDArray[np.bool_]]]:
    """Yield what a loop that ends one step early leaves out, in words and as places; few places first."""
    axes, indices = len(shape), np.indices(shape)
    for axis in reversed(range(axes)):
        yield _end("last", 1, axis, axes), indices[axis] == shape[axis] - 1
    if axes > 1:
        yield "the last row and the last column", (indices[-2] == shape[-2] - 1) | (indices[-1] == shape[-1] - 1)


def _longer_ends(shape: tuple[int, ...]) -> Iterator[tuple[str, NDArray[np.bool_]]]:
    """Yield the same for loops that end even earlier."""
    for axis, length in enumerate(shape):
        for count in range(2, length):
            yield _end("last", count, axis, len(shape)), np.indices(shape)[axis] >= length - count


# --- numbers that have something in common with the right ones


@relation()
def _multiples(expected: Numbers, received: Numbers) -> Made | None:
    if expected.shape != received.shape or not received.any():
        return None
    factor = float((expected * received).sum() / (expected**2).sum())
    return Made(factor * expected, f"Here, {_times(factor, expected)}.", fitted=1)


@relation()
def _off_by_the_same(expected: Numbers, received: Numbers) -> Made | None:
    if expected.shape != received.shape:
        return None
    off = float((received - expected).mean())
    sentence = (
        f"Here, all your numbers are {abs(off):.4g} too {'large' if off > 0 else 'small'}: what is added or left out?"
    )
    return Made(expected + off, sentence, fitted=1)


@relation()
def _off_by_the_same_in_each_plane(expected: Numbers, received: Numbers) -> Made | None:
    if expected.ndim <= len(AXES) or expected.shape != received.shape:
        return None
    off = (received - expected).mean(axis=(-2, -1), keepdims=True)
    sentence = "Your numbers are off by a constant in each plane of rows and columns: what is added or left out there?"
    return Made(expected + off, sentence, fitted=off.size)


@relation()
def _wrong_at_the_end(expected: Numbers, received: Numbers) -> Made | None:
    if not expected.ndim or expected.shape != received.shape:
        return None
    wrong = ~_near(received, expected)
    ends = [end for end, places in _ends(expected.shape) if np.array_equal(wrong, places)]
    if not ends or len(np.unique(expected[~wrong])) < ENOUGH:
        return None
    return Made(received, f"Your numbers are right, but not in {ends[0]}. {ENDS_EARLY}")


@relation()
def _wrong_at_the_edge(expected: Numbers, received: Numbers) -> Made | None:
    if expected.ndim < 2 or expected.shape != received.shape:
        return None
    inside = (..., slice(1, -1), slice(1, -1))
    if (
        np.prod(expected[inside].shape[-2:]) < 2
    ):  # one number in the middle may be right by accident, for example with another stride
        return None
    if not _are_alike(received[inside], expected[inside]) or len(np.unique(expected[inside])) < ENOUGH:
        return None
    return Made(received, "Your numbers are right inside, but not at the edge: what surrounds the array there?")


@relation()
def _imprecise(expected: Numbers, received: Numbers) -> Made | None:
    if not expected.ndim or expected.shape != received.shape:
        return None
    if (abs(received - expected) > NEAR * abs(expected).max()).any():
        return None
    return Made(received, IMPRECISE)


def _times(factor: float, expected: Numbers) -> str:
    """Return "your numbers are half of what they should be", "your numbers are the right ones divided by 6"."""
    yours, right = ("your numbers are", "they") if expected.ndim else ("your number is", "it")
    names = {2.0: "twice", 0.5: "half of", 1 / 3: "a third of", 0.25: "a quarter of"}
    for value, name in names.items():
        if np.isclose(factor, value):
            return f"{yours} {name} what {right} should be"
    if abs(factor) < 1 and np.isclose(1 / factor, round(1 / factor), rtol=LIKE):
        return f"{yours} what {right} should be, divided by {round(1 / factor)}"
    return f"{yours} {factor:.4g} times what {right} should be"
