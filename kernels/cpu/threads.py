"""Threads that share out work: one compiled function, called once for each share.

Starting work must cost less than the work, which may take 20 µs: more than a sleeping thread takes to wake up. So a worker
that is done watches for its next job for a while before it goes to sleep, and so does the caller for the end of a job.
Both watch without Python's lock, and try to take it when nobody else holds it: a thread that must wait for it sleeps, too.

The system may let one thread begin late, or stop it for a while. So a share of long work is not a fixed part of it: each
thread takes one portion after the other until nothing is left, and all end at about the same time.

Numba's own parallel loops watch, too, but take a second to compile, and a child forked after one dies in its next one.
Here a forked child starts workers of its own. A fork waits until no thread compiles: in the child, Numba's lock would stay
locked for ever.
"""

import os
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from queue import SimpleQueue

import numpy as np
from llvmlite import ir
from numba import config, types
from numba.core.base import BaseContext
from numba.core.compiler_lock import global_compiler_lock
from numba.core.typing import Context, Signature

from kernels.cpu.compiled import compiled, inner
from kernels.intrinsics import Intrinsic, intrinsic
from kernels.types import Integers

GIVEN, DONE = 0, 8  # places of a worker's two counters of jobs, on two lines of the cache
LOOKS = 2**22  # before a thread goes to sleep: a millisecond
MOMENT = 2**12  # looks that a caller needs to begin its own share: 2 µs
NAP = 5e-5  # seconds
ALONE = 0, 1  # share and shares of a caller without workers
PORTIONS = 16  # that a share takes on average, at most
_count: int = config.NUMBA_NUM_THREADS  # as many as this process has cores, or as the environment says


def threads() -> int:
    """Return how many threads compute at once."""
    return _count


def set_threads(count: int) -> None:
    """Let this many threads compute at once, from the next call on."""
    global _count
    if count < 1:
        raise ValueError(f"at least one thread must compute, not {count}")
    _count = count


def shares_of(work: int, worth: int) -> int:
    """Return in how many shares to do some work: in one, if there is too little for a second thread."""
    return _count if work >= worth else 1


def in_shares(function: Callable[..., None], shares: int, *arguments: object) -> None:
    """Call a compiled function(*arguments, share, shares) for each share, all at once. Raises what a share raised.

    While another thread's work is under way, the caller does all shares itself; where the system starts no more threads, it
    does theirs.
    """
    if shares == 1:
        function(*arguments + ALONE)
        return
    team = _team
    if not team.free.acquire(blocking=False):
        for share in range(shares):
            function(*arguments, share, shares)
        return
    errors = None
    try:
        workers = team.workers(shares - 1)
        for share, worker in enumerate(workers, start=1):
            worker.start(function, (*arguments, share, shares))
        try:
            for share in (0, *range(len(workers) + 1, shares)):
                function(*arguments, share, shares)
        finally:
            errors = [worker.join() for worker in workers]
    finally:
        if errors is None:  # interrupted, as by Ctrl-C: workers may be in the middle of their jobs
            _renew()
        team.free.release()
    for error in errors:
        if error is not None:
            raise error


@intrinsic()
def _load(typing_context: Context, counts: types.Array, place: types.Integer) -> Intrinsic:
    """Read a counter that another thread may change at any time."""

    def generate(
        context: BaseContext, builder: ir.IRBuilder, signature: Signature, arguments: Sequence[ir.Value]
    ) -> ir.Value:
        counts = context.make_array(signature.args[0])(context, builder, arguments[0])
        return builder.load_atomic(builder.gep(counts.data, [arguments[1]]), "acquire", align=8)

    return types.int64(counts, types.intp), generate


@intrinsic()
def _store(typing_context: Context, counts: types.Array, place: types.Integer, value: types.Number) -> Intrinsic:
    """Write a counter after everything that was written before."""

    def generate(
        context: BaseContext, builder: ir.IRBuilder, signature: Signature, arguments: Sequence[ir.Value]
    ) -> ir.Value:
        counts = context.make_array(signature.args[0])(context, builder, arguments[0])
        builder.store_atomic(arguments[2], builder.gep(counts.data, [arguments[1]]), "release", align=8)
        return context.get_dummy_value()

    return types.void(counts, types.intp, types.int64), generate


