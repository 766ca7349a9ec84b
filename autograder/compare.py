"""Compare a student's answer with the expected one: type first, then shape, then finiteness, then values."""

import math
import sys
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograder import feedback
from autograder.cases import Answer, Answers, Asked, Case, Lookalike
from autograder.feedback import Failure, Wrong
from autograder.sandbox.child import wire
from autograder.sandbox.child.wire import PLAIN_KINDS, Other, Value
from autograder.verdicts import Verdict

MOST_NUMBERS = 1_000_000  # in an array that may be right: a larger one is not converted, which would make it even larger
# A float is right within these fractions of itself and of the largest number in its array, and this far from 0: float32
# arithmetic passes, half precision does not.
OF_ITSELF, OF_THE_LARGEST, OF_ZERO = 1e-5, 1e-7, 1e-9
LIKE = 1e-5  # how far answers may be from a misconception's, relative to themselves and to 1
FEW, SHALLOW = 20, 5  # entries, and levels of nesting
LONGEST_VALUE = 80  # characters of a value in a sentence
MOST_DIGITS = 10**15
CHANGED = "A slice is a view: *=, += and sort() change the array that it was cut from. Write a = a * b, or copy first."
IN_PLACE = "inputs changed in place"
KINDS = {bool: "a bool", int: "an int", float: "a float", str: "a text", list: "a list", tuple: "a tuple", dict: "a dict",
         type(None): "None", np.ndarray: "a NumPy array of numbers"}  # fmt: skip


@dataclass(frozen=True)
class Difference:
    """The first place where an answer is not the expected one.

    where: the place within a nested answer, such as [2]["area"]; "" for the answer as a whole. is_of_kind: whether type and
    shape are right, so that only values differ.
    """

    where: str
    expected: Answer
    received: Answer
    is_of_kind: bool = True


def failure(case: Case, answer: Value, arguments: list[Value], options: dict[str, Value]) -> Failure | None:
    """Say what is wrong with the answer, or that the call changed its arguments; None if nothing is wrong."""
    found = difference(plain(answer), case.answers)
    if found:
        return _explained(case, found, answer)
    if name := changed_input(case, arguments, options):
        sentence = f"The call changed its {name}. Work on a copy: the caller still needs it."
        return Failure(Verdict.WRONG, sentence, str(case), CHANGED, IN_PLACE)
    return None


def is_right(answer: Answer, right: Answers) -> bool:
    """Return whether a plain answer is the expected one: its type, its shape, and each value within the tolerance."""
    return difference(answer, right) is None


def explanations(asked: Asked) -> list[Lookalike]:
    """Return the misconceptions each of which gives all of these answers, the wrong ones and the right ones."""
    wrong = [(case, answer) for case, answer in asked if not is_right(answer, case.answers)]
    if not any(_explains(one.name, case, answer) for case, answer in wrong[:1] for one in case.answers.lookalikes):
        return []  # the misconceptions need not answer the other cases
    suspects = {one.name: one for case, _ in wrong for one in case.answers.lookalikes if not one.breaks}
    return [one for name, one in suspects.items() if all(_explains(name, *each) for each in asked)]


def plain(answer: Value) -> Answer:
    """Return an answer as it is compared: arrays in float64, NumPy's numbers as Python's, everything else as it is."""
    return _plain(answer, _in_float64)


def exact(answer: Value) -> Answer:
    """Return an expected answer as it is compared: arrays keep their type, because integers must be met exactly."""
    return _plain(answer, lambda array: array)


def _plain(answer: Value, of_array: Callable[[NDArray[Any]], NDArray[Any]]) -> Answer:
    if isinstance(answer, np.ndarray):
        return of_array(answer)
    if type(answer) in PLAIN_KINDS:
        answer = PLAIN_KINDS[type(answer)](answer)
    if isinstance(answer, np.generic):
        return float(answer) if answer.dtype.kind == "f" else answer.item() if answer.dtype.kind in "biu" else answer
    if type(answer) in (list, tuple):
        return type(answer)(_plain(each, of_array) for each in answer)
    if type(answer) is dict:
        return {_plain(key, of_array): _plain(value, of_array) for key, value in answer.items()}
    return answer


