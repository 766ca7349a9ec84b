"""What a call costs a worker: seconds of processor time, which no neighbour on a busy machine changes."""

import contextlib
import sys
import time
from collections.abc import Callable

# A worker that computes for a smaller share of so many seconds or more is waiting: with many others at its processor it
# would still have more.
WAITS, STARVES = 0.01, 3.0
PATIENCE = 10  # a busy machine may take so many times as long by the clock; a worker that sleeps and computes by turns, too
BUSY = 2  # times as long: then a student is told


class Meter:
    """Measures one call, from now on."""

    def __init__(self, clocks: Callable[[], tuple[float, float]]):
        """Start measuring. clocks: return the time, and what the worker has used of a processor, in seconds."""
        self._clocks = clocks
        self._first = self._last = clocks()
        self._spent_before = 0.0  # until the last time it was seen to compute

    def spent(self) -> float:
        """Return the seconds that the call has cost so far: of processor time, or by the clock while it only waits."""
        passed, used, now = self._since(self._last)
        if used <= WAITS * passed:
            return self._spent_before + (passed if passed >= STARVES else passed / PATIENCE)
        self._spent_before += max(used, passed / PATIENCE)
        self._last = now
        return self._spent_before

    def forgive(self, seconds: float) -> None:
        """Leave out so many seconds by the clock, in which the grader itself was busy and looked at nothing."""
        self._first, self._last = (
            (time + seconds, used + seconds if used == time else used) for time, used in (self._first, self._last)
        )

    def totals(self) -> tuple[float, float]:
        """Return the seconds that have passed, and those of processor time."""
        return self._since(self._first)[:2]

    def _since(self, before: tuple[float, float]) -> tuple[float, float, tuple[float, float]]:
        now = self._clocks()
        return now[0] - before[0], now[1] - before[1], now


def clocks(pid: int | None) -> tuple[float, float]:
    """Return the time, and the processor time of a process; the time twice where the system does not tell that."""
    now = time.monotonic()
    if pid is not None and sys.platform == "linux":
        with contextlib.suppress(OSError):  # an unusual kernel
            return now, time.clock_gettime(~pid << 3 | 2)  # of all threads: CPUCLOCK_SCHED of <linux/posix-timers.h>
    return now, now
