"""Scratch folders: gone when their process is, however that ended, and nobody else's is touched."""

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from common.scratch import PREFIX, Scratch
from tests.conftest import ROOT

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows has no locks that end with a process")
MAKES_ONE = "import sys; from common.scratch import Scratch; one = Scratch(); print(one.path, flush=True); sys.stdin.read()"


@pytest.fixture(autouse=True)
def temporary(tmp_path, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", None)
    return tmp_path


@pytest.fixture
def other():
    """Another process that has a scratch folder, with something in it, and its path."""
    process = subprocess.Popen(
        [sys.executable, "-c", MAKES_ONE], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdin and process.stdout
    folder = Path(process.stdout.readline().strip())
    (folder / "submission").mkdir()
    (folder / "submission" / "convolution.py").write_text("x")
    yield process, folder
    process.kill()
    process.communicate()


def test_it_is_there_as_long_as_it_is_open(temporary):
    with Scratch() as folder:
        assert folder.parent == temporary and folder.stat().st_mode & 0o777 == 0o755
        (folder / "deep").mkdir()
        (folder / "deep" / "file").write_text("x")
    assert not list(temporary.iterdir())


def test_a_folder_that_cannot_be_removed_stops_nobody(monkeypatch):
    scratch = Scratch()
    monkeypatch.setattr("common.scratch.shutil.rmtree", lambda *_, **__: None)  # on Windows, a file is still in use
    monkeypatch.setenv("PATH", "")  # there is no rm
    scratch.close()
    assert scratch.path.is_dir()


def test_what_a_killed_process_leaves_behind_is_removed_by_the_next_one(temporary, other):
    process, folder = other
    with Scratch():
        assert (folder / "submission" / "convolution.py").is_file()  # it lives
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert folder.is_dir()
    with Scratch() as own:
        assert list(temporary.iterdir()) == [own]


def test_a_stopped_process_keeps_its_folder(other):
    process, folder = other
    process.send_signal(signal.SIGSTOP)
    with Scratch():
        assert (folder / "submission").is_dir()
    process.send_signal(signal.SIGCONT)


def test_what_is_not_ours_is_not_touched(temporary, tmp_path_factory):
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (elsewhere / "precious").write_text("x")
    (temporary / f"{PREFIX}link").symlink_to(elsewhere)
    (temporary / f"{PREFIX}file").write_text("x")
    (temporary / "convgrade-ffffffff-of_another_machine").mkdir()
    (temporary / f"new-{PREFIX}not_locked_yet").mkdir()
    (temporary / f"{PREFIX}of_another_user").mkdir()
    kept = {path.name for path in temporary.iterdir()}
    if os.geteuid():
        kept.remove(f"{PREFIX}of_another_user")  # nobody but root can give a folder away
    else:
        os.chown(temporary / f"{PREFIX}of_another_user", 12_345, 12_345)
    with Scratch():
        pass
    assert {path.name for path in temporary.iterdir()} == kept and (elsewhere / "precious").is_file()


def test_many_at_once_never_take_each_other_for_dead():
    lines = (
        "from common.scratch import Scratch\nfor _ in range(100):\n    with Scratch() as one: (one / 'x').write_text('x')"
    )
    processes = [subprocess.Popen([sys.executable, "-c", lines], cwd=ROOT) for _ in range(4)]
    assert [process.wait() for process in processes] == [0] * 4


@pytest.mark.costly
@pytest.mark.skipif(sys.platform != "linux", reason="only Linux shows the processes there")
def test_a_grader_that_is_killed_leaves_nothing_for_ever(temporary, tmp_path_factory):
    work, out = tmp_path_factory.mktemp("work"), tmp_path_factory.mktemp("out")
    (work / "convolution.py").write_text("def output_size(*arguments, **options):\n    while True:\n        pass\n")
    command = [sys.executable, "-m", "command_line", "grade", work, "--out", out]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as grader:
        while not (list(temporary.glob("*/submission/convolution.py")) and _workers(temporary)):
            assert grader.poll() is None
            time.sleep(0.05)
        grader.kill()
    for _ in range(2_400):
        if not _workers(temporary):
            break
        time.sleep(0.05)
    assert not _workers(temporary) and list(temporary.iterdir())
    (work / "convolution.py").write_text("def output_size(*arguments, **options):\n    return 0\n")
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert not list(temporary.iterdir())


def _workers(temporary):
    """Return the processes that run what lies in a scratch folder."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):  # it has ended meanwhile
            if str(temporary / PREFIX).encode() in path.read_bytes():
                found.append(path.parent.name)
    return found
