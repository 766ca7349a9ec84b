"""Turn a worker's reply, or its end, into a result, or into a verdict with a sentence for the student."""

import re
import signal
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from autograder.sandbox.child.main import MOST_BYTES, NO_MEMORY
from autograder.sandbox.child.wire import BadMessage, Value
from autograder.sandbox.limits import Limits
from autograder.sandbox.meter import BUSY, PATIENCE
from autograder.verdicts import Verdict

MOST_MESSAGE, MOST_NAME, MOST_FRAMES = 2_000, 300, 5  # of an exception's message
MOSTLY = 0.9
STUB = "raise NotImplementedError"  # in a function that its author has not started
REFUSED = re.compile(r"\[Errno (13|30)\]|strerror: (Permission denied|Read-only file system)")  # files, and PyTorch's own
# Python's messages about source files in other encodings: Latin-1, and UTF-16, which Windows' PowerShell writes.
NOT_UTF_8 = ("'utf-8' codec can't decode", "Non-UTF-8 code", "cannot contain null bytes")


@dataclass(frozen=True)
class Returned:
    """What a call returned."""

    result: Value
    arguments: list[Value]
    options: dict[str, Value]
    printed: str = ""
    sent: bytes = b""  # all of that but what was printed, as a worker sent it

    @property
    def size(self) -> int:
        """How many bytes a worker sent."""
        return len(self.sent)


@dataclass(frozen=True)
class Stopped:
    """Why a call returned nothing."""

    verdict: Verdict
    sentence: str
    frames: list[str] = field(default_factory=list)
    printed: str = ""
    called: bool = True  # else nothing was: the file cannot be imported, or has no function of this name


def understand(value: Value, said: str, file: str, limits: Limits, sent: bytes = b"") -> Returned | Stopped:
    """Interpret what a worker sent after a call. It may be forged: raises BadMessage for anything but the expected forms.

    said: what sentences call the function. file: the name of the file that defines it. limits: the worker's. sent: the
    message with the value.
    """
    match value:
        case {"result": result, "arguments": list(arguments), "options": dict(options)} if _are_texts(options):
            return Returned(result, arguments, options, sent=sent)
        case {"absent": str(name)}:
            return Stopped(Verdict.MISSING, f"{file} has no function called {name[:MOST_NAME]}.", called=False)
        case {
            "raised": [str(), *_] as kinds,
            "message": str(words),
            "frames": list(frames),
            "module": str(module),
            "importing": bool(importing),
        }:
            frames = [frame[:MOST_NAME] for frame in frames[:MOST_FRAMES] if isinstance(frame, str)]
            kinds = [str(kind)[:MOST_NAME] for kind in kinds]
            if module:
                verdict, sentence = _not_found(module[:MOST_NAME], file, limits)
            else:
                verdict, sentence = _exception(kinds, words[:MOST_MESSAGE], file if importing else said, frames)
            return Stopped(verdict, sentence, frames, called=not importing)
    raise BadMessage("a value of another form than a reply has")


def up_to_the_last(outcomes: Iterable[Returned | Stopped]) -> Iterator[Returned | Stopped]:
    """Yield what calls led to, up to the first that was stopped or returned far too much: the others are not made."""
    for outcome in outcomes:
        yield outcome
        if is_the_last(outcome):
            return


def is_the_last(outcome: Returned | Stopped) -> bool:
    """Return whether the process makes none of the calls that were sent with this one."""
    return isinstance(outcome, Stopped) or outcome.size > MOST_BYTES


def _are_texts(names: Iterable[object]) -> bool:
    return all(isinstance(name, str) for name in names)


def _not_found(module: str, file: str, limits: Limits) -> tuple[Verdict, str]:
    """Say why a module could not be found. Only what is allowed can be found."""
    if module in sys.stdlib_module_names:
        return Verdict.CRASHED, f"{file} imports {module}, which this Python does not have."
    if module in limits.packages:
        return Verdict.CRASHED, f"{file} imports {module}, which is not installed here: `python -m pip install {module}`."
    if f"{module}.py" in limits.stays_home:
        return Verdict.FORBIDDEN, (
            f"{file} imports {module}, but {module}.py stays at home: it is not part of your submission. Remove the "
            'import, or move it below `if __name__ == "__main__":`.'
        )
    return Verdict.FORBIDDEN, (
        f"{file} imports {module}, which this part does not allow: use Python's standard library "
        f"and {', '.join(limits.packages)}. If {module} is a file of your own, submit it too; if you need it only at "
        'home, import it below `if __name__ == "__main__":`.'
    )