def _in_float64(array: NDArray[Any]) -> NDArray[Any]:
    if array.dtype.kind not in "biuf" or array.size > MOST_NUMBERS:
        return array
    with np.errstate(all="ignore"):  # numbers of a wider type may be too large: they become infinite, which is wrong
        return array.astype(np.float64)


def difference(answer: Answer, right: Answers) -> Difference | None:
    """Return the first place where a plain answer is not the expected one."""
    return _difference(answer, right.expected, right, "")


def changed_on_the_way(value: Value) -> str:
    """Name the part of a value that would be changed on its way to or from a student's worker; "" if there is none."""
    if _surely_arrives(value):
        return ""
    if isinstance(value, (np.ndarray, np.generic)):
        return type_in_words(value)
    try:
        arrived = wire.unpack(wire.pack(value))
    except (MemoryError, RecursionError, wire.BadMessage) as error:
        return f"{type_in_words(value)} ({error})"
    found = _difference(plain(arrived), exact(value), _Exactly(value), "")
    return f"{type_in_words(found.expected)}{' in ' + found.where if found.where else ''}" if found else ""


def _surely_arrives(value: Value, depth: int = 0) -> bool:
    """Return whether a value is so plain and so short that it certainly arrives unchanged."""
    if depth > SHALLOW:
        return False
    if isinstance(value, (np.ndarray, np.generic)):
        return value.dtype.kind in "biuf" or type(value) is np.str_
    if type(value) in (list, tuple):
        return len(value) <= FEW and all(_surely_arrives(each, depth + 1) for each in value)
    if type(value) is dict:
        return len(value) <= FEW and all(
            type(key) is str and _surely_arrives(each, depth + 1) for key, each in value.items()
        )
    if type(value) is str:
        return value.isascii() and len(value) <= LONGEST_VALUE
    return value is None or type(value) in (bool, float) or (type(value) is int and abs(value) < MOST_DIGITS)


@dataclass(frozen=True)
class _Exactly:
    """A value that is right only if it is equal."""

    expected: Answer
    tolerance: float = 0.0
    lookalikes: list[Lookalike] = field(default_factory=list)
    working: None = None


def near(expected: NDArray[Any] | float) -> NDArray[Any] | float:
    """Return how far an honest answer may be from the expected numbers, unless the assignment says otherwise."""
    if isinstance(expected, np.ndarray):
        if expected.dtype.kind != "f":
            return 0.0
        finite = np.where(np.isfinite(expected), abs(expected), 0.0)
        apart: NDArray[np.float64] = OF_ITSELF * finite + OF_THE_LARGEST * finite.max(initial=0.0) + OF_ZERO
        return apart
    return OF_ITSELF * abs(expected) + OF_ZERO if isinstance(expected, float) else 0.0


def _difference(answer: Answer, expected: Answer, right: Answers, where: str) -> Difference | None:
    other_kind = Difference(where, expected, answer, is_of_kind=False)
    if isinstance(expected, np.ndarray):
        are_floats = isinstance(answer, np.ndarray) and answer.dtype.kind == "f"
        if not are_floats or answer.shape != expected.shape:
            return other_kind
        return Difference(where, expected, answer) if wrong_places(answer, expected, right).any() else None
    if type(expected) is float:
        if type(answer) not in (float, int):
            return other_kind
        return Difference(where, expected, answer) if wrong_places(_as_float(answer), expected, right) else None
    if type(answer) is not type(expected):
        return other_kind
    if type(expected) in (list, tuple):
        if len(answer) != len(expected):
            return other_kind
        pairs = [(f"[{place}]", one, other) for place, (one, other) in enumerate(zip(answer, expected))]
    elif type(expected) is dict:
        if answer.keys() != expected.keys():
            return other_kind
        pairs = [(f"[{key!r}]", answer[key], value) for key, value in expected.items()]
    else:
        return None if answer == expected else Difference(where, expected, answer)
    inner = (_difference(one, other, right, where + place) for place, one, other in pairs)
    return next((found for found in inner if found), None)


def _as_float(number: float) -> float:
    """Return a number as a float; an integer that is too large for one is infinite."""
    return math.inf if type(number) is int and number.bit_length() >= sys.float_info.max_exp else float(number)


