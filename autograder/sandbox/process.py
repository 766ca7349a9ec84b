"""One worker process, seen from outside: send, receive by a deadline, kill it with everything that it has started.

The grader turns to a worker's channels only while it waits for an answer, and to all three at once: a worker that does not
read, does not answer or prints without end blocks nobody, and what it sends unasked fills a pipe, not our memory.
"""

import contextlib
import functools
import os
import select
import time
from collections.abc import Callable, Iterator, Sequence

from autograder.sandbox.child import wire
from autograder.sandbox.child.main import PRINTED_SO_FAR, SHOW_STACK
from autograder.sandbox.meter import Meter, clocks
from autograder.sandbox.template import Exit, Started

MOST_PRINTED = 4_000  # characters kept of what one call prints
CHUNK = 65536
LOOK_SECONDS, LEAST_LOOK_SECONDS = 0.2, 0.01  # between two looks at what a worker does meanwhile
STACK_SECONDS = 1.0  # for a process to say where it is


class Ended(Exception):
    """The process has ended, has closed its channel, or has sent something that is not a message."""


class Process:
    """A running worker."""

    def __init__(self, started: Started) -> None:
        self.is_ready = False
        self._started, self._channels = started, started.channels
        self.meter = Meter(functools.partial(clocks, started.pid))
        self._unsent = memoryview(b"")
        self._received = bytearray()
        self._printed = b""
        self._prints_due = 0  # of how many calls it has not been asked yet what they printed
        self._prints = [started.channels.prints]  # none once it has closed them

    def send(self, messages: Sequence[bytes]) -> None:
        """Send requests, the rest of long ones while waiting for a reply, when an ended process is noticed, too."""
        self._unsent = memoryview(b"".join([wire.pack(len(messages)), *messages]))
        self._printed = self._printed.rpartition(PRINTED_SO_FAR)[2]  # without what was printed unasked
        self._prints_due = len(messages)
        self.meter.restart()
        self._send_on()

    def receive(self, left: Callable[[], float], meanwhile: Callable[[], None] = lambda: None) -> bytes:
        """Return the next message that the process sends.

        left: returns the seconds that it still has. meanwhile: is called now and then. Raises TimeoutError if no
        message comes in time, Ended if none can come.
        """

        def read(count: int) -> bytes:
            content, filled = bytearray(count), 0  # in one piece: memory that grows in steps fragments the heap
            while True:
                came = self._received[: count - filled]
                content[filled : filled + len(came)] = came
                del self._received[: len(came)]
                filled += len(came)
                if filled == count:
                    return bytes(content)
                seconds, before = left(), len(self._received)
                self._pass_on(min(max(seconds, LEAST_LOOK_SECONDS), LOOK_SECONDS) if seconds > 0 else 0)
                if seconds <= 0 and len(self._received) == before:  # it may have replied, and be busy with the next call
                    raise TimeoutError
                meanwhile()

        try:
            return wire.receive(read)
        except (EOFError, wire.BadMessage) as error:
            raise Ended(str(error)) from None

    def has_more_to_say(self) -> bool:
        """Return whether the process has sent something unasked, or has ended."""
        return self.is_ready and bool(self._received or select.select([self._channels.replies], [], [], 0)[0])

    def printed(self, wait: float) -> str:
        """Return what the last call printed; wait at most this many seconds for its end."""
        self._collect_prints(wait)
        content, _, self._printed = self._printed.partition(PRINTED_SO_FAR)
        self._prints_due -= 1
        text = content.decode("utf-8", "replace").replace("\x00", "\N{REPLACEMENT CHARACTER}").replace("\r\n", "\n")
        return text if len(text) <= MOST_PRINTED else text[:MOST_PRINTED] + "\n[... more was printed]"

    @property
    def pid(self) -> int | None:
        """The process's number, if it was forked."""
        return self._started.pid

    def exit(self, wait: float = 1.0) -> Exit | None:
        """Return how a process that is ending has ended; None if it is still alive after this many seconds."""
        return self._started.exit(wait)

    def stack(self) -> Iterator[str]:
        """Ask the process where it is, and yield the lines that come, however many; none if it does not say."""
        channel = self._channels.stack
        if self.pid is None or channel is None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, SHOW_STACK)  # no other process gets its number until the template has waited for it
        deadline, content = time.monotonic() + STACK_SECONDS, b""
        while (left := deadline - time.monotonic()) > 0 and select.select([channel], [], [], left)[0]:
            came = channel.read(CHUNK)
            *lines, content = (content + came).split(b"\n")
            yield from (line.decode("utf-8", "replace") for line in lines)
            if not came or len(content) > CHUNK:
                return

    def kill(self) -> None:
        """Kill the process and every process it has started. What it has printed can still be read."""
        self._started.kill()
        self._collect_prints(0.1)
        self._prints = []
        for channel in self._channels:
            with contextlib.suppress(OSError):
                if channel:
                    channel.close()

    def _pass_on(self, seconds: float) -> None:
        """Wait until a channel is ready, then send or receive what is possible; raises EOFError at the end."""
        requests, replies = self._channels.requests, self._channels.replies
        waiting = [requests] if self._unsent else []
        ready, free, _ = select.select([replies, *self._prints], waiting, [], seconds)
        if free:
            self._send_on()
        if self._prints and self._prints[0] in ready:
            self._read_prints()
        if replies in ready:
            content = replies.read(CHUNK)
            if not content:
                raise EOFError("it has closed its channel")
            self._received += content

    def _send_on(self) -> None:
        """Send as much as the channel accepts now."""
        try:
            self._unsent = self._unsent[self._channels.requests.write(self._unsent) or 0 :]
        except OSError:  # it has stopped reading: its reply will show why
            self._unsent = memoryview(b"")

    def _collect_prints(self, seconds: float) -> None:
        """Read what is printed until the call's end, the stream's end, or this many seconds have passed."""
        deadline = time.monotonic() + seconds
        while PRINTED_SO_FAR not in self._printed and self._prints:
            if not select.select(self._prints, [], [], max(deadline - time.monotonic(), 0.0))[0]:
                return
            self._read_prints()
            if time.monotonic() > deadline:
                return

    def _read_prints(self) -> None:
        """Read what was printed. However much comes, little is kept."""
        content = self._channels.prints.read(CHUNK)
        if not content:
            self._prints = []
            return
        *finished, current = (self._printed + content).split(PRINTED_SO_FAR)
        if len(current) > 8 * MOST_PRINTED:  # the end stays too: the mark may have begun there
            current = current[: 4 * MOST_PRINTED] + current[-len(PRINTED_SO_FAR) :]
        # A call has one such mark: others are forged.
        kept = finished[: max(self._prints_due, 1)]
        self._printed = b"".join(text[: 5 * MOST_PRINTED] + PRINTED_SO_FAR for text in kept) + current
