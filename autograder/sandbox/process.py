"""One worker process, seen from outside: send, receive by a deadline, kill it with all that it has started."""

import contextlib
import os
import queue
import select
import threading
from typing import Any

from autograder.sandbox.inside import wire
from autograder.sandbox.inside.worker import PRINTED_SO_FAR
from autograder.sandbox.template import Started

MOST_PRINTED = 4_000  # characters kept of what one call prints


class Ended(Exception):
    """The process has ended, or has closed its channel, or sent what is no message."""


class Process:
    """A running worker."""

    def __init__(self, started: Started, user: int | None):
        """Take over a started worker. user: its own, if it has one."""
        self.is_ready = False
        self._started, self._user = started, user
        self._messages: queue.Queue = queue.Queue()
        self._awaited = threading.Semaphore(1)  # messages that may be read: who sends more fills a pipe, not our memory
        self._finished_prints: queue.Queue[bytes] = queue.Queue(maxsize=1)
        self._current_print = b""
        for read in (self._read_messages, self._read_prints):
            threading.Thread(target=read, daemon=True).start()

    def send(self, value: Any) -> None:
        """Send a value. A process that has ended, or reads no more, is noticed when its answer is awaited."""
        with contextlib.suppress(queue.Empty):
            self._finished_prints.get_nowait()  # of a call before, which nobody has asked for
        self._awaited.release()
        threading.Thread(target=self._write, args=(wire.pack(value),), daemon=True).start()

    def receive(self, seconds: float) -> Any:
        """Return the next value that the process sends.

        Raises TimeoutError if none comes in time, Ended if none can come any more.
        """
        try:
            message = self._messages.get(timeout=seconds)
        except queue.Empty:
            raise TimeoutError from None
        if isinstance(message, Exception):
            raise Ended(str(message)) from None
        return message

    def has_more_to_say(self) -> bool:
        """Tell whether the process has sent something that nobody has asked for, or has ended."""
        if os.name == "nt" or not self.is_ready:  # Windows cannot look into a pipe
            return False
        try:
            return bool(select.select([self._started.replies], [], [], 0)[0])
        except ValueError:  # closed, as it has ended: the next call notices
            return False

    def printed(self, wait: float) -> str:
        """Return what the last call printed; wait so many seconds at most for its end."""
        try:
            content = self._finished_prints.get(timeout=wait)
        except queue.Empty:
            content = self._current_print
        text = content.decode("utf-8", "replace").replace("\x00", "\N{REPLACEMENT CHARACTER}")
        return text if len(text) <= MOST_PRINTED else text[:MOST_PRINTED] + "\n[... more was printed]"

    def status(self) -> int | None:
        """Return the exit status of a process that is ending: negative for a signal, None if it still lives."""
        return self._started.status(wait=1)

    def kill(self) -> None:
        """Kill the process and every process it has started."""
        self._started.kill(self._user)
        self._started.status(wait=5)
        self._awaited.release()  # the reader finds the end of its channel
        with contextlib.suppress(OSError):
            self._started.requests.close()

    def _write(self, content: bytes) -> None:
        with contextlib.suppress(OSError, ValueError):  # it has ended, or was killed, while this waited for it to read
            self._started.requests.write(content)
            self._started.requests.flush()

    # Each thread closes the channel that it reads: to close it from outside would wait for a read that may never end.

    def _read_messages(self) -> None:
        def read(count: int) -> bytes:
            content = bytearray()
            while len(content) < count:
                chunk = self._started.replies.read(min(count - len(content), 2**20))
                if not chunk:
                    raise EOFError("it has closed its channel")
                content += chunk
            return bytes(content)

        with self._started.replies:
            try:
                while True:
                    self._awaited.acquire()
                    self._messages.put(wire.unpack(read))
            except Exception as error:  # whatever a hostile worker sends ends only its own channel
                self._messages.put(error)

    def _read_prints(self) -> None:
        """Read until the stream ends. However much comes, little is kept."""
        with self._started.prints:
            while chunk := self._started.prints.read1(65536):
                *finished, current = (self._current_print + chunk).split(PRINTED_SO_FAR)
                for text in finished:
                    with contextlib.suppress(queue.Full):  # a call prints once: more is made up
                        self._finished_prints.put_nowait(text[: 4 * MOST_PRINTED])
                if len(current) > 8 * MOST_PRINTED:  # the end stays too: the mark may have begun there
                    current = current[: 4 * MOST_PRINTED] + current[-len(PRINTED_SO_FAR) :]
                self._current_print = current