def wrong_places(answer: Answer, expected: Answer, right: Answers) -> NDArray[np.bool_]:
    """Return where a number, or an array of the right shape, is wrong. Only finite numbers can be close enough."""
    if np.array_equal(answer, expected):  # most often: the tolerance need not be computed
        return np.zeros(np.shape(answer), bool)
    tolerance = near(expected) if right.tolerance is None else right.tolerance
    with np.errstate(all="ignore"):  # infinity less infinity
        is_near = np.isfinite(expected) & (abs(answer - expected) <= tolerance)
    wrong: NDArray[np.bool_] = ~(is_near | (answer == expected) | (np.isnan(answer) & np.isnan(expected)))
    return wrong


@dataclass(frozen=True)
class _UpToRounding:
    """A wrong answer, compared as if it were right."""

    expected: Answer
    lookalikes: tuple[Lookalike, ...] = ()

    @property
    def tolerance(self) -> NDArray[Any] | None:
        """How much sums in float32 can differ."""
        return LIKE * (1 + abs(self.expected)) if isinstance(self.expected, np.ndarray) else None


def _explains(misconception: str, case: Case, answer: Answer) -> bool:
    """Return whether the misconception of this name gives exactly this answer, be it wrong or right."""
    found = next((each for each in case.answers.lookalikes if each.name == misconception), None)
    if found and found.breaks:  # any answer, or none
        return True
    return is_right(answer, _UpToRounding(found.answer) if found else case.answers)  # type: ignore[arg-type]


def _explained(case: Case, found: Difference, answer: Value) -> Failure:
    """Say in a sentence what differs, and draw it as the assignment specifies."""
    call, expected, received = str(case), found.expected, found.received
    what = f"answer{found.where}" if found.where else case.function
    inside = f"In answer{found.where}: " if found.where else ""
    if not found.is_of_kind:
        original = received if found.where else answer  # NumPy's types have names of their own
        return Failure(Verdict.WRONG, _other_kind(what, found, original), call)
    if isinstance(expected, np.ndarray):
        wrong = Wrong(expected, received, wrong_places(received, expected, case.answers))
        picture = case.explain(wrong, *case.arguments, **case.options)
        count, size = np.count_nonzero(wrong.places), wrong.places.size
        are_wrong = "is wrong. It is" if count == 1 else "are wrong. The first is"
        sentence = f"{count} of {size} output{'s' if size > 1 else ''} {are_wrong} {picture.place}: "
        sentence += feedback.expected_and_received(expected[wrong.first], received[wrong.first])
        if np.isfinite(expected).all() and not np.isfinite(received).all():
            sentence += " The right answer has no NaN and no infinity."
        sliding = picture.sliding if picture.sliding and picture.sliding.is_shown() else None
        return Failure(
            Verdict.WRONG, inside + sentence, call, working=picture.working, grids=picture.grids, sliding=sliding
        )
    sentence = inside + _values(expected, received) + (_whole(case.expected, answer) if found.where else "")
    working, table = case.answers.working.beside(received) if case.answers.working and not found.where else ("", [])
    grids = [*feedback.inputs(case.arguments, case.options), *table]
    return Failure(Verdict.WRONG, sentence, call, working=working, grids=grids)


def _whole(expected: Answer, received: Value) -> str:
    """Show a nested answer in full, if it is short."""
    one, other = repr(expected), repr(plain(received))
    return f" All of it: expected {one}, received {other}." if max(len(one), len(other)) <= LONGEST_VALUE else ""


