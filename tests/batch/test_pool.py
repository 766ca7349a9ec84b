"""The pool: every task is told of once, whatever becomes of the process that did it."""

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import BrokenExecutor

import psutil
import pytest

from autograder.sandbox import machine
from batch import pool
from common.errors import UserError

DIES = "__import__('os')._exit(9)"


def done(*tasks, jobs=2):
    """Return what became of expressions, by expression."""
    return [(task, result) for (task,), result in pool.each(eval, [(task,) for task in tasks], pool.local(jobs))]


def test_results_and_exceptions_come_back():
    found = dict(done("1 + 1", "1 / 0", "'x' * 3"))
    assert (found["1 + 1"], found["'x' * 3"]) == (2, "xxx")
    assert isinstance(found["1 / 0"], ZeroDivisionError)


@pytest.mark.parametrize(("processors", "jobs", "each"), [(8, 2, "4"), (3, 2, "1"), (2, 4, "1")])
def test_processes_share_the_processors(monkeypatch, processors, jobs, each):
    monkeypatch.setattr(machine, "processors", lambda: processors)
    ((_, share),) = done(f"__import__('os').environ[{machine.SHARE!r}]", jobs=jobs)
    assert share == each


def test_nothing_to_do_is_done():
    assert done() == []


def test_a_task_that_ends_its_process_costs_no_other():
    numbers = [str(number) for number in range(12)]
    found = done(*numbers[:5], DIES, *numbers[5:9], DIES + " or 1", *numbers[9:])
    assert sorted(task for task, _ in found) == sorted([*numbers, DIES, DIES + " or 1"])
    assert all(result == int(task) for task, result in found if task.isdigit())
    assert all(isinstance(result, BrokenExecutor) for task, result in found if not task.isdigit())


def test_processes_and_their_files_end_with_the_one_that_started_them(tmp_path):
    code = (
        "from batch import pool\n"
        "def tasks():\n    yield (\"__import__('os').getpid()\",)\n    yield ('__import__(\"time\").sleep(300)',)\n"
        "if __name__ == '__main__':\n"
        "    for _, pid in pool.each(eval, tasks(), pool.local(2)):\n        print(pid, flush=True)\n"
    )
    environment = os.environ | {"TMPDIR": str(tmp_path)}
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, env=environment) as run:
        worker = int(run.stdout.readline())
        os.kill(run.pid, signal.SIGKILL)
    deadline = time.monotonic() + 300
    while psutil.pid_exists(worker) and psutil.Process(worker).status() != psutil.STATUS_ZOMBIE:
        assert time.monotonic() < deadline, "the worker outlives its parent"
        time.sleep(0.1)
    assert list(tmp_path.iterdir()) == []


def test_few_tasks_are_in_hand():
    taken = []

    def tasks():
        for number in range(20):
            taken.append(number)
            yield (str(number),)

    results = pool.each(eval, tasks(), pool.local(1))
    next(results)
    assert len(taken) <= 3
    results.close()


def test_no_scheduler_is_said(monkeypatch):
    monkeypatch.setattr(pool, "SECONDS_TO_CONNECT", 1)
    pytest.importorskip("distributed")
    with pytest.raises(UserError, match=r"no Dask scheduler answers at tcp://127\.0\.0\.1:9"):
        next(pool.each(eval, [("1",)], pool.cluster("tcp://127.0.0.1:9", lambda: "")))
