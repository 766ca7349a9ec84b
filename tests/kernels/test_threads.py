"""Threads of the backend cpu: shares, errors, callers at once, and forked processes."""

import os
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from numba import njit

from kernels.cpu.threads import _take, _Team, handed_out, in_shares, set_threads, threads

FORKS = hasattr(os, "fork")


@njit(nogil=True)
def mark(counts, share, shares):
    counts[share] += 10 * shares + share


@njit(nogil=True)
def fail(counts, share, shares):
    if share == 1:
        raise ValueError("share 1 fails")
    counts[share] += 1


@njit(nogil=True)
def mark_tasks(counts, taken, share, shares):
    for task in handed_out(counts.size, taken, shares):
        counts[task] += 1


@njit(nogil=True)
def take_many(counts, taken, share, shares):
    for _ in range(counts.size // shares):
        counts[_take(taken)] += 1


@pytest.mark.parametrize("shares", [1, 2, 5])
def test_every_share_is_done_once(shares):
    counts = np.zeros(8, np.int64)
    for _ in range(3):
        in_shares(mark, shares, counts)
    assert counts.tolist() == [3 * (10 * shares + share) for share in range(shares)] + [0] * (8 - shares)


@pytest.mark.parametrize("shares", [1, 2, 3])
@pytest.mark.parametrize("tasks", [0, 1, 5, 32, 1000])
def test_every_task_is_handed_out_once(tasks, shares):
    for _ in range(20):
        counts = np.zeros(tasks, np.int64)
        in_shares(mark_tasks, shares, counts, np.zeros(1, np.int64))
        assert (counts == 1).all()


def test_no_two_threads_take_the_same_number():
    for _ in range(5):
        counts = np.zeros(300_000, np.int64)
        in_shares(take_many, 3, counts, np.zeros(1, np.int64))
        assert (counts == 1).all()


def test_a_share_takes_what_others_leave():
    counts, taken = np.zeros(100, np.int64), np.zeros(1, np.int64)
    mark_tasks(counts, taken, 2, 4)  # the others have not begun
    assert (counts == 1).all()
    mark_tasks(counts, taken, 0, 4)  # and find nothing when they do
    assert (counts == 1).all()


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


def test_without_threads_the_caller_does_all_shares(monkeypatch):
    def start(thread):
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr("kernels.cpu.threads._team", _Team())
    monkeypatch.setattr(threading.Thread, "start", start)
    counts = np.zeros(3, np.int64)
    in_shares(mark, 3, counts)
    assert counts.tolist() == [30, 31, 32]


def test_an_interrupted_call_leaves_nothing_to_the_next_one(monkeypatch):
    begun, end, together = threading.Event(), threading.Event(), threading.Barrier(2)

    def long(share, shares):
        if share == 0:
            begun.wait(60)
        else:
            begun.set()
            end.wait(60)

    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("kernels.cpu.threads._team", _Team())
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr("kernels.cpu.threads._watch", interrupt)
        in_shares(long, 2)
    try:
        in_shares(lambda share, shares: together.wait(20), 2)  # the worker of the first call is still at work
    finally:
        end.set()


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
COMPILING = (
    """
import threading, time
from numba.core.compiler_lock import global_compiler_lock

def compile_something(begun):
    with global_compiler_lock:
        begun.set()
        time.sleep(0.5)

begun = threading.Event()
threading.Thread(target=compile_something, args=[begun]).start()
begun.wait()
images = images.astype(float)  # for which there is no compiled code yet
"""
    + FORKED
)


@pytest.mark.sampled(1)
@pytest.mark.skipif(not FORKS, reason="this system does not fork")
@pytest.mark.parametrize(
    ("code", "printed"), [(FORKED, "0 True\n"), (COMPILING, "0 True\n"), (POOLED, f"{[True] * 6} True\n")]
)
def test_a_forked_child_computes_on_threads_of_its_own(code, printed):
    done = subprocess.run([sys.executable, "-c", PREPARE + code], capture_output=True, text=True, timeout=120)
    assert done.stdout == printed, done.stderr
