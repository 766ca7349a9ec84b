"""The processes that grade: loky's on this machine, or those of a Dask cluster, through the one interface of both.

On this machine they are reached through pipes: a local cluster would listen on a port, and whoever reaches that, such as a
submission on a machine without the sandbox's network layer, could let it run anything. Workers of a cluster must have
convgrade installed, and see the export and the output folder under the same paths, as on the shared disk of a cluster. What
comes back is small: a record, the report, the answers that are kept.
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
from typing import TYPE_CHECKING, Any

from autograder.sandbox import machine
from common.errors import UserError
from common.interrupts import ctrl_c_waits
from common.scratch import Scratch

if TYPE_CHECKING:
    from distributed import Client

MOST_DEATHS = 2  # of processes that graded one submission, and nothing else, until it is given up
SECONDS_TO_CONNECT = 8
SECONDS_WITHOUT_WORKERS, SECONDS_TO_LOOK = 60, 5
Submit = Callable[..., Future]
Most = Callable[[], int]  # how many tasks a pool should have in hand; raises UserError where nobody is left to do them
Pool = Callable[[], AbstractContextManager[tuple[Submit, Most]]]


def each(work: Callable[..., Any], tasks: Iterable[tuple], pool: Pool) -> Generator[tuple[tuple, Any], None, None]:
    """Yield each task with what work(*task) returned, or with the exception that it raised, as soon as it is known.

    Few tasks are in hand at a time, so that a class's files never lie in memory together. A process that ends, by whatever
    a submission does, costs nobody else: what was in hand is tried again, one by one, in a new pool.
    """
    waiting = iter(tasks)
    suspects: deque[tuple[tuple, int]] = deque()  # and how many processes each has ended
    while True:
        try:
            with pool() as (submit, most):
                yield from _while_it_lasts(partial(submit, work), waiting, suspects, most)
                return
        except BrokenExecutor:
            continue


def _while_it_lasts(submit: Submit, waiting, suspects: deque, most: Most) -> Iterator[tuple[tuple, Any]]:
    """Yield what is finished, until all is. When a process ends, note what was in hand, and raise BrokenExecutor."""
    while suspects:  # alone, so that it is known whose fault it is
        task, deaths = suspects.popleft()
        try:
            result = _outcome(submit(*task))
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
            in_hand[submit(*task)] = task
        except BrokenExecutor:
            suspects.extend((each, 0) for each in (*in_hand.values(), task))
            raise
        while len(in_hand) >= most():
            yield from _first_finished(in_hand, suspects, most)
    while in_hand:
        yield from _first_finished(in_hand, suspects, most)


def _first_finished(in_hand: dict[Future, tuple], suspects: deque, most: Most) -> Iterator[tuple[tuple, Any]]:
    """Wait until at least one task is finished; yield it and take it out of the hand."""
    while not (finished := wait(in_hand, SECONDS_TO_LOOK, FIRST_COMPLETED).done):
        most()
    for future in finished:
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
    def start() -> Iterator[tuple[Submit, Most]]:
        from loky import ProcessPoolExecutor

        # What graders that are killed leave behind goes with it.
        with Scratch() as folder, ExitStack() as stack:
            scratch = str(folder)
            one_thread = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
            environment = {"TMPDIR": scratch, **one_thread, **machine.share(jobs)}  # all of them share the processors
            with ctrl_c_waits():
                executor = ProcessPoolExecutor(
                    jobs, env=environment, initializer=_end_with, initargs=(os.getpid(), scratch)
                )
                # After Ctrl-C, above all, what runs is not waited for.
                stack.push(lambda kind, *_: executor.shutdown(kill_workers=kind is not None))
                executor.submit(os.getpid)  # all processes start now
            yield executor.submit, lambda: jobs + 1

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


def cluster(address: str, require_able: Callable[[], None]) -> Pool:
    """Return the pool of a running Dask scheduler: tcp://HOST:PORT, or file:PATH of a scheduler file.

    require_able: is called on each of its workers, and raises UserError where it cannot grade.
    """

    @contextlib.contextmanager
    def connect() -> Iterator[tuple[Submit, Most]]:
        try:
            from distributed.comm import CommClosedError
        except ImportError:
            raise UserError("a cluster needs the package distributed: install convgrade[cluster]") from None
        with _without_logs(), _connected(address) as client:
            threads = client.nthreads()
            if not threads:
                raise UserError(f"the scheduler at {address} has no workers yet: start some with `dask worker`")
            if max(threads.values()) > 1:  # what the grader knows of a check lies in one place for each process
                raise UserError("a process grades one submission at a time: start workers with `dask worker --nthreads 1`")
            try:
                client.run(require_able)
            except UserError:
                raise
            except Exception as error:
                raise UserError(
                    f"the workers of {address} cannot grade, is convgrade installed there? {error!r:.200}"
                ) from None
            submit = partial(client.get_executor(pure=False, retries=0).submit, _where_able, require_able)
            try:
                yield submit, _twice_the_workers(client, address)
            except (CancelledError, ConnectionError, CommClosedError):
                raise UserError(
                    f"the scheduler at {address} is gone; what was finished is kept. Start it again, then the same command "
                    "goes on."
                ) from None

    return connect


def _connected(address: str) -> "Client":
    """Return a client of the scheduler at an address; raises UserError where none answers, whatever else listens there."""
    from distributed import Client, Security, rpc

    async def require_scheduler(place: str) -> None:
        async with rpc(place, connection_args=Security().get_connection_args("client")) as there:
            if (await there.identity())["type"] != "Scheduler":
                raise ValueError("what answers is not a scheduler")

    try:
        place = address
        if address.startswith("file:"):
            place = json.loads(Path(address.removeprefix("file:")).read_text())["address"]
        # A client would wait longer, and for what never answers without end.
        asyncio.run(asyncio.wait_for(require_scheduler(place), SECONDS_TO_CONNECT))
        return Client(place, timeout=SECONDS_TO_CONNECT, set_as_default=False)
    except Exception as error:  # of any kind, where something else answers
        why = f" ({error!s:.200})" if isinstance(error, (OSError, ValueError, TypeError)) and str(error) else ""
        raise UserError(
            f"no Dask scheduler answers at {address!r}: give its address, tcp://HOST:PORT, or file:PATH of its scheduler "
            f"file{why}"
        ) from None


def _twice_the_workers(client: "Client", address: str) -> Most:
    """Return the way to ask how much a cluster can have in hand: its workers come and go."""
    seen = time.monotonic()

    def most() -> int:
        nonlocal seen
        count = len(client.nthreads())
        seen = time.monotonic() if count else seen
        if time.monotonic() > seen + SECONDS_WITHOUT_WORKERS:
            raise UserError(
                f"the scheduler at {address} has lost all its workers; what was finished is kept. Start others, then the "
                "same command goes on."
            )
        return 2 * max(count, 1)

    return most


def _where_able(require_able: Callable[[], None], work: Callable[..., Any], *task: Any) -> Any:
    """Do a task on a worker, which may have joined after all others were asked whether they can."""
    _once(require_able)
    return work(*task)


@cache
def _once(require_able: Callable[[], None]) -> None:
    require_able()


@contextlib.contextmanager
def _without_logs() -> Iterator[None]:
    """Keep what Dask writes about a lost scheduler from the terminal: a sentence of ours says it."""
    before = logging.root.manager.disable
    logging.disable()
    try:
        yield
    finally:
        logging.disable(before)
