"""One worker process, seen from outside: send, receive by a deadline, kill it with all that it has started.

The grader turns to a worker's channels only while it waits for an answer, and to all three at once: a worker that does not
read, does not answer or prints without end holds nobody up, and what it sends unasked fills a pipe, not our memory.
"""

import contextlib
import functools
import os
import select
import time
from collections.abc import Callable, Iterator

from autograder.sandbox.child import wire
from autograder.sandbox.child.worker import PRINTED_SO_FAR, SHOW_STACK
from autograder.sandbox.meter import Meter, clocks
from autograder.sandbox.template import Exit, Started

MOST_PRINTED = 4_000  # characters kept of what one call prints
CHUNK = 65536
LOOK_SECONDS, LEAST_LOOK_SECONDS = 0.2, 0.01  # between two looks at what a worker does meanwhile
STACK_SECONDS = 1.0  # to say where it is


class Ended(Exception):
    """The process has ended, or has closed its channel, or sent what is no message."""


class Process:
    """A running worker."""

    def __init__(self, started: Started):
        self.is_ready = False
        self._started = started
        self._unsent = memoryview(b"")
        self._received = bytearray()
        self._printed = b""
        self._prints = [started.prints]  # none once it has closed them

    def send(self, message: bytes) -> None:
        """Send a message, the rest of a long one while its answer is awaited. That a process has ended is noticed then."""
        self._unsent = memoryview(message)
        self._printed = self._printed.rpartition(PRINTED_SO_FAR)[2]  # without what nobody has asked for
        self._send_on()

    def receive(self, left: Callable[[], float], meanwhile: Callable[[], None] = lambda: None) -> bytes:
        """Return the next message that the process sends.

        left: returns the seconds that it still has. meanwhile: is called now and then. Raises TimeoutError if no message
        comes in time, Ended if none can come any more.
        """

        def read(count: int) -> bytes:
            content, filled = bytearray(count), 0  # at once: what grows by pieces leaves some of itself behind in the heap
            while True:
                came = self._received[: count - filled]
                content[filled : filled + len(came)] = came
                del self._received[: len(came)]
                filled += len(came)
                if filled == count:
                    return bytes(content)
                seconds = left()
                if seconds <= 0:
                    raise TimeoutError
                self._pass_on(min(max(seconds, LEAST_LOOK_SECONDS), LOOK_SECONDS))
                meanwhile()

        try:
            return wire.receive(read)
        except (EOFError, wire.BadMessage) as error:
            raise Ended(str(error)) from None

    def has_more_to_say(self) -> bool:
        """Tell whether the process has sent something that nobody has asked for, or has ended."""
        return self.is_ready and bool(self._received or select.select([self._started.replies], [], [], 0)[0])

    def printed(self, wait: float) -> str:
        """Return what the last call printed; wait so many seconds at most for its end."""
        self._collect_prints(wait)
        content, _, self._printed = self._printed.partition(PRINTED_SO_FAR)
        text = content.decode("utf-8", "replace").replace("\x00", "\N{REPLACEMENT CHARACTER}").replace("\r\n", "\n")
        return text if len(text) <= MOST_PRINTED else text[:MOST_PRINTED] + "\n[... more was printed]"

    @property
    def pid(self) -> int | None:
        """The process's number, where it was forked."""
        return self._started.pid

    def meter(self) -> Meter:
        """Return a meter of what the process computes from now on."""
        return Meter(functools.partial(clocks, self.pid))

    def exit(self, wait: float = 1.0) -> Exit | None:
        """Return how a process that is ending has ended; None if it still lives after so many seconds."""
        return self._started.exit(wait)

    def stack(self) -> Iterator[str]:
        """Let the process say where it is, and yield the lines that come, however many; none if it does not say."""
        channel = self._started.stack
        if self.pid is None or channel is None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, SHOW_STACK)  # its number is nobody else's until the template has waited for it
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
        for channel in (self._started.requests, self._started.replies, self._started.prints, self._started.stack):
            with contextlib.suppress(OSError):
                if channel:
                    channel.close()

    def _pass_on(self, seconds: float) -> None:
        """Wait until one of the channels is ready, and pass on what it takes or brings; raises EOFError at the end."""
        requests, replies = self._started.requests, self._started.replies
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
        """Send as much as the channel takes now."""
        try:
            self._unsent = self._unsent[self._started.requests.write(self._unsent) or 0 :]
        except OSError:  # it reads no more: its answer will tell why
            self._unsent = memoryview(b"")

    def _collect_prints(self, seconds: float) -> None:
        """Take in what is printed, until the call's end, the stream's end, or so many seconds have passed."""
        deadline = time.monotonic() + seconds
        while PRINTED_SO_FAR not in self._printed and self._prints:
            if not select.select(self._prints, [], [], max(deadline - time.monotonic(), 0.0))[0]:
                return
            self._read_prints()
            if time.monotonic() > deadline:
                return

    def _read_prints(self) -> None:
        """Take in what was printed. However much comes, little is kept."""
        content = self._started.prints.read(CHUNK)
        if not content:
            self._prints = []
            return
        *finished, current = (self._printed + content).split(PRINTED_SO_FAR)
        if len(current) > 8 * MOST_PRINTED:  # the end stays too: the mark may have begun there
            current = current[: 4 * MOST_PRINTED] + current[-len(PRINTED_SO_FAR) :]
        # A call prints once: more is made up.
        self._printed = b"".join(text[: 5 * MOST_PRINTED] + PRINTED_SO_FAR for text in finished[:1]) + current
