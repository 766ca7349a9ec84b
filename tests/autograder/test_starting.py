"""Workers as they start where the system cannot fork, or makes no links: on macOS and on Windows."""

import os
from types import SimpleNamespace

import psutil
import pytest

from autograder.sandbox import machine, template
from autograder.sandbox.host import Sandbox
from autograder.sandbox.limits import Limits


@pytest.fixture
def no_template(monkeypatch):
    """No worker is started by an earlier test's template, nor a later one's by this test's."""
    template.close_all()
    yield
    template.close_all()


@pytest.fixture
def cannot_fork(no_template, monkeypatch):
    monkeypatch.setattr(template, "CAN_FORK", False)


@pytest.fixture
def start():
    """A function that starts a worker with some code."""
    with Sandbox(strict=False) as sandbox:

        def start(code, name="homework"):
            file = sandbox.submission / f"{name}.py"
            file.write_text(code)
            return sandbox.worker(file, Limits(call_seconds=5))

        start.sandbox = sandbox
        yield start


@pytest.mark.costly
def test_workers_that_are_started_ahead_are_taken_and_the_others_end_with_the_template(cannot_fork, start):
    prepared = Limits().template()
    prepared.start_ahead(3)
    ahead = [psutil.Process(alone._process.pid) for alone in prepared._ahead]
    workers = [start("import numpy, os\ndef number(): return os.getpid()", name) for name in ("one", "two")]
    assert [worker.call("number").result for worker in workers] == [process.pid for process in ahead[:2]]
    assert "packages by list" not in start.sandbox.missing_layers  # the second one finds the first one's links
    template.close_all()
    assert not psutil.wait_procs(ahead[2:], 10)[1]


@pytest.mark.costly
def test_a_worker_on_its_own_ends_with_what_it_has_started(cannot_fork, start):
    start.sandbox.without = ["system calls by list", "resource limits"]  # it can start what it likes
    worker = start("import ctypes, time\ndef go(): return ctypes.CDLL(None).fork() or time.sleep(60)")
    child = psutil.Process(worker.call("go").result)
    worker.stop()
    assert not psutil.wait_procs([child], 10)[1]


def test_one_that_has_died_while_nobody_needed_it_is_said_so(cannot_fork, start):
    prepared = Limits().template()
    prepared.start_ahead(1)
    prepared._ahead[0]._process.kill()
    prepared._ahead[0]._process.wait()
    with pytest.raises(RuntimeError, match="the sandbox worker did not start"):
        start("def go(): return 1").call("go")


@pytest.mark.parametrize(
    "instead, reason",
    [
        ("def refuse(*_, **__): raise OSError('no links here')", "no links here"),
        ("def refuse(*_, **__): pass", "no link is made"),
    ],
)
def test_where_no_links_are_made_packages_go_by_name(no_template, monkeypatch, start, instead, reason):
    """As on Windows, where only administrators make links, and under Wine, which says that it does."""
    original = template.pkgutil.get_data

    def without_links(package, name):
        content = original(package, name)
        return (
            content.replace(b"os.symlink(", b"refuse(") + f"\n\n{instead}\n".encode() if name == "packages.py" else content
        )

    monkeypatch.setattr(template.pkgutil, "get_data", without_links)
    worker = start("import numpy.linalg\ndef go(): return float(numpy.linalg.norm([3, 4]))\ndef other(): import click")
    assert worker.call("go").result == 5
    assert "imports click, which this part does not allow" in worker.call("other").sentence
    assert reason in start.sandbox.missing_layers["packages by list"]


def test_lines_that_windows_prints_end_as_everywhere(start):
    assert start("import sys\ndef go(): sys.stdout.write('one\\r\\ntwo\\r\\n')").call("go").printed == "one\ntwo\n"


def test_the_scratch_folder_is_measured_where_no_blocks_are_counted(monkeypatch, tmp_path):
    (tmp_path / "large").write_bytes(b"x" * 10_000)
    monkeypatch.setattr(machine.os, "lstat", lambda path: SimpleNamespace(st_size=os.path.getsize(path)))
    assert machine.holds_more_than(tmp_path, 9_999, 5) and not machine.holds_more_than(tmp_path, 10_000, 5)
