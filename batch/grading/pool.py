"""Pools of processes that grade: loky's on this machine, or a Dask cluster's, through the interface that both share.

Local processes communicate through pipes. A local Dask cluster would listen on a port, and anything that reaches the port,
such as a submission on a machine without the sandbox's network layer, could make it run any code. A cluster's workers must
have convgrade installed and see the export and the output folder under the same paths, as on a shared disk. What comes back
is small: a result, the report and the saved replies.
"""

import asyncio
import contextlib
import json
import logging
import os
import shutil
import signal
import threading
import time
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, CancelledError, Future, wait
from contextlib import AbstractContextManager, ExitStack
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from autograder.sandbox import machine
from common import background
from common.errors import UserError
from common.interrupts import ctrl_c_waits
from common.scratch import Scratch

if TYPE_CHECKING:
    from distributed import Client

MOST_DEATHS = 2  # of processes that graded only this submission, before it is given up
SECONDS_TO_CONNECT = 8
SECONDS_WITHOUT_WORKERS, SECONDS_TO_LOOK = 60, 5
Task = TypeVar("Task")
Result = TypeVar("Result")
Submit = Callable[..., "Future[Any]"]
Most = Callable[[], int]  # how many tasks a pool should have in hand; raises UserError if no worker is left
Pool = Callable[[], AbstractContextManager[tuple[Submit, Most]]]


def each(
    work: Callable[[Task], Result], tasks: Iterable[Task], pool: Pool
) -> Generator[tuple[Task, Result | BaseException], None, None]:
    """Yield each task as soon as it is done, with what work(task) returned, or with the exception that it raised.

    Only a few tasks are in hand at a time, so that the files of a whole class are never in memory together. If a submission
    makes a process end, no other submission suffers: the tasks in hand are tried again, one by one, in a new pool.
    """
    waiting = iter(tasks)
    suspects: deque[tuple[Task, int]] = deque()  # with the number of processes that each has ended
    while True:
        try:
            with pool() as (submit, most):
                yield from _while_it_lasts(partial(submit, work), waiting, suspects, most)
                return
        except BrokenExecutor:
            continue


def _while_it_lasts(
    submit: Callable[[Task], "Future[Result]"], waiting: Iterator[Task], suspects: deque[tuple[Task, int]], most: Most
) -> Iterator[tuple[Task, Result | BaseException]]:
    """Yield finished tasks until all are done. If a process ends, note what was in hand and raise BrokenExecutor."""
    while suspects:  # alone, to find out which one is at fault
        task, deaths = suspects.popleft()
        try:
            result = _outcome(submit(task))
        except BrokenExecutor as error:
            if deaths + 1 == MOST_DEATHS:
                yield task, error
            else:
                suspects.appendleft((task, deaths + 1))
            raise
        yield task, result
    in_hand: dict[Future[Result], Task] = {}
    for task in waiting:
        try:
            in_hand[submit(task)] = task
        except BrokenExecutor:
            suspects.extend((each, 0) for each in (*in_hand.values(), task))
            raise
        while len(in_hand) >= most():
            yield from _first_finished(in_hand, suspects, most)
    while in_hand:
        yield from _first_finished(in_hand, suspects, most)


def _first_finished(
    in_hand: dict["Future[Result]", Task], suspects: deque[tuple[Task, int]], most: Most
) -> Iterator[tuple[Task, Result | BaseException]]:
    """Wait until at least one task is finished, then yield those that are, and remove them from in_hand."""
    while not (finished := wait(in_hand, SECONDS_TO_LOOK, FIRST_COMPLETED).done):
        most()
    for future in finished:
        try:
            result = _outcome(future)
        except BrokenExecutor:
            suspects.extend((task, 0) for task in in_hand.values())
            raise
        yield in_hand.pop(future), result


def _outcome(future: "Future[Result]") -> Result | BaseException:
    """Return what a task returned or raised; raises BrokenExecutor if its process ended."""
    error = future.exception()
    if isinstance(error, BrokenExecutor):
        raise error
    return future.result() if error is None else error


def local(jobs: int) -> Pool:
    """Return a pool of this many processes on this machine."""

    @contextlib.contextmanager
    def start() -> Iterator[tuple[Submit, Most]]:
        from loky import ProcessPoolExecutor

        # It takes along what killed graders leave behind.
        with Scratch() as folder, ExitStack() as stack:
            scratch = str(folder)
            one_thread = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
            environment = {"TMPDIR": scratch, **one_thread, **machine.share(jobs)}  # they share the processors
            with ctrl_c_waits():
                executor = ProcessPoolExecutor(jobs, env=environment, initializer=_begin, initargs=(os.getpid(), scratch))
                # Its tasks are done by then or, after an error or Ctrl-C, not waited for: no process has to tidy up.
                stack.callback(executor.shutdown, kill_workers=True)
                executor.submit(os.getpid)  # starts all processes now
            yield executor.submit, lambda: jobs + 1

    return start


