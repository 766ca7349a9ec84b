"""The replies of a submission's workers, kept call by call, so that a later grading need not run them.

Points, thresholds and even the expected answers can change, and the same calls still get the same replies. The submission
has to run again only where a check asks something new, or a worker may use more than before.
"""

import hashlib
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol

import numpy as np

from autograder.sandbox.child import wire
from autograder.sandbox.child.wire import Value
from autograder.sandbox.limits import Limits
from autograder.sandbox.replies import Returned, Stopped, understand, up_to_the_last
from autograder.verdicts import Verdict
from common.errors import UserError

MOST_RIGHT, MOST_REMEMBERED = 10, 64 * 1024  # right replies to a request that are recognised, and bytes of each
NAME = 32  # letters of a call's name
MOST_BYTES = 32 * 1024**2  # of one submission's replies; beyond that they are not kept


@dataclass(frozen=True)
class Request:
    """A call, and the message that asks a worker for it."""

    function: str
    arguments: Sequence[Value]
    options: Mapping[str, Value]
    message: bytes
    # For a whole class, which gets the same requests: its names, by how they begin, and what right replies say.
    names: dict[bytes, str] = field(default_factory=dict)
    right: dict[bytes, Returned] = field(default_factory=dict)

    @classmethod
    def of(
        cls, function: str, arguments: Sequence[Value], options: Mapping[str, Value], harness: bool | str = False
    ) -> "Request":
        """Pack a call. harness: of the harness beside the student's code; or SOURCES."""
        asked = {"function": function, "harness": harness, "arguments": list(arguments), "options": dict(options)}
        return cls(function, arguments, options, wire.pack(asked))

    def outcome(self, message: bytes, said: str, file: str, limits: Limits) -> Returned | Stopped:
        """Return what a worker's message means, as `understand` does; raises BadMessage."""
        if message in self.right:
            return self.right[message]
        value = wire.unpack(message)
        if type(value) is dict and value.keys() == {"result"}:  # arguments come back only if the call changed them
            value = {"arguments": list(self.arguments), "options": dict(self.options), **value}
        return understand(value, said, file, limits, message)

    def remember(self, right: Returned) -> None:
        """Recognise a right reply from now on, without a look inside."""
        if 0 < right.size <= MOST_REMEMBERED and len(self.right) < MOST_RIGHT:
            self.right[right.sent] = replace(right, printed="")


class Replier(Protocol):
    """What replies for a file of the submission: a worker, or its kept replies."""

    seconds_left: float

    def call(
        self,
        function: str,
        *arguments: Value,
        harness: bool | str = False,
        said: str | None = None,
        seconds: float | None = None,
        lasting: bool = False,
        **options: Value,
    ) -> Returned | Stopped:
        """Call a function of the submission, or one of ours beside it. Worker.call says what the options mean."""

    def ask_all(self, requests: Sequence[Request]) -> Iterator[Returned | Stopped]:
        """Make packed calls, one after the other, until one is stopped or returns far too much."""

    def stop(self) -> None:
        """End it."""


class NotKept(UserError):
    """A check makes a call without a kept reply."""


@dataclass(frozen=True)
class KeptReply:
    """The reply to a call: the worker's message as it was sent, or why none came; and the part's remaining seconds."""

    came: bytes | Stopped
    printed: str
    seconds_left: float


