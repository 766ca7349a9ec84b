"""The pool: every task is told of once, whatever becomes of the process that did it."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from concurrent.futures import BrokenExecutor
from functools import partial

import psutil
import pytest

from autograder.sandbox import machine
from batch.grading import pool
from common.errors import UserError
from tests.conftest import ROOT

pytestmark = pytest.mark.sampled(3)

DIES = "__import__('os')._exit(9)"


def done(*tasks, jobs=2):
    """Return what became of expressions, by expression."""
    return [(task, result) for task, result in pool.each(eval, tasks, pool.local(jobs))]


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
        "from batch.grading import pool\n"
        "def tasks():\n    yield \"__import__('os').getpid()\"\n    yield '__import__(\"time\").sleep(300)'\n"
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
            yield str(number)

    results = pool.each(eval, tasks(), pool.local(1))
    next(results)
    assert len(taken) <= 3
    results.close()


@pytest.fixture
def silent():
    """The address of a port that takes connections and never says a word, as no scheduler does."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"127.0.0.1:{server.getsockname()[1]}"


NO_ADDRESSES = ("tcp://127.0.0.1:9", "tcp://{silent}", "nonsense", "", "tcp://", "http://{silent}", "file:/nowhere",
                "file:/", "file:{text}", "tls://{silent}", "inproc://x", "tcp://[::1")  # fmt: skip


@pytest.mark.parametrize("address", NO_ADDRESSES)
def test_an_address_without_a_scheduler_is_reported(monkeypatch, silent, tmp_path, address):
    pytest.importorskip("distributed")
    monkeypatch.setattr(pool, "SECONDS_TO_CONNECT", 0.5)
    (tmp_path / "text").write_text("not a scheduler file")
    address = address.format(silent=silent, text=tmp_path / "text")
    with pytest.raises(UserError) as refused:
        next(on_cluster(address, "1"))
    assert str(refused.value).startswith(f"no Dask scheduler answers at {address!r}: give its address")


@pytest.fixture
def dask(tmp_path):
    """Return a function that starts `dask scheduler` or `dask worker`, and where the scheduler is."""
    pytest.importorskip("distributed")
    file, started = tmp_path / "scheduler.json", []

    def start(kind, *options, **environment):
        command = [sys.executable, "-m", "dask", kind, "--no-dashboard", "--scheduler-file", str(file), *options]
        environment = os.environ | {"PYTHONPATH": str(ROOT)} | environment
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        started.append(subprocess.Popen(command, cwd=tmp_path, env=environment, **quiet))
        deadline = time.monotonic() + 600
        while not file.exists() and time.monotonic() < deadline:
            time.sleep(0.05)
        return started[-1]

    yield start, f"file:{file}"
    for process in started:
        process.kill()
        process.wait()


WORKER = ("worker", "--no-nanny", "--nthreads", "1", "--memory-limit", "0")
REQUIRE_ABLE = partial(exec, "import common.errors, os\nif 'UNABLE' in os.environ: raise common.errors.UserError('unable')")
WAIT = "__import__('time').sleep(0.2)"


def on_cluster(address, *tasks):
    """Yield what becomes of expressions."""
    return pool.each(eval, tasks, pool.cluster(address, REQUIRE_ABLE))


def begun(address, *tasks):
    """Return what comes after the first expression, which is done as soon as there is a worker."""
    deadline = time.monotonic() + 600
    while True:
        results = on_cluster(address, *tasks)
        try:
            next(results)
            return results
        except UserError as error:
            if "has no workers yet" not in str(error) or time.monotonic() > deadline:
                raise


def test_a_cluster_loses_workers_and_gets_others(dask, monkeypatch):
    start, address = dask
    monkeypatch.setattr(pool, "SECONDS_TO_LOOK", 0.2)
    start("scheduler", "--host", "127.0.0.1", "--port", "0")
    first = start(*WORKER)
    results = begun(address, *[WAIT] * 20, "1 + 1")
    first.kill()
    second = start(*WORKER)
    assert Counter(result for _, result in results) == {None: 19, 2: 1}  # in whatever order they end
    results = begun(address, *[WAIT] * 20)
    second.kill()
    start(*WORKER, UNABLE="1")  # nobody asked this one before the run
    assert any(isinstance(result, UserError) and str(result) == "unable" for _, result in results)
    with pytest.raises(UserError, match="unable"):
        next(on_cluster(address, "1"))


# A client of Dask's that has lost its scheduler leaves coroutines to the garbage collection.
@pytest.mark.costly
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_cluster_that_is_gone_is_reported_in_a_sentence(dask, monkeypatch, capfd):
    start, address = dask
    monkeypatch.setattr(pool, "SECONDS_TO_LOOK", 0.2)
    scheduler = start("scheduler", "--host", "127.0.0.1", "--port", "0")
    worker = start(*WORKER)
    results = begun(address, *[WAIT] * 20)
    worker.kill()
    monkeypatch.setattr(pool, "SECONDS_WITHOUT_WORKERS", 1)
    with pytest.raises(UserError, match=r"has lost all its workers; everything finished so far is saved\. Start others"):
        list(results)
    start(*WORKER)
    results = begun(address, *[WAIT] * 20)
    scheduler.kill()
    with pytest.raises(
        UserError, match=r"the scheduler at file:.* is gone; everything finished so far is saved\. Start it again"
    ):
        list(results)
    assert capfd.readouterr().err == ""