def _begin(parent: int, scratch: str) -> None:
    """Let this process end, and remove the pool's scratch folder, when the parent ends, however it ends.

    Ctrl-C is for the parent alone.
    """
    background.allow()  # to remove scratch folders

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(0.5)
        shutil.rmtree(scratch, ignore_errors=True)
        os._exit(1)

    signal.signal(signal.SIGINT, lambda *_: None)  # submissions would inherit SIG_IGN
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    threading.Thread(target=watch, daemon=True).start()


def cluster(address: str, require_able: Callable[[], None]) -> Pool:
    """Return the pool of a running Dask scheduler: tcp://HOST:PORT, or file:PATH of a scheduler file.

    require_able: called on each worker; raises UserError if the worker cannot grade.
    """

    @contextlib.contextmanager
    def connect() -> Iterator[tuple[Submit, Most]]:
        try:
            from distributed.comm.core import CommClosedError
        except ImportError:
            raise UserError("a cluster needs the package distributed: install convgrade[cluster]") from None
        with _without_logs(), _connected(address) as client:
            threads = client.nthreads()
            if not threads:
                raise UserError(f"the scheduler at {address} has no workers yet: start some with `dask worker`")
            if max(threads.values()) > 1:  # the grader keeps what it knows about checks in globals
                raise UserError(
                    "a process grades one submission at a time: start the workers with `dask worker --nthreads 1`"
                )
            try:
                client.run(require_able)
            except UserError:
                raise
            except Exception as error:
                raise UserError(
                    f"the workers of {address} cannot grade; is convgrade installed there? {error!r:.200}"
                ) from None
            submit = partial(client.get_executor(pure=False, retries=0).submit, _where_able, require_able)
            try:
                yield submit, _twice_the_workers(client, address)
            except (CancelledError, ConnectionError, CommClosedError):
                raise UserError(
                    f"the scheduler at {address} is gone; everything finished so far is saved. Start it again, then repeat "
                    "the command."
                ) from None

    return connect


def _connected(address: str) -> "Client":
    """Return a client of the scheduler at an address; raises UserError if no scheduler answers there."""
    from distributed import Client, Security, rpc

    async def require_scheduler(place: str) -> None:
        async with rpc(place, connection_args=Security().get_connection_args("client")) as there:
            if (await there.identity())["type"] != "Scheduler":
                raise ValueError("what answers is not a scheduler")

    try:
        place = address
        if address.startswith("file:"):
            place = json.loads(Path(address.removeprefix("file:")).read_text())["address"]
        # A client would wait longer, or forever if nothing ever answers.
        asyncio.run(asyncio.wait_for(require_scheduler(place), SECONDS_TO_CONNECT))
        return Client(place, timeout=SECONDS_TO_CONNECT, set_as_default=False)
    except Exception as error:  # of any kind, if something else answers
        why = f" ({error!s:.200})" if isinstance(error, (OSError, ValueError, TypeError)) and str(error) else ""
        raise UserError(
            f"no Dask scheduler answers at {address!r}: give its address, tcp://HOST:PORT, or file:PATH of its scheduler "
            f"file{why}"
        ) from None


def _twice_the_workers(client: "Client", address: str) -> Most:
    """Return a function that says how many tasks to have in hand as the cluster's workers come and go."""
    seen = time.monotonic()

    def most() -> int:
        nonlocal seen
        count = len(client.nthreads())
        seen = time.monotonic() if count else seen
        if time.monotonic() > seen + SECONDS_WITHOUT_WORKERS:
            raise UserError(
                f"the scheduler at {address} has lost all its workers; everything finished so far is saved. "
                "Start others, then repeat the command."
            )
        return 2 * max(count, 1)

    return most


def _where_able(require_able: Callable[[], None], work: Callable[[Task], Result], task: Task) -> Result:
    """Do a task on a worker, after making sure that it can grade: it may have joined late."""
    _once(require_able)
    return work(task)


@cache
def _once(require_able: Callable[[], None]) -> None:
    require_able()


@contextlib.contextmanager
def _without_logs() -> Iterator[None]:
    """Hide Dask's log messages about a lost scheduler; convgrade prints its own sentence."""
    before = logging.root.manager.disable
    logging.disable()
    try:
        yield
    finally:
        logging.disable(before)
