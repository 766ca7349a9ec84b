"""The processes that grade: loky's on this machine, or those of a Dask cluster, through the one interface of both.

On this machine they are reached through pipes: a local cluster would listen on a port, and whoever reaches that, such as a
submission on a machine without the sandbox's network layer, could let it run anything. Workers of a cluster must have
convgrade installed, and see the export and the output folder under the same paths, as on the shared disk of a cluster. What
comes back is small: a record, the report, the answers that are kept.
"""

import contextlib
import os
import shutil
import signal
import tempfile
import threading
import time
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, CancelledError, Executor, Future, wait
from contextlib import AbstractContextManager
from typing import Any

from autograder.sandbox import machine
from common.errors import UserError
from common.interrupts import ctrl_c_waits

MOST_DEATHS = 2  # of processes that graded one submission, and nothing else, until it is given up
SECONDS_TO_CONNECT = 15
Pool = Callable[[], AbstractContextManager[tuple[Executor, int]]]  # and how many tasks it should have in hand


def each(work: Callable[..., Any], tasks: Iterable[tuple], pool: Pool) -> Generator[tuple[tuple, Any], None, None]:
    """Yield each task with what work(*task) returned, or with the exception that it raised, as soon as it is known.

    Few tasks are in hand at a time, so that a class's files never lie in memory together. A process that ends, by whatever
    a submission does, costs nobody else: what was in hand is tried again, one by one, in a new pool.
    """
    waiting = iter(tasks)
    suspects: deque[tuple[tuple, int]] = deque()  # and how many processes each has ended
    while True:
        try:
            with pool() as (executor, most):
                yield from _while_it_lasts(work, waiting, suspects, executor, most)
                return
        except BrokenExecutor:
            continue


def _while_it_lasts(work, waiting, suspects, executor, most) -> Iterator[tuple[tuple, Any]]:
    """Yield what is finished, until all is. When a process ends, note what was in hand, and raise BrokenExecutor."""
    while suspects:  # alone, so that it is known whose fault it is
        task, deaths = suspects.popleft()
        try:
            result = _outcome(executor.submit(work, *task))
        except BrokenExecutor as error:
            if deaths + 1 == MOST_DEATHS:
                yield task, error
            else:
                suspects.appendleft((task, deaths + 1))
            raise
        yield task, result
    in_hand: dict[Future, tuple] = {}
    for task in waiting:
        try:
            in_hand[executor.submit(work, *task)] = task
        except BrokenExecutor:
            suspects.extend((each, 0) for each in (*in_hand.values(), task))
            raise
        if len(in_hand) == most:
            yield from _first_finished(in_hand, suspects)
    while in_hand:
        yield from _first_finished(in_hand, suspects)


def _first_finished(in_hand: dict[Future, tuple], suspects: deque) -> Iterator[tuple[tuple, Any]]:
    """Wait until at least one task is finished; yield it and take it out of the hand."""
    for future in wait(in_hand, return_when=FIRST_COMPLETED).done:
        try:
            result = _outcome(future)
        except BrokenExecutor:
            suspects.extend((task, 0) for task in in_hand.values())
            raise
        yield in_hand.pop(future), result


def _outcome(future: Future) -> Any:
    """Return what a task returned or raised; raises BrokenExecutor if its process has ended."""
    error = future.exception()
    if isinstance(error, BrokenExecutor):
        raise error
    return future.result() if error is None else error


def local(jobs: int) -> Pool:
    """Return a pool of so many processes on this machine."""

    @contextlib.contextmanager
    def start() -> Iterator[tuple[Executor, int]]:
        from loky import ProcessPoolExecutor

        # What graders that are killed leave behind goes with it.
        with tempfile.TemporaryDirectory(prefix="convgrade-", ignore_cleanup_errors=True) as scratch:
            os.chmod(scratch, 0o755)  # submissions run as other users
            one_thread = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
            environment = {"TMPDIR": scratch, **one_thread, **machine.share(jobs)}  # all of them share the processors
            executor = ProcessPoolExecutor(jobs, env=environment, initializer=_end_with, initargs=(os.getpid(), scratch))
            try:
                with ctrl_c_waits():
                    executor.submit(os.getpid)  # all processes start now
                yield executor, jobs + 1
            except BaseException:  # Ctrl-C above all: what runs now is not waited for
                executor.shutdown(kill_workers=True)
                raise
            executor.shutdown()

    return start


def _end_with(parent: int, scratch: str) -> None:
    """Let this process, and the scratch folder of all, end when the one that started it does, however that ends.

    Ctrl-C is for that one alone.
    """

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(0.5)
        shutil.rmtree(scratch, ignore_errors=True)
        os._exit(1)

    signal.signal(signal.SIGINT, lambda *_: None)  # to ignore it would be inherited by submissions
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    threading.Thread(target=watch, daemon=True).start()


def cluster(address: str, able: Callable[[], str]) -> Pool:
    """Return the pool of a running Dask scheduler: tcp://HOST:PORT, or file:PATH of a scheduler file.

    able: is asked on each of its workers, and returns why it cannot grade, or "".
    """

    @contextlib.contextmanager
    def connect() -> Iterator[tuple[Executor, int]]:
        try:
            from distributed import Client
        except ImportError:
            raise UserError("a cluster needs the package distributed: install convgrade[cluster]") from None
        where = {"scheduler_file": address.removeprefix("file:")} if address.startswith("file:") else {"address": address}
        try:
            client = Client(**where, timeout=SECONDS_TO_CONNECT, set_as_default=False)
        except (OSError, ValueError, TypeError) as error:
            raise UserError(f"no Dask scheduler answers at {address}: {error}") from None
        with client:
            workers = client.nthreads()
            if not workers:
                raise UserError(f"the scheduler at {address} has no workers yet: start some with `dask worker`")
            if max(workers.values()) > 1:  # what the grader knows of a check lies in one place for each process
                raise UserError("a process grades one submission at a time: start workers with `dask worker --nthreads 1`")
            try:
                reasons = client.run(able)
            except Exception as error:
                raise UserError(
                    f"the workers of {address} cannot grade, is convgrade installed there? {error!r:.200}"
                ) from None
            for worker, reason in reasons.items():
                if reason:
                    raise UserError(f"the worker {worker} cannot grade: {reason}")
            try:
                yield client.get_executor(pure=False, retries=0), 2 * len(workers)
            except (CancelledError, ConnectionError) as error:
                raise UserError(f"the scheduler at {address} is gone; what was finished is kept: {error}") from None

    return connect
