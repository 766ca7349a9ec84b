"""What a submission's workers answer, kept call by call, so that a later grading can go without running them.

Points, thresholds and even the right answers can change, and the same calls still have the same answers. Only where a check
asks something new, or a worker may use more than before, the submission has to run again.
"""

import hashlib
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from autograder.sandbox.child import wire
from autograder.sandbox.limits import Limits
from autograder.sandbox.replies import Returned, Stopped, understand
from autograder.verdicts import Verdict
from common.errors import UserError

MOST_BYTES = 32 * 1024**2  # of one submission's answers; beyond that they are not kept


@dataclass(frozen=True)
class Request:
    """A call, as the message that asks a worker for it. echo: the end of it, with which the reply to an honest one ends."""

    function: str
    arguments: Sequence[Any]
    options: Mapping[str, Any]
    message: bytes
    echo: bytes

    @classmethod
    def of(cls, function: str, arguments: Sequence[Any], options: Mapping[str, Any], harness: bool = False) -> "Request":
        """Pack a call. harness: of the harness beside the student's code."""
        asked, given = {"function": function, "harness": harness}, {"arguments": list(arguments), "options": dict(options)}
        message = wire.pack(asked | given)
        return cls(function, arguments, options, message, message[len(wire.pack(asked)) :])

    def reply(self, message: bytes) -> Any:
        """Return what a worker's message says; raises BadMessage. What came back unchanged is not read again."""
        if found := wire.unpack_result(message, self.echo):
            return {"result": found[0], "arguments": list(self.arguments), "options": dict(self.options)}
        return wire.unpack(message)


class Answerer(Protocol):
    """Whoever answers for a file of the submission: a worker, or what was kept of one."""

    seconds_left: float

    def call(self, function: str, *arguments: Any, **options: Any) -> Returned | Stopped:
        """Call a function of the submission."""

    def ask(self, asked: Request, meanwhile: Callable[[], object]) -> Returned | Stopped:
        """Make a call that is packed already."""

    def stop(self) -> None:
        """End it."""


class NotKept(UserError):
    """A check asks what was never answered."""


@dataclass(frozen=True)
class Answer:
    """What came of a call: the worker's message as it was sent, or why there is none; and the seconds left to the part."""

    came: bytes | Stopped
    printed: str
    seconds_left: float


class Answers:
    """The answers of one submission, in the order of its calls."""

    def __init__(self) -> None:
        self.of_calls: dict[str, list[Answer]] = {}
        self.missing_layers: dict[str, str] = {}
        self._size = 0

    def keep(self, call: str, answer: Answer) -> None:
        """Add the next answer to a call, by the name of the call."""
        self._size += len(answer.came) if isinstance(answer.came, bytes) else 0
        if self._size <= MOST_BYTES:
            self.of_calls.setdefault(call, []).append(answer)

    def pack(self) -> bytes | None:
        """Return them as bytes, or None if they are too many to be kept."""
        if self._size > MOST_BYTES:
            return None
        calls = [(call, [_to_plain(answer) for answer in answers]) for call, answers in self.of_calls.items()]
        return zlib.compress(wire.pack({"calls": calls, "missing layers": self.missing_layers}), 1)

    @classmethod
    def unpack(cls, content: bytes) -> "Answers":
        """Return the answers in bytes; raises ValueError if these are damaged."""
        try:
            kept = wire.unpack(zlib.decompressobj().decompress(content, 2 * MOST_BYTES))
            answers = cls()
            answers.missing_layers = kept["missing layers"]
            answers.of_calls = {call: [_from_plain(*each) for each in known] for call, known in kept["calls"]}
        except (zlib.error, wire.BadMessage, KeyError, TypeError, ValueError, AttributeError) as error:
            raise ValueError(f"the kept answers cannot be read: {error}") from None
        return answers


class Replaying:
    """In place of a sandbox: workers that run nothing and repeat what was answered before."""

    def __init__(self, answers: Answers) -> None:
        self.missing_layers = answers.missing_layers
        self._left = {call: list(known) for call, known in answers.of_calls.items()}

    def worker(self, file: Path, limits: Limits) -> Answerer:
        """Return what answers for one file of the submission."""
        return _Replayed(file, limits, self._left)

    def alone(self, name: str = "nobody") -> Path:
        """Return the name by which a worker without the student's code is known."""
        return Path(name)


class _Replayed:
    def __init__(self, file: Path, limits: Limits, left: dict[str, list[Answer]]) -> None:
        self._file, self._limits, self._left = file, limits, left
        self.seconds_left = limits.part_seconds
        self._name = Naming(file, limits)

    def call(
        self, function, *arguments, harness=False, said=None, seconds=None, lasting=False, meanwhile=None, **options
    ) -> Returned | Stopped:
        return self.ask(Request.of(function, arguments, options, harness), said=said)

    def ask(self, asked: Request, meanwhile: object = None, said: str | None = None) -> Returned | Stopped:
        """Repeat what was answered; raises NotKept."""
        said, name = said or asked.function, self._name.of(asked)
        if not self._left.get(name):
            raise NotKept(f"{said} is asked something that it was not asked before")
        answer = self._left[name].pop(0)
        self.seconds_left = answer.seconds_left
        if isinstance(answer.came, Stopped):
            return answer.came
        limits, size = self._limits, len(answer.came)
        return understand(
            asked.reply(answer.came), said, self._file.name, limits.packages, answer.printed, size, limits.stays_home
        )

    def stop(self) -> None:
        """Nothing runs."""


class Naming:
    """Names the calls of a file: the same for the same function, arguments and limits only."""

    def __init__(self, file: Path, limits: Limits) -> None:
        self._start = hashlib.sha256(f"{file.name} {limits!r} ".encode())

    def of(self, asked: Request) -> str:
        """Return the name of a call."""
        name = self._start.copy()
        name.update(asked.message)
        return name.hexdigest()


def _to_plain(answer: Answer) -> list[Any]:
    if isinstance(answer.came, Stopped):
        stopped = answer.came
        return [[stopped.verdict.value, stopped.sentence, stopped.frames], stopped.printed, answer.seconds_left]
    return [np.frombuffer(answer.came, np.uint8), answer.printed, answer.seconds_left]


def _from_plain(came: Any, printed: str, seconds_left: float) -> Answer:
    if isinstance(came, np.ndarray):
        return Answer(came.tobytes(), printed, seconds_left)
    verdict, sentence, frames = came
    return Answer(Stopped(Verdict(verdict), sentence, frames, printed), printed, seconds_left)
