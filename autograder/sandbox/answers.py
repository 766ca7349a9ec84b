"""What a submission's workers answer, kept call by call, so that a later grading can go without running them.

Points, thresholds and even the right answers can change, and the same calls still have the same answers. Only where a check
asks something new, or a worker may use more than before, the submission has to run again.
"""

import hashlib
import io
import zlib
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from autograder.sandbox.inside import wire
from autograder.sandbox.replies import Returned, Stopped
from autograder.sandbox.worker import Limits, Sandbox, Worker
from autograder.verdicts import UserError, Verdict

MOST_BYTES = 32 * 1024**2  # of one submission's answers; beyond that they are not kept

Answer = tuple[Returned | Stopped, float]  # and the seconds that were left to the part


class Answerer(Protocol):
    """Whoever answers for a file of the submission: a worker, or what was kept of one."""

    seconds_left: float

    def call(self, function: str, *arguments: Any, **options: Any) -> Returned | Stopped:
        """Call a function of the submission."""

    def stop(self) -> None:
        """End it."""


class NotKept(UserError):
    """A check asks what was never answered."""


class Answers:
    """The answers of one submission, in the order of its calls."""

    def __init__(self) -> None:
        self.of_calls: dict[str, list[Answer]] = {}
        self.missing_layers: dict[str, str] = {}

    def pack(self) -> bytes | None:
        """Return them as bytes, or None if they are too many to be kept."""
        calls = {
            call: [[_to_plain(reply), seconds_left] for reply, seconds_left in answers]
            for call, answers in self.of_calls.items()
        }
        packed = wire.pack({"calls": calls, "missing layers": self.missing_layers})
        return zlib.compress(packed, 1) if len(packed) <= MOST_BYTES else None

    @classmethod
    def unpack(cls, content: bytes) -> "Answers":
        """Return the answers in bytes; raises ValueError if these are damaged."""
        try:
            kept = wire.unpack(io.BytesIO(zlib.decompressobj().decompress(content, MOST_BYTES)).read)
            answers = cls()
            answers.missing_layers = kept["missing layers"]
            for call, known in kept["calls"].items():
                answers.of_calls[call] = [(_from_plain(*reply), seconds_left) for reply, seconds_left in known]
        except (zlib.error, wire.BadMessage, EOFError, KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"the kept answers cannot be read: {error}") from None
        return answers


class Recording:
    """A sandbox whose workers' answers are kept."""

    def __init__(self, sandbox: Sandbox, answers: Answers) -> None:
        self.sandbox, self.answers = sandbox, answers
        self.missing_layers = answers.missing_layers = sandbox.missing_layers  # one dict, which the sandbox fills

    def worker(self, file: Path, limits: Limits) -> Answerer:
        """Start a worker for one file of the submission."""
        return _Recorded(self.sandbox.worker(file, limits), self.answers)


class Replaying:
    """In place of a sandbox: workers that run nothing and repeat what was answered before."""

    def __init__(self, answers: Answers) -> None:
        self.missing_layers, self._left = (
            answers.missing_layers,
            {call: list(all) for call, all in answers.of_calls.items()},
        )

    def worker(self, file: Path, limits: Limits) -> Answerer:
        """Return what answers for one file of the submission."""
        return _Replayed(file, limits, self._left)


class _Recorded:
    def __init__(self, worker: Worker, answers: Answers) -> None:
        self._worker, self._answers, self.stop = worker, answers, worker.stop
        self.seconds_left = worker.seconds_left

    def call(self, function: str, *arguments: Any, said=None, seconds=None, **options: Any) -> Returned | Stopped:
        asked = _asked(self._worker.file, self._worker.limits, function, arguments, options)
        reply = self._worker.call(function, *arguments, said=said, seconds=seconds, **options)
        self.seconds_left = self._worker.seconds_left
        self._answers.of_calls.setdefault(asked, []).append((reply, self.seconds_left))
        return reply


class _Replayed:
    def __init__(self, file: Path, limits: Limits, left: dict[str, list[Answer]]) -> None:
        self._file, self._limits, self._left = file, limits, left
        self.seconds_left = limits.part_seconds

    def call(self, function: str, *arguments: Any, said=None, seconds=None, **options: Any) -> Returned | Stopped:
        asked = _asked(self._file, self._limits, function, arguments, options)
        if not self._left.get(asked):
            raise NotKept(f"{said or function} is asked something that it was not asked before")
        reply, self.seconds_left = self._left[asked].pop(0)
        return reply

    def stop(self) -> None:
        """Nothing runs."""


def _asked(file: Path, limits: Limits, function: str, arguments: tuple, options: dict[str, Any]) -> str:
    """Return a name for a call: equal for the same function, arguments and limits only."""
    name = hashlib.sha256()
    for part in (file.name, repr(limits), function, *arguments, *options, *options.values()):
        is_array = isinstance(part, np.ndarray)
        name.update(f"{part.dtype} {part.shape} ".encode() + part.tobytes() if is_array else wire.pack(part))
    return name.hexdigest()


def _to_plain(reply: Returned | Stopped) -> list[Any]:
    if isinstance(reply, Returned):
        return [reply.result, reply.arguments, reply.options, reply.printed]
    return [reply.verdict.value, reply.sentence, reply.frames, reply.printed, "stopped"]


def _from_plain(*parts: Any) -> Returned | Stopped:
    if len(parts) == 5:
        verdict, sentence, frames, printed, _ = parts
        return Stopped(Verdict(verdict), sentence, frames, printed)
    return Returned(*parts)
