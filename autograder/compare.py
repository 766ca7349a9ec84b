"""Compare a student's answer with the expected one: type first, then shape, then finiteness, then values."""

from typing import Any

import numpy as np

from autograder import pictures
from autograder.cases import Answer, Case, plain, wrong_places
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
    if not isinstance(answer, np.ndarray) or answer.dtype.kind not in "biuf":
        forgotten = " Is a return missing?" if answer is None else ""
        sentence = f"{case.function} must return a NumPy array of numbers, but returned {_a(type_name(answer))}.{forgotten}"
        return _wrong(case, sentence)
    if answer.shape != expected.shape:
        return _wrong(case, f"The result must have the shape {expected.shape}, but has {answer.shape}.")
    received = plain(answer)
    wrong = wrong_places(received, case.answers)
    if not wrong.any():
        return None
    place = tuple(int(axis[0]) for axis in np.nonzero(wrong))
    where = pictures.place_in_words(place)
    sentence = f"{np.count_nonzero(wrong)} of {wrong.size} outputs are wrong. The first is {where}: "
    sentence += pictures.expected_and_received(expected[place], received[place])
    if not np.isfinite(received).all():
        sentence += " NaN or infinity is never right here."
    grids, working = pictures.of_window(case, place, received, wrong)
    return _wrong(case, sentence, grids=grids, working=working)


def _number_failure(case: Case, answer: Any) -> Failure | None:
    received: Answer = plain(answer)
    if type(received) is not int:
        shown = f" ({answer!r:.40})" if isinstance(answer, (bool, float, np.floating)) else ""
        forgotten = " Is a return missing?" if answer is None else ""
        sentence = f"{case.function} must return an int, but returned {_a(type_name(answer))}{shown}.{forgotten}"
        return _wrong(case, sentence)
    if received == case.expected:
        return None
    if abs(received) >= 10**15:
        return _wrong(case, f"Expected {case.expected:,}, received a number of more than 15 digits.")
    return _wrong(case, f"Expected {case.expected:,}, received {received:,}.")


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


def _wrong(case: Case, sentence: str, **more: Any) -> Failure:
    return Failure(Verdict.WRONG, sentence, call=str(case), **more)


def _a(name: str) -> str:
    if name == "None":
        return name
    return f"an {name}" if name[:1].lower() in "aeiou" else f"a {name}"
