"""The threads that compute at once: this process's workers, which shares.py gives work.

Each is started when it is first needed. A forked child starts workers of its own. A fork waits until no thread compiles: in
the child, Numba's lock would stay locked for ever.
"""

import ctypes
import os
import threading
from contextlib import suppress

from numba import config
from numba.core.compiler_lock import global_compiler_lock

from kernels.cpu.board import LINE, board
from kernels.cpu.shares import BELL, MOST_WORKERS, NEVER, TOGETHER, WORKERS, together, work

_count: int = config.NUMBA_NUM_THREADS  # as many as this process has cores, or as the environment says
_starting = threading.Lock()
_allocate_lock = ctypes.pythonapi.PyThread_allocate_lock
_allocate_lock.restype = ctypes.c_void_p


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
    """Return in how many shares to do some work: in one, if there is too little for a second thread.

    Before there are several, workers are started: one fewer, or as many as the system lets start.
    """
    if work < worth:
        return 1
    if board[WORKERS] < _count - 1:
        _start_workers()
    return _count


def _start_workers() -> None:
    with _starting, suppress(RuntimeError):  # Python's "can't start new thread", as where processes are limited
        if not board[NEVER]:
            board[NEVER] = _locked()
            board[TOGETHER] = together()
        for worker in range(int(board[WORKERS]), min(_count - 1, MOST_WORKERS)):
            board[BELL + worker * LINE] = _locked()
            threading.Thread(target=work, args=[board, worker], name="kernels.cpu", daemon=True).start()
            board[WORKERS] = worker + 1


def _locked() -> int:
    """Return the address of a new lock that is locked."""
    lock = int(_allocate_lock())
    ctypes.pythonapi.PyThread_acquire_lock(ctypes.c_void_p(lock), 1)
    return lock


def _begin_child() -> None:
    global _starting
    global_compiler_lock.release()
    _starting = threading.Lock()
    board[:] = 0


if hasattr(os, "register_at_fork"):
    os.register_at_fork(
        before=global_compiler_lock.acquire, after_in_parent=global_compiler_lock.release, after_in_child=_begin_child
    )