@intrinsic()
def _take(typing_context: Context, taken: types.Array) -> Intrinsic:
    """Return the number in taken[0] and add one to it, as one step: no two threads get the same number."""

    def generate(
        context: BaseContext, builder: ir.IRBuilder, signature: Signature, arguments: Sequence[ir.Value]
    ) -> ir.Value:
        taken = context.make_array(signature.args[0])(context, builder, arguments[0])
        return builder.atomic_rmw("add", taken.data, ir.IntType(64)(1), "monotonic")

    return types.int64(taken), generate


@inner
def handed_out(tasks: int, taken: Integers, shares: int) -> Iterator[int]:
    """Yield tasks, numbered from 0: the next few that no share has taken, again and again until none is left.

    taken is an array of one 0 that all shares of a call have in common.
    """
    portions = min(tasks, PORTIONS * shares)
    portion = _take(taken)
    while portion < portions:
        for task in range(tasks * portion // portions, tasks * (portion + 1) // portions):  # noqa: UP028
            yield task  # Numba does not know "yield from"
        portion = _take(taken)


@compiled
def _watch(counts: Integers, place: int, awaited: int, looks: int) -> bool:
    """Return whether a counter reaches a number within a number of looks at it."""
    while looks and _load(counts, place) < awaited:
        looks -= 1
    return looks > 0


@compiled
def _finish_and_watch(counts: Integers, job: int, looks: int, moment: int) -> bool:
    """Say that all jobs before this one are done. Return whether this one is given within a number of looks.

    If it is, wait a moment, for the caller to hand out the other jobs and begin its own share.
    """
    _store(counts, DONE, job - 1)
    while looks and _load(counts, GIVEN) < job:
        looks -= 1
    while looks and moment and _load(counts, GIVEN):
        moment -= 1
    return looks > 0


class _Worker:
    """A thread that does one job after the other."""

    def __init__(self) -> None:
        self.counts = np.zeros(16, np.int64)
        self.jobs: list[tuple[Callable[..., None], tuple[object, ...]]] = []  # one at most: the thread that pops it does it
        self.error: BaseException | None = None
        self.asleep = False
        self.bell: SimpleQueue[None] = SimpleQueue()
        threading.Thread(target=self._work, name="kernels.cpu", daemon=True).start()

    def start(self, function: Callable[..., None], arguments: tuple[object, ...]) -> None:
        self.jobs.append((function, arguments))
        self.counts[GIVEN] += 1
        if self.asleep:
            self.bell.put(None)

    def join(self) -> BaseException | None:
        """Wait for the end of the job, and return what it raised, if anything.

        On a busy machine the worker may not have begun it: then it is done here.
        """
        if self._do():
            return self.error
        while not _watch(self.counts, DONE, self.counts[GIVEN], LOOKS):
            time.sleep(NAP)
        return self.error

    def _work(self) -> None:
        following = 1
        while True:
            while not _finish_and_watch(self.counts, following, LOOKS, MOMENT):
                self.asleep = True  # said before the last look: a job that comes after it rings the bell
                if self.counts[GIVEN] < following:
                    self.bell.get()
                self.asleep = False
            following = int(self.counts[GIVEN]) + 1
            self._do()

    def _do(self) -> bool:
        """Do the job unless somebody has taken it. Return whether it was still there."""
        try:
            function, arguments = self.jobs.pop()
        except IndexError:
            return False
        self.error = None
        try:
            function(*arguments)
        except BaseException as error:  # the caller raises it
            self.error = error
        return True


class _Team:
    """The workers of this process, each started when it is first needed."""

    def __init__(self) -> None:
        self.free = threading.Lock()
        self.started: list[_Worker] = []

    def workers(self, count: int) -> list[_Worker]:
        """Return this many workers, or as many as the system lets start."""
        try:
            while len(self.started) < count:
                self.started.append(_Worker())
        except RuntimeError:  # Python's "can't start new thread", as where processes are limited
            pass
        return self.started[:count]


_team = _Team()


def _renew() -> None:
    global _team
    _team = _Team()


def _begin_child() -> None:
    global_compiler_lock.release()
    _renew()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(
        before=global_compiler_lock.acquire, after_in_parent=global_compiler_lock.release, after_in_child=_begin_child
    )
