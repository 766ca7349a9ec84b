"""Run steps in a child process that may hang, use up memory or end Python: its results until then are kept.

A call may take SOFT seconds of processor time, then an exception is raised in it. A child that starts no new call for
HARD seconds by the clock is killed, and another one starts with the next step.
"""

import contextlib
import io
import mmap
import os
import pickle
import resource
import select
import signal
import struct
import sys
import time
import traceback
import warnings
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

SOFT, IMPATIENT, HARD = 0.5, 0.1, 10.0  # seconds; the second once a call has taken too long
MEMORY = 1 << 30  # bytes, on top of what the process has
Result = TypeVar("Result")
MOST_HANGS = 2  # after these, a program is not tried again


class TooSlow(BaseException):
    """A call has taken too long."""


class Lost(str):
    """The reason why a step has no result: its process ended."""


class Broken(str):
    """The traceback of an error in a step itself, not in the program."""


class Progress:
    """How many calls a child has begun, where its parent can read it."""

    def __init__(self) -> None:
        self._shared = mmap.mmap(-1, 8)

    def __int__(self) -> int:
        return struct.unpack("q", self._shared[:8])[0]

    def set(self, calls: int) -> None:
        """Note how many calls have begun."""
        self._shared[:8] = struct.pack("q", calls)


class Patience:
    """Bound the processor time of a call, and count calls."""

    def __init__(self, progress: Progress) -> None:
        self.seconds = SOFT
        self.progress = progress
        signal.signal(signal.SIGPROF, self._stop)

    def call(self, function: Callable[[], Result]) -> Result:
        """Call the function. Raises TooSlow, and whatever it raises."""
        self.progress.set(int(self.progress) + 1)
        signal.setitimer(signal.ITIMER_PROF, self.seconds, self.seconds)
        try:
            return function()
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)

    def _stop(self, *_: object) -> None:
        self.seconds = IMPATIENT
        raise TooSlow("takes too long")


class Isolated:
    """A program that is loaded, and called, in children of this process only."""

    def __init__(self, load: Callable[[], Any]) -> None:
        self._load = load
        self._hangs = 0

    def run(self, steps: Sequence[Callable[[Any, Patience], Any]]) -> list[Any]:
        """Return what each step gives for the loaded program; Lost where it ended the process, or hung too often."""
        results: list[Any] = []
        while len(results) < len(steps):
            if self._hangs == MOST_HANGS:
                return results + [Lost("never ends")] * (len(steps) - len(results))
            found, ended = self._results(steps[len(results) :])
            results += found
            if len(results) < len(steps):
                self._hangs += not ended
                results.append(Lost("ends Python" if ended else "never ends"))
        return results

    def _results(self, steps: Sequence[Callable]) -> tuple[list[Any], bool]:
        """Run the steps in a child; return their results, as far as it came, and whether it ended by itself."""
        reading, writing = os.pipe()
        progress = Progress()
        child = os.fork()
        if not child:
            os.close(reading)
            self._work(steps, writing, progress)
        os.close(writing)
        try:
            received, ended = _received(reading, progress)
        finally:
            os.close(reading)
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
        results = []
        stream = io.BytesIO(received)
        with contextlib.suppress(EOFError, pickle.UnpicklingError):
            while True:
                results.append(pickle.load(stream))
        if results and isinstance(results[-1], Broken):
            raise RuntimeError(f"the judge itself failed:\n{results[-1]}")
        return results, ended

    def _work(self, steps: Sequence[Callable], writing: int, progress: Progress) -> None:
        """Run in the child: load the program, take the steps, and exit silently."""
        try:
            _confine()
            patience = Patience(progress)
            program = self._load()
            for step in steps:
                os.write(writing, pickle.dumps(step(program, patience)))
        except MemoryError:
            pass  # the program has left nothing
        except Exception:
            os.write(writing, pickle.dumps(Broken(traceback.format_exc())))
        finally:
            os._exit(0)


def _received(reading: int, progress: Progress) -> tuple[bytes, bool]:
    """Read what a child writes as long as it gets on with its calls; return that, and whether the child has ended."""
    received = bytearray()
    begun, since = int(progress), time.monotonic()
    while time.monotonic() - since < HARD:
        if select.select([reading], [], [], 0.5)[0]:
            chunk = os.read(reading, 1 << 16)
            if not chunk:
                return bytes(received), True
            received += chunk
        if int(progress) != begun:
            begun, since = int(progress), time.monotonic()
    return bytes(received), False


def _confine() -> None:
    """Give this process little memory, no terminal, and Python's own settings for warnings."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in range(3):
        os.dup2(nowhere, descriptor)
    sys.stdout = sys.stderr = open(os.devnull, "w")  # noqa: SIM115
    warnings.simplefilter("ignore")
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    with open("/proc/self/statm") as status:
        pages = int(status.read().split()[0])
    resource.setrlimit(resource.RLIMIT_AS, (pages * mmap.PAGESIZE + MEMORY,) * 2)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