def _exception(kinds: list[str], message: str, who: str, frames: list[str]) -> tuple[Verdict, str]:
    """Say what an exception means to a student.

    kinds: the names of its class and of the classes above it. who: the function that raised it, or the file that raised it
    while it was imported. frames: the student's own lines, the innermost last.
    """
    if who.endswith(".py") and any(words in message for words in NOT_UTF_8):
        return (
            Verdict.CRASHED,
            f"{who} is not saved as UTF-8: choose UTF-8 as its encoding in your editor, and save it again.",
        )
    if "SyntaxError" in kinds and who.endswith(".py"):
        broken = frames[-1].partition(" line ")[0] if frames else who  # perhaps a module of their own that is imported
        return Verdict.CRASHED, f"{broken} is not valid Python: {message}."
    if "NotImplementedError" in kinds and not message and STUB in "".join(frames[-1:]):  # PyTorch raises them, too
        return Verdict.NOT_IMPLEMENTED, f"{who} is not written yet: it raises NotImplementedError."
    if "MemoryError" in kinds or "can't allocate memory" in message:  # PyTorch raises a RuntimeError
        return Verdict.OUT_OF_MEMORY, f"{who} needs more memory than it may use. {message}"
    if "SystemExit" in kinds:
        return Verdict.CRASHED, f"{who} ended the program (exit) instead of returning."
    if "PermissionError" in kinds and message.startswith("[Errno 1]"):  # the error of refused system calls
        return Verdict.FORBIDDEN, f"{who} asked the system for something that no homework needs: {message}."
    if REFUSED.search(message):
        return Verdict.CRASHED, (
            f"{who} raised {kinds[0]}: {message}. Your code may read the files that you submit, but may not write any: "
            "do not save or log anything in the functions that are graded."
        )
    if kinds[0] == "Forbidden":
        return Verdict.FORBIDDEN, f"{who} {message}, which no part of this homework needs or allows."
    return Verdict.CRASHED, f"{who} raised {kinds[0]}: {message}" if message else f"{who} raised {kinds[0]}."


def too_long(said: str, allowed: float, passed: float, used: float, running: list[str]) -> str:
    """Say that a call did not end in time.

    passed: seconds by the clock. used: seconds of processor time, the same if the system does not say. running: the
    lines that were running, the innermost one last, if they are known.
    """
    where = f" It was running {running[-1].partition(':')[0]}." if running else ""
    loop = f"{where} Is there a loop that never ends?"
    busy = f" The machine was busy: in {passed:.3g} seconds, {said} had {used:.3g} seconds of processor time."
    busy = busy if passed >= BUSY * used else ""
    if used >= MOSTLY * allowed:
        unit = "seconds" if used == passed else "seconds of processor time"
        return f"{said} did not finish within {allowed:.3g} {unit}.{loop}{busy}"
    if passed < allowed:
        return f"{said} did not finish before the time for the whole submission was used up.{loop}{busy}"
    if used <= (1 - MOSTLY) * allowed and passed < PATIENCE * allowed:
        return f"{said} did not finish within {allowed:.3g} seconds, during which it waited and did not compute.{where}"
    computed = f"of which it computed for {used:.3g}: it waited, or the machine was busy"
    return f"{said} did not finish within {passed:.3g} seconds, {computed}.{loop}"


def ending(status: int | None, function: str) -> tuple[Verdict, str]:
    """Say why the process ended, with this status, before it replied."""
    if status is None:
        return Verdict.CRASHED, f"{function} ended without an answer that can be read."
    if status == NO_MEMORY:
        return Verdict.OUT_OF_MEMORY, f"{function} needs more memory than it may use."
    if status == -getattr(signal, "SIGKILL", 9):
        return Verdict.OUT_OF_MEMORY, f"{function} was killed: it probably used too much memory."
    if status == -getattr(signal, "SIGXCPU", 24):
        return Verdict.TIMED_OUT, f"{function} used up its processor time."
    if status < 0:
        return Verdict.CRASHED, f"{function} brought Python down ({signal.strsignal(-status)})."
    return Verdict.CRASHED, f"{function} ended the program (exit status {status}) instead of returning."