class KeptReplies:
    """The replies of one submission, in the order of its calls."""

    def __init__(self) -> None:
        self.of_calls: dict[str, list[KeptReply]] = {}
        self.missing_layers: dict[str, str] = {}
        self._size = 0

    def keep(self, call: str, reply: KeptReply) -> None:
        """Add the next reply to a call, by the name of the call."""
        self._size += len(reply.came) if isinstance(reply.came, bytes) else 0
        if self._size <= MOST_BYTES:
            self.of_calls.setdefault(call, []).append(reply)

    def pack(self) -> bytes | None:
        """Return them as bytes; None if there are too many to keep."""
        if self._size > MOST_BYTES:
            return None
        kept = [(call, reply) for call, replies in self.of_calls.items() for reply in replies]
        came = [b"" if isinstance(reply.came, Stopped) else reply.came for _, reply in kept]
        stopped = [(place, reply.came) for place, (_, reply) in enumerate(kept) if isinstance(reply.came, Stopped)]
        columns = {  # packed faster than rows, and into fewer bytes
            "calls": [call for call, _ in kept],
            "sizes": np.array([len(each) for each in came], np.int64),
            "came": np.frombuffer(b"".join(came), np.uint8),
            "stopped": [[place, one.verdict.value, one.sentence, one.frames] for place, one in stopped],
            "printed": [reply.printed for _, reply in kept],
            "seconds left": np.array([reply.seconds_left for _, reply in kept], np.float64),
            "missing layers": self.missing_layers,
        }
        return zlib.compress(wire.pack(columns), 1)

    @classmethod
    def unpack(cls, content: bytes) -> "KeptReplies":
        """Return the replies in bytes; raises ValueError if these are damaged."""
        try:
            kept = wire.unpack(zlib.decompressobj().decompress(content, 2 * MOST_BYTES))
            replies = cls()
            replies.missing_layers = kept["missing layers"]
            came, ends = kept["came"].tobytes(), np.cumsum(kept["sizes"]).tolist()
            stopped = {place: (verdict, sentence, frames) for place, verdict, sentence, frames in kept["stopped"]}
            columns = zip(kept["calls"], [0, *ends], ends, kept["printed"], kept["seconds left"].tolist(), strict=False)
            for place, (call, start, end, printed, seconds_left) in enumerate(columns):
                message = came[start:end]
                if place in stopped:
                    verdict, sentence, frames = stopped[place]
                    message = Stopped(Verdict(verdict), sentence, frames, printed)
                replies.keep(call, KeptReply(message, printed, seconds_left))
        except (zlib.error, wire.BadMessage, KeyError, TypeError, ValueError, AttributeError) as error:
            raise ValueError(f"the saved replies cannot be read: {error}") from None
        return replies


class Replaying:
    """Takes the place of a sandbox: its workers run nothing and repeat earlier replies."""

    def __init__(self, replies: KeptReplies) -> None:
        self.missing_layers = replies.missing_layers
        self._left = {call: list(known) for call, known in replies.of_calls.items()}

    def worker(self, file: Path, limits: Limits) -> Replier:
        """Return a worker for one file of the submission."""
        return _Replayed(file, limits, self._left)

    def alone(self, name: str = "nobody") -> Path:
        """Return the name of a worker without the student's code."""
        return Path(name)


class _Replayed:
    def __init__(self, file: Path, limits: Limits, left: dict[str, list[KeptReply]]) -> None:
        self._file, self._limits, self._left = file, limits, left
        self.seconds_left = limits.part_seconds
        self._name = Naming(file, limits)

    def call(
        self,
        function: str,
        *arguments: Value,
        harness: bool | str = False,
        said: str | None = None,
        seconds: float | None = None,
        lasting: bool = False,
        **options: Value,
    ) -> Returned | Stopped:
        return self.ask(Request.of(function, arguments, options, harness), said=said)

    def ask_all(self, requests: Sequence[Request]) -> Iterator[Returned | Stopped]:
        return up_to_the_last(map(self.ask, requests))

    def ask(self, asked: Request, said: str | None = None) -> Returned | Stopped:
        """Repeat an earlier reply; raises NotKept."""
        said, name = said or asked.function, self._name.of(asked)
        if not self._left.get(name):
            raise NotKept(f"{said} gets a call that it did not get before")
        reply = self._left[name].pop(0)
        self.seconds_left = reply.seconds_left
        if isinstance(reply.came, Stopped):
            return reply.came
        return replace(asked.outcome(reply.came, said, self._file.name, self._limits), printed=reply.printed)

    def stop(self) -> None:
        """Nothing runs."""


class Naming:
    """Names the calls of a file. The same name means the same function, arguments and limits."""

    def __init__(self, file: Path, limits: Limits) -> None:
        self._start = f"{file.name} {limits!r} ".encode()

    def of(self, asked: Request) -> str:
        """Return the name of a call."""
        if self._start not in asked.names:
            asked.names[self._start] = hashlib.sha256(self._start + asked.message).hexdigest()[:NAME]
        return asked.names[self._start]
