"""What a call costs a worker: seconds of processor time, which do not depend on how busy the machine is."""

import contextlib
import sys
import time
from collections.abc import Callable

# A worker that computes for less than this share of at least this many seconds is waiting: even on a crowded processor
# it would get more.
WAITS, STARVES = 0.01, 3.0
PATIENCE = 10  # times as long by the clock: for a busy machine, and a worker that sleeps now and then
BUSY = 2  # times as long: the student is then told that the machine was busy


class Meter:
    """Measures one call after the other, the first one from now on."""

    def __init__(self, clocks: Callable[[], tuple[float, float]]) -> None:
        """Start measuring. clocks: return the time, and what the worker has used of a processor, in seconds."""
        self._clocks = clocks
        self.restart()

    def restart(self) -> None:
        """Measure the next call, from now on."""
        self._first = self._last = self._clocks()
        self._spent_before = 0.0  # until the last time it was seen to compute

    def spent(self) -> float:
        """Return the seconds that the call has cost so far: of processor time, or by the clock while it only waits."""
        passed, used, now = self._since(self._last)
        if used <= WAITS * passed:
            return self._spent_before + (passed if passed >= STARVES else passed / PATIENCE)
        self._spent_before += max(used, passed / PATIENCE)
        self._last = now
        return self._spent_before

    def forgive(self) -> None:
        """Leave out the time by the clock since the last look, but for what the worker computed: the grader was busy."""
        passed, used, now = self._since(self._last)
        one_clock = now[0] == now[1]
        idle = passed if one_clock else max(passed - used, 0.0)
        self._first, self._last = (
            (time + idle, used + idle if one_clock else used) for time, used in (self._first, self._last)
        )

    def totals(self) -> tuple[float, float]:
        """Return the seconds that have passed, and those of processor time."""
        return self._since(self._first)[:2]

    def _since(self, before: tuple[float, float]) -> tuple[float, float, tuple[float, float]]:
        now = self._clocks()
        return now[0] - before[0], now[1] - before[1], now


def clocks(pid: int | None) -> tuple[float, float]:
    """Return the time, and the processor time of a process; the time twice if the system does not say."""
    now = time.monotonic()
    if pid is not None and sys.platform == "linux":
        with contextlib.suppress(OSError):  # an unusual kernel
            return now, time.clock_gettime(~pid << 3 | 2)  # of all threads: CPUCLOCK_SCHED of <linux/posix-timers.h>
    return now, now
