"""Runs steps in a child process that may hang, eat memory or end Python: what it found until then is kept.

A call may take SOFT seconds of processor time, then an exception is raised in it. A child that begins no other call for
HARD seconds by the clock is killed, and another one begins with the step after that.
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
import warnings
from collections.abc import Callable, Iterator, Sequence
from typing import Any

SOFT, IMPATIENT, HARD = 0.5, 0.1, 10.0  # seconds; the second once a call has taken too long
MEMORY = 1 << 30  # bytes, on top of what the process has
MOST_LOSSES = 2  # after so many a program is not tried again


class TooSlow(BaseException):
    """A call has taken too long."""


class Lost(str):
    """The reason why a step has no result: its process ended."""


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
    """Bounds the processor time of a call, and counts calls."""

    def __init__(self, progress: Progress):
        self.seconds = SOFT
        self.progress = progress
        signal.signal(signal.SIGPROF, self._stop)

    def call(self, function: Callable[[], Any]) -> Any:
        """Call the function. Raises TooSlow, and whatever it raises."""
        self.progress.set(int(self.progress) + 1)
        signal.setitimer(signal.ITIMER_PROF, self.seconds, self.seconds)
        try:
            return function()
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)

    def _stop(self, *_: Any) -> None:
        self.seconds = IMPATIENT
        raise TooSlow("takes too long")


def run(steps: Sequence[Callable[[Any, Patience], Any]], load: Callable[[], Any]) -> list[Any]:
    """Return what each step gives for the loaded program; Lost where it ended the process."""
    results: list[Any] = []
    losses = 0
    while len(results) < len(steps):
        results += _results(steps[len(results) :], load)
        if len(results) < len(steps):
            losses += 1
            missing = len(steps) - len(results) if losses == MOST_LOSSES else 1
            results += [Lost("ends Python, or never ends")] * missing
    return results


def _results(steps: Sequence[Callable], load: Callable[[], Any]) -> list[Any]:
    """Run the steps in a child and return their results, as far as it came."""
    reading, writing = os.pipe()
    progress = Progress()
    child = os.fork()
    if not child:
        os.close(reading)
        _work(steps, load, writing, progress)
    os.close(writing)
    try:
        received = io.BytesIO(b"".join(_chunks(reading, progress)))
    finally:
        os.close(reading)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    results = []
    with contextlib.suppress(EOFError, pickle.UnpicklingError):
        while True:
            results.append(pickle.load(received))
    return results


def _chunks(reading: int, progress: Progress) -> Iterator[bytes]:
    """Yield what a child writes, as long as it gets on with its calls."""
    begun, since = int(progress), time.monotonic()
    while time.monotonic() - since < HARD:
        if select.select([reading], [], [], 0.5)[0]:
            chunk = os.read(reading, 1 << 16)
            if not chunk:
                return
            yield chunk
        if int(progress) != begun:
            begun, since = int(progress), time.monotonic()


def _work(steps: Sequence[Callable], load: Callable[[], Any], writing: int, progress: Progress) -> None:
    """Be the child: load the program, take the steps, and end without a word."""
    try:
        _confine()
        patience = Patience(progress)
        program = load()
        for step in steps:
            os.write(writing, pickle.dumps(step(program, patience)))
    finally:
        os._exit(0)


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