def _other_kind(what: str, found: Difference, original: Value) -> str:
    """Say that the answer, or a part of it, has another type, shape or length, or other keys."""
    expected, received = found.expected, found.received
    whole = not found.where
    thing = "The result" if whole else what
    if isinstance(expected, np.ndarray) and isinstance(received, np.ndarray) and received.dtype.kind in "biuf":
        return f"{thing} must have the shape {expected.shape}, but has {received.shape}."
    if type(expected) is type(received) and isinstance(expected, (list, tuple)):
        return f"{thing} must have the length {len(expected)}, but has {len(received)}."
    if type(expected) is type(received) is dict:
        missing, more = [key for key in expected if key not in received], [key for key in received if key not in expected]
        lack = [f"lacks the key {missing[0]!r}"] if missing else [f"has the key {more[0]!r:.80}, which does not belong"]
        return f"{thing} {lack[0]}."
    if isinstance(received, Other) and type_name(received) == type(expected).__name__:
        was = "returned" if whole else "is"
        return f"{what} {was} {type_in_words(received)} that is too large, or too deeply nested, to be handed over."
    shown = f" ({original!r:.40})" if isinstance(original, (bool, int, float, np.number)) else ""
    forgotten = " Is a return missing?" if original is None and whole else ""
    verb, was = ("return", "returned") if whole else ("be", "is")
    return f"{what} must {verb} {KINDS[type(expected)]}, but {was} {type_in_words(original)}{shown}.{forgotten}"


def _values(expected: Answer, received: Answer) -> str:
    """Say that two values of one kind differ."""
    if type(received) is int and abs(received) >= MOST_DIGITS:
        return f"Expected {expected:,}, received a number of more than 15 digits."
    if type(expected) is float:
        return feedback.expected_and_received(expected, received).capitalize()
    if type(expected) is int:
        return f"Expected {expected:,}, received {received:,}."
    if type(expected) is str:
        return _texts(expected, received)
    return f"Expected {expected!r:.{LONGEST_VALUE}}, received {received!r:.{LONGEST_VALUE}}."


def _texts(expected: str, received: str) -> str:
    """Say where two texts begin to differ, and point out what is easily overlooked."""
    sentence = f"Expected {_shortened(expected)}, received {_shortened(received)}."
    if expected.split() == received.split():
        return f"{sentence} Only blanks or line ends differ."
    if unicodedata.normalize("NFKC", expected) == unicodedata.normalize("NFKC", received):
        return f"{sentence} They look alike, but are written with other characters: {expected!a:.80} and {received!a:.80}."
    if expected.casefold() == received.casefold():
        return f"{sentence} Only capital letters differ."
    same = next((place for place, (one, other) in enumerate(zip(expected, received)) if one != other), None)
    place = min(len(expected), len(received)) if same is None else same
    return f"{sentence} They are the same up to character {place}." if place > LONGEST_VALUE // 2 else sentence


def _shortened(text: str) -> str:
    return repr(text) if len(text) <= LONGEST_VALUE else f"{text[:LONGEST_VALUE]!r}..."


def type_in_words(value: object) -> str:
    """Name the type of a reply for a sentence: "a list", "an array of int64", "None"."""
    name = type_name(value)
    if name == "None":
        return name
    return f"an {name}" if name[:1].lower() in "aeiou" else f"a {name}"


def type_name(value: object) -> str:
    """Name the type of a reply."""
    if isinstance(value, Other):
        return value.type_name.removeprefix("builtins.")
    if isinstance(value, np.ndarray):
        return f"array of {value.dtype}"
    return "None" if value is None else type(value).__name__


def changed_input(case: Case, arguments: list[Value], options: dict[str, Value]) -> str:
    """Name the first argument whose arrays a call has changed; "" if it has changed none."""
    before = {f"argument number {position}": value for position, value in enumerate(case.arguments, start=1)}
    after = {f"argument number {position}": value for position, value in enumerate(arguments, start=1)}
    before |= {f"argument {name}": value for name, value in case.options.items()}
    after |= {f"argument {name}": value for name, value in options.items()}
    changed = (
        name
        for name, value in before.items()
        if value is not after.get(name) and not _same_arrays([*_arrays(value)], [*_arrays(after.get(name))])
    )
    return next(changed, "")


def _arrays(value: Value) -> Iterator[NDArray[Any]]:
    """Yield the arrays in a value, however deeply nested in lists, tuples and dicts."""
    if isinstance(value, np.ndarray):
        yield value
    elif isinstance(value, (list, tuple)):
        for each in value:
            yield from _arrays(each)
    elif isinstance(value, dict):
        yield from _arrays(list(value.values()))


def _same_arrays(some: list[NDArray[Any]], others: list[NDArray[Any]]) -> bool:
    return len(some) == len(others) and all(np.array_equal(*pair, equal_nan=True) for pair in zip(some, others))
