"""Threads of the backend cpu: shares, errors, callers at once, and forked processes."""

import os
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from numba import njit

from kernels.cpu.threads import _Team, _Worker, in_shares, set_threads, threads

FORKS = hasattr(os, "fork")


@njit(nogil=True)
def mark(counts, share, shares):
    counts[share] += 10 * shares + share


@njit(nogil=True)
def fail(counts, share, shares):
    if share == 1:
        raise ValueError("share 1 fails")
    counts[share] += 1


@pytest.mark.parametrize("shares", [1, 2, 5])
def test_every_share_is_done_once(shares):
    counts = np.zeros(8, np.int64)
    for _ in range(3):
        in_shares(mark, shares, counts)
    assert counts.tolist() == [3 * (10 * shares + share) for share in range(shares)] + [0] * (8 - shares)


def test_an_error_of_a_worker_reaches_the_caller():
    counts = np.zeros(3, np.int64)
    with pytest.raises(ValueError, match="share 1 fails"):
        in_shares(fail, 3, counts)
    assert counts.tolist() == [1, 0, 1]
    in_shares(mark, 3, counts)  # and the workers still work
    assert counts.tolist() == [31, 31, 33]


def test_shares_run_at_the_same_time():
    together = threading.Barrier(3)
    in_shares(lambda share, shares: together.wait(60), 3)  # one after the other, the first would wait for ever


def test_a_job_that_no_worker_begins_is_done_by_the_caller(monkeypatch):
    counts = np.zeros(3, np.int64)
    in_shares(mark, 3, counts)
    monkeypatch.setattr("kernels.cpu.threads._Worker._work", lambda worker: None)  # of a busy machine: it gets no time
    monkeypatch.setattr("kernels.cpu.threads._team", _Team())
    in_shares(mark, 3, counts)
    assert counts.tolist() == [60, 62, 64]
    with pytest.raises(ValueError, match="share 1 fails"):
        in_shares(fail, 3, counts)


def test_a_job_left_by_an_interrupted_call_is_not_done(monkeypatch):
    monkeypatch.setattr("kernels.cpu.threads._Worker._work", lambda worker: None)
    worker, interrupted, counts = _Worker(), np.zeros(1, np.int64), np.zeros(1, np.int64)
    worker.start(mark, (interrupted, 0, 1))
    worker.start(mark, (counts, 0, 1))
    worker.join()
    assert not worker._do()  # or a later call would take the old job for its own, and return too early
    assert (interrupted[0], counts[0]) == (0, 10)


def test_a_worker_that_sleeps_wakes_up():
    counts = np.zeros(2, np.int64)
    in_shares(mark, 2, counts)
    threading.Event().wait(0.05)  # many times as long as a worker watches
    in_shares(mark, 2, counts)
    assert counts.tolist() == [40, 42]


def test_callers_at_once_get_their_own_results():
    def call(seed):
        counts = np.full(4, seed)
        in_shares(mark, 4, counts)
        return counts - seed

    with ThreadPoolExecutor(4) as pool:
        for counts in pool.map(call, range(400)):
            assert counts.tolist() == [40, 41, 42, 43]


def test_the_number_of_threads_is_what_was_set():
    before = threads()
    try:
        set_threads(3)
        assert threads() == 3
        with pytest.raises(ValueError, match="at least one thread must compute, not 0"):
            set_threads(0)
    finally:
        set_threads(before)


PREPARE = """
import multiprocessing, os
from concurrent.futures import ProcessPoolExecutor
import numpy as np, kernels
from kernels.cpu.threads import set_threads

set_threads(2)
images = np.random.default_rng(0).normal(size=(4, 8, 128, 128)).astype(np.float32)  # enough for two threads

def right(_=None):
    return bool((kernels.pool2d(images, 3, 2, backend="cpu") == kernels.pool2d(images, 3, 2, backend="numpy")).all())

assert right()
"""
FORKED = """
child = os.fork()
if not child:
    os._exit(0 if right() and right() else 1)
print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), right())
"""
POOLED = """
with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("fork")) as pool:
    print(list(pool.map(right, range(6))), right())
"""


@pytest.mark.skipif(not FORKS, reason="this system does not fork")
@pytest.mark.parametrize(("code", "printed"), [(FORKED, "0 True\n"), (POOLED, f"{[True] * 6} True\n")])
def test_a_forked_child_computes_on_threads_of_its_own(code, printed):
    done = subprocess.run([sys.executable, "-c", PREPARE + code], capture_output=True, text=True, timeout=120)
    assert done.stdout == printed, done.stderr
