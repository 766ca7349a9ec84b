"""Hold an answer against a case: type first, then shape, then finiteness, then values."""

from typing import Any

import numpy as np

from autograder import pictures
from autograder.cases import Case
from autograder.pictures import Failure
from autograder.sandbox.inside.wire import Other
from autograder.verdicts import Verdict


def failure(case: Case, answer: Any, arguments: list[Any], options: dict[str, Any]) -> Failure | None:
    """Say what is wrong with the answer, or with what the call left of its arguments and options; None if nothing is."""
    check = _array_failure if isinstance(case.expected, np.ndarray) else _number_failure
    return check(case, answer) or _changed_input(case, arguments, options)


def type_name(value: Any) -> str:
    """Name the type of what came back, for a sentence."""
    if isinstance(value, Other):
        return value.type_name.removeprefix("builtins.")
    if isinstance(value, np.ndarray):
        return f"array of {value.dtype}"
    return "None" if value is None else type(value).__name__


def _array_failure(case: Case, answer: Any) -> Failure | None:
    expected = case.expected
    if not isinstance(answer, np.ndarray) or answer.dtype.kind not in "iuf":
        forgotten = " Is a return missing?" if answer is None else ""
        sentence = f"{case.function} must return a NumPy array of numbers, but returned {_a(type_name(answer))}.{forgotten}"
        return _wrong(case, sentence)
    with np.errstate(all="ignore"):  # numbers of a wider type may be too large: they become infinite, which is wrong
        answer = answer.astype(np.float64)
    if answer.shape != expected.shape:
        sentence = f"The result must have the shape {expected.shape}, but has {answer.shape}."
        return _wrong(case, sentence, **_reason(case, answer))
    wrong = ~(abs(answer - expected) <= case.answers.tolerance)  # not > : a NaN must count as wrong
    if not wrong.any():
        return None
    place = tuple(int(axis[0]) for axis in np.nonzero(wrong))
    received = answer[place]
    where = pictures.place_in_words(place)
    sentence = (
        f"{np.count_nonzero(wrong)} of {wrong.size} outputs are wrong. The first is {where}: "
        f"expected {pictures.number(expected[place])}, received {pictures.number(received)}."
    )
    if not np.isfinite(answer).all():
        sentence += " NaN or infinity is never right here."
    grids, working = pictures.of_window(case, place, answer, wrong)
    return _wrong(case, sentence, **_reason(case, answer), grids=grids, working=working)


def _number_failure(case: Case, answer: Any) -> Failure | None:
    if isinstance(answer, np.integer):
        answer = int(answer)
    if type(answer) is not int:
        reason = _reason(case, answer) if isinstance(answer, float) else {}
        shown = f" ({answer!r})" if isinstance(answer, (bool, float, np.floating)) else ""
        forgotten = " Is a return missing?" if answer is None else ""
        sentence = f"{case.function} must return an int, but returned {_a(type_name(answer))}{shown}.{forgotten}"
        return _wrong(case, sentence, **reason)
    if answer == case.expected:
        return None
    if abs(answer) >= 10**15:
        return _wrong(case, f"Expected {case.expected:,}, received a number of more than 15 digits.")
    return _wrong(case, f"Expected {case.expected:,}, received {answer:,}.", **_reason(case, answer))


def _changed_input(case: Case, arguments: list[Any], options: dict[str, Any]) -> Failure | None:
    before = {f"argument number {position}": value for position, value in enumerate(case.arguments, start=1)}
    after = {f"argument number {position}": value for position, value in enumerate(arguments, start=1)}
    before |= {f"argument {name}": value for name, value in case.options.items()}
    after |= {f"argument {name}": value for name, value in options.items()}
    for name, value in before.items():
        if isinstance(value, np.ndarray):
            now = after.get(name)
            if not (isinstance(now, np.ndarray) and np.array_equal(value, now)):
                return _wrong(case, f"The call changed its {name}. Work on a copy: the caller still needs it.")
    return None


def _reason(case: Case, answer: Any) -> dict[str, str]:
    """Return the hint that a misconception gives, and its name; nothing if none gives exactly this answer."""
    found = case.lookalike(answer)
    return {"hint": f"This is what comes out when {found.sentence}", "misconception": found.name} if found else {}


def _wrong(case: Case, sentence: str, **more: Any) -> Failure:
    return Failure(Verdict.WRONG, sentence, call=str(case), **more)


def _a(name: str) -> str:
    if name == "None":
        return name
    return f"an {name}" if name[:1].lower() in "aeiou" else f"a {name}"
