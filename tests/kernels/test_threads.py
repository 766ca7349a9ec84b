"""Threads of the backend cpu: shares, errors, callers at once, and forked processes."""

import _thread
import os
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from numba import njit

from kernels.cpu.shares import _take, handed_out, in_shares
from kernels.cpu.threads import set_threads, shares_of, threads

FORKS = hasattr(os, "fork")


@in_shares
def mark(counts, share, shares):
    counts[share] += 10 * shares + share


@in_shares
def fail(counts, share, shares):
    if share == counts.size - 2:
        raise ValueError("the last but one fails")
    counts[share] += 1


@in_shares
def mark_tasks(counts, taken, share, shares):
    for task in handed_out(counts.size, taken, shares):
        counts[task] += 1


@in_shares
def take_many(counts, taken, share, shares):
    for _ in range(counts.size // shares):
        counts[_take(taken)] += 1


@in_shares
def meet(arrived, looks, most, share, shares):
    """Wait until all shares have arrived, or until all together have looked so often."""
    _take(arrived)
    while arrived[0] < shares and _take(looks) < most:
        pass


@in_shares
def count(total, steps, share, shares):
    for _ in range(steps):
        total[share] = total[share] * 3 + 1


@pytest.fixture(autouse=True)
def three_threads():
    before = threads()
    set_threads(3)
    assert shares_of(1, 1) == 3  # starts workers
    yield
    set_threads(before)


def all_meet(shares):
    """Return whether the shares of one call run at the same time: one after the other, the first would look in vain."""
    looks = np.zeros(1, np.int64)
    meet(np.zeros(1, np.int64), looks, 10**9, shares)
    return looks[0] < 10**9


@pytest.mark.parametrize("shares", [1, 2, 5])
def test_every_share_is_done_once(shares):
    counts = np.zeros(8, np.int64)
    for _ in range(3):
        mark(counts, shares)
    assert counts.tolist() == [3 * (10 * shares + share) for share in range(shares)] + [0] * (8 - shares)


@pytest.mark.parametrize("shares", [1, 2, 3])
@pytest.mark.parametrize("tasks", [0, 1, 5, 32, 1000])
def test_every_task_is_handed_out_once(tasks, shares):
    for _ in range(20):
        counts = np.zeros(tasks, np.int64)
        mark_tasks(counts, np.zeros(1, np.int64), shares)
        assert (counts == 1).all()


def test_no_two_threads_take_the_same_number():
    for _ in range(5):
        counts = np.zeros(300_000, np.int64)
        take_many(counts, np.zeros(1, np.int64), 3)
        assert (counts == 1).all()


def test_a_share_takes_what_others_leave():
    @njit
    def take_all(counts, taken):
        for task in handed_out(counts.size, taken, 4):
            counts[task] += 1

    counts, taken = np.zeros(100, np.int64), np.zeros(1, np.int64)
    for _ in range(2):  # the second time, nothing is left
        take_all(counts, taken)
        assert (counts == 1).all()


@pytest.mark.parametrize("shares", [2, 3, 5])  # the caller's own share fails, a worker's, and perhaps either's
def test_an_error_reaches_the_caller(shares):
    for _ in range(100):
        counts = np.zeros(shares, np.int64)
        with pytest.raises(ValueError, match="the last but one fails"):
            fail(counts, shares)
        assert counts.tolist() == [1] * (shares - 2) + [0, 1]
    assert all_meet(3)  # and the workers still work


def test_shares_run_at_the_same_time():
    assert all_meet(3)


def test_a_worker_that_sleeps_wakes_up():
    for _ in range(5):
        time.sleep(0.02)  # many times as long as a worker watches
        assert all_meet(3)


def test_an_interrupted_call_ends_first():
    total = np.zeros(3, np.int64)
    count(total, 0, 3)  # compiled before: Numba's compiler does not survive an interrupt
    threading.Timer(0.05, _thread.interrupt_main).start()
    with pytest.raises(KeyboardInterrupt):
        count(total, 10**8, 3)
        time.sleep(1)
    assert len(set(total)) == 1 and all_meet(3)


def test_callers_at_once_get_their_own_results():
    def call(seed):
        counts = np.full(4, seed)
        mark(counts, 4)
        return counts - seed

    with ThreadPoolExecutor(4) as pool:
        for counts in pool.map(call, range(400)):
            assert counts.tolist() == [40, 41, 42, 43]


def test_the_number_of_threads_is_what_was_set():
    for number in (5, 1, 3):
        set_threads(number)
        assert threads() == shares_of(1, 1) == number and shares_of(1, 2) == 1
        assert all_meet(number)
    with pytest.raises(ValueError, match="at least one thread must compute, not 0"):
        set_threads(0)


PREPARE = """
import multiprocessing, os, threading
from concurrent.futures import ProcessPoolExecutor
import numpy as np, kernels
from kernels.cpu.threads import set_threads

set_threads(2)
images = np.random.default_rng(0).normal(size=(4, 8, 128, 128)).astype(np.float32)  # enough for two threads

def right(_=None):
    return bool((kernels.pool2d(images, 3, 2, backend="cpu") == kernels.pool2d(images, 3, 2, backend="numpy")).all())

def workers():
    return [thread.name for thread in threading.enumerate()].count("kernels.cpu")
"""
FORKED = """
assert right() and workers() == 1
child = os.fork()
if not child:
    os._exit(0 if workers() == 0 and right() and right() and workers() == 1 else 1)
print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), right())
"""
POOLED = """
assert right()
with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("fork")) as pool:
    print(list(pool.map(right, range(6))), right())
"""
COMPILING = (
    """
import time
from numba.core.compiler_lock import global_compiler_lock

def compile_something(begun):
    with global_compiler_lock:
        begun.set()
        time.sleep(0.5)

assert right()
begun = threading.Event()
threading.Thread(target=compile_something, args=[begun]).start()
begun.wait()
images = images.astype(float)  # for which there is no compiled code yet
"""
    + FORKED
)


WITHOUT_THREADS = """
def start(thread):
    raise RuntimeError("can't start new thread")

threading.Thread.start = start
print(right(), right(), workers())
"""
NONE_COMES = """
threading.Thread.start = lambda thread: None  # as on a busy machine: it gets no time
print(right(), right())
"""


def run(code):
    done = subprocess.run([sys.executable, "-c", PREPARE + code], capture_output=True, text=True, timeout=120)
    return done.stdout if done.returncode == 0 else done.stderr


@pytest.mark.sampled(1)
@pytest.mark.skipif(not FORKS, reason="this system does not fork")
@pytest.mark.parametrize(
    ("code", "printed"), [(FORKED, "0 True\n"), (COMPILING, "0 True\n"), (POOLED, f"{[True] * 6} True\n")]
)
def test_a_forked_child_computes_on_threads_of_its_own(code, printed):
    assert run(code) == printed


@pytest.mark.sampled(1)
@pytest.mark.parametrize(("code", "printed"), [(WITHOUT_THREADS, "True True 0\n"), (NONE_COMES, "True True\n")])
def test_without_workers_the_caller_does_all_shares(code, printed):
    assert run(code) == printed
