"""A pool of processes that run the trials."""

import contextlib
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing.process import parent_process
from typing import Any

from autograder.sandbox import machine
from common.interrupts import ctrl_c_waits
from common.scratch import Scratch

Task = tuple[Callable[..., Any], tuple[object, ...]]  # a function and its arguments


def each(tasks: Sequence[Task], jobs: int) -> Iterator[Any]:
    """Yield what each task returns, as soon as it is known. jobs: the number of processes; with 1, it is this one."""
    if jobs == 1:
        for function, arguments in tasks:
            yield function(*arguments)
        return
    with Scratch() as scratch:
        one_thread = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
        with _environment({"TMPDIR": str(scratch), **one_thread, **machine.share(jobs)}):
            spawn = multiprocessing.get_context("spawn")
            executor = ProcessPoolExecutor(jobs, mp_context=spawn, initializer=_start)
            try:
                with ctrl_c_waits():
                    running = [executor.submit(function, *arguments) for function, arguments in tasks]
                for future in as_completed(running):
                    yield future.result()
            except BaseException:  # mostly Ctrl-C: don't wait for what is running
                executor.shutdown(wait=False, cancel_futures=True)
                for process in multiprocessing.active_children():
                    process.kill()
                    process.join()
                raise
            executor.shutdown()


@contextlib.contextmanager
def _environment(variables: dict[str, str]) -> Iterator[None]:
    """Give these variables to processes that start in this context."""
    before = dict(os.environ)
    os.environ.update(variables)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def _start() -> None:
    """Leave Ctrl-C to the process that started this one, and end with it."""
    signal.signal(signal.SIGINT, lambda *_: None)  # submissions would inherit SIG_IGN
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})

    def watch() -> None:
        parent = parent_process()
        if parent:
            parent.join()
            os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
