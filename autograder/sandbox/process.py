"""One worker process, seen from outside: start it, send, receive by a deadline, kill it with all that it has started."""

import contextlib
import json
import os
import queue
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

from autograder.sandbox.inside import wire
from autograder.sandbox.inside.worker import PRINTED_SO_FAR

MOST_PRINTED = 4_000  # characters kept of what one call prints


class Ended(Exception):
    """The process has ended, or has closed its channel, or sent what is no message."""


class Process:
    """A running worker."""

    def __init__(self, script: Path, folder: Path, environment: dict[str, str], settings: dict[str, Any]):
        """Start the worker's script with the settings; it comes up while the caller goes on."""
        self.user: int | None = settings["user"]
        self.is_ready = False
        self._popen = subprocess.Popen(
            # -I: no environment, no user's packages; -S: none of the grader's packages but those it hands over.
            [sys.executable, "-I", "-S", "-B", "-X", "utf8", str(script)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=folder,
            env=environment,
            start_new_session=True,
        )
        assert self._popen.stdin and self._popen.stdout and self._popen.stderr
        self._requests, self._replies, self._prints = self._popen.stdin, self._popen.stdout, self._popen.stderr
        self._messages: queue.Queue = queue.Queue()
        self._finished_prints: queue.Queue[bytes] = queue.Queue()
        self._current_print = b""
        for read in (self._read_messages, self._read_prints):
            threading.Thread(target=read, daemon=True).start()
        self._write(json.dumps(settings).encode() + b"\n")

    def send(self, value: Any) -> None:
        """Send a value; a process that has ended is noticed when its answer is awaited."""
        self._write(wire.pack(value))

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
        try:
            return self._popen.wait(timeout=1)
        except subprocess.TimeoutExpired:
            return None

    def kill(self) -> None:
        """Kill the process and every process it has started."""
        _kill_all(self._popen.pid, self.user)
        self._popen.wait()
        for stream in (self._requests, self._replies, self._prints):
            with contextlib.suppress(OSError):
                stream.close()

    def _write(self, content: bytes) -> None:
        with contextlib.suppress(OSError):
            self._requests.write(content)
            self._requests.flush()

    def _read_messages(self) -> None:
        def read(count: int) -> bytes:
            content = self._replies.read(count)
            if len(content) < count:
                raise EOFError("it has closed its channel")
            return content

        try:
            while True:
                self._messages.put(wire.unpack(read))
        except Exception as error:  # whatever a hostile worker sends ends only its own channel
            self._messages.put(error)

    def _read_prints(self) -> None:
        """Read until the stream ends. However much comes, little is kept."""
        with contextlib.suppress(ValueError):  # the stream was closed
            while chunk := self._prints.read1(65536):  # type: ignore[attr-defined]
                *finished, current = (self._current_print + chunk).split(PRINTED_SO_FAR)
                for text in finished:
                    self._finished_prints.put(text)
                if len(current) > 8 * MOST_PRINTED:  # the end stays too: the mark may have begun there
                    current = current[: 4 * MOST_PRINTED] + current[-len(PRINTED_SO_FAR) :]
                self._current_print = current


def _kill_all(leader: int, user: int | None) -> None:
    if os.name == "nt":
        subprocess.run(["taskkill", "/F", "/T", "/PID", str(leader)], capture_output=True, check=False)
        return
    with contextlib.suppress(ProcessLookupError):
        os.killpg(leader, signal.SIGKILL)
    if user is not None:  # who has left the session is still found by its user
        killer = os.fork()
        if killer == 0:
            try:
                os.setresuid(user, user, user)
                os.kill(-1, signal.SIGKILL)
            finally:
                os._exit(0)
        os.waitpid(killer, 0)
