"""check.pyz starts on any Python, and what it says arrives, whatever the output can write."""

import ast
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from autograder.assignment import find
from command_line import start_check
from release import bundle

CNN, HONEST = find("cnn"), Path(__file__).parent.parent / "honest"
TOO_OLD = ("2.7", "3.6", "3.7", "3.8", "3.9")
PARTS = ("convolution.py", "pooling.py", "parameters.py")


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    file = tmp_path_factory.mktemp("archive") / "check.pyz"
    file.write_bytes(bundle.bundle(CNN))
    return file


@pytest.fixture
def homework(archive, tmp_path):
    """The solution of parts 1 to 3 beside check.pyz."""
    for name in PARTS:
        shutil.copy(CNN.folder / name, tmp_path)
    shutil.copy(archive, tmp_path)
    return tmp_path


def check(folder, *words, python=sys.executable, options=(), **environment):
    command = [str(python), *options, str(folder / "check.pyz"), *words]
    return subprocess.run(command, capture_output=True, cwd=folder, timeout=300, env={**os.environ, **environment})


def interpreter(version):
    """Return a Python of this version: on the path, or as pyenv lays them out; None if there is none."""
    versions = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"), "versions")
    found = [str(path) for path in versions.glob(f"{version}.*/bin/python{version}")]
    found += filter(None, [shutil.which(f"python{version}")])
    works = (path for path in found if subprocess.run([path, "-c", ""], capture_output=True).returncode == 0)
    return next(works, None)


@pytest.mark.parametrize("version", TOO_OLD)
def test_an_old_python_says_which_one_is_needed(archive, version):
    python = interpreter(version) or pytest.skip(f"there is no Python {version} here")
    done = check(archive.parent, python=python)
    assert done.returncode == 2 and not done.stdout
    (sentence,) = done.stderr.decode().splitlines()
    assert sentence.startswith(f"check.pyz: this is Python {version}, but the checks need Python 3.10 or newer: ")


def test_what_an_old_python_reads_is_written_for_it(monkeypatch):
    source = Path(start_check.__file__).read_bytes()
    ast.parse(source.decode("ascii"), feature_version=(3, 4))  # the oldest that is known
    monkeypatch.setattr(sys, "version_info", (3, 9, 18, "final", 0))
    assert start_check.obstacle().startswith("this is Python 3.9, but the checks need Python 3.10 or newer")


def test_without_numpy_the_command_that_installs_it_is_shown(archive):
    done = check(archive.parent, options=["-S"])
    assert done.returncode == 2 and not done.stdout
    (sentence,) = done.stderr.decode().splitlines()
    assert (
        sentence.startswith("check.pyz: NumPy is not installed") and f'"{sys.executable}" -m pip install numpy' in sentence
    )


def test_a_numpy_that_cannot_be_imported_is_to_be_installed_again(homework, tmp_path):
    (tmp_path / "broken" / "numpy").mkdir(parents=True)
    (tmp_path / "broken" / "numpy" / "__init__.py").write_text("raise ImportError('a long text\\nof many lines')")
    done = check(homework, PYTHONPATH=str(tmp_path / "broken"))
    assert done.returncode == 2 and b"Traceback" not in done.stderr
    assert b"NumPy cannot be imported (ImportError): reinstall it" in done.stderr


@pytest.mark.costly
@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "utf-8"])
def test_a_character_that_the_output_cannot_write_stops_nothing(homework, encoding):
    (homework / "pooling.py").write_text(
        "def pool2d(*_, **__):\n    print('1 ≠ 2')\n    raise ValueError('2 ≠ 3')\n", "utf-8"
    )
    done = check(homework, PYTHONIOENCODING=encoding)
    assert done.returncode == 1, done.stderr
    sign = "?" if encoding == "cp1252" else "≠"  # click writes UTF-8 in place of ASCII
    assert f"pool2d raised ValueError: 2 {sign} 3" in done.stdout.decode("utf-8")


@pytest.mark.costly
@pytest.mark.skipif(os.name == "nt", reason="needs a shell")
@pytest.mark.parametrize("closed", ["exec >&-", "exec 2>&-", "exec >/dev/full"])
def test_an_output_that_takes_nothing_leaves_no_traceback(homework, closed):
    command = ["sh", "-c", f'{closed}; exec "$0" "$1"', sys.executable, str(homework / "check.pyz")]
    done = subprocess.run(command, capture_output=True, text=True, cwd=homework, timeout=300)
    assert "Traceback" not in done.stderr and "internal error" not in done.stderr


@pytest.mark.costly
def test_a_reader_that_has_seen_enough_is_not_an_error(homework):
    reading, writing = os.pipe()
    os.close(reading)
    with open(writing, "wb") as output:
        command = [sys.executable, str(homework / "check.pyz")]
        done = subprocess.run(command, stdout=output, stderr=subprocess.PIPE, text=True, cwd=homework, timeout=300)
    assert "Traceback" not in done.stderr and "error" not in done.stderr


@pytest.mark.slow
def test_a_damaged_data_set_is_said_after_all_that_can_be_checked(homework, monkeypatch):
    pytest.importorskip("torch")
    monkeypatch.delenv("CONVGRADE_DATA", raising=False)
    for name in ("cifar10.py", "cifar10.pt"):
        shutil.copy(HONEST / name, homework)
    (homework / "cifar10").mkdir()
    (homework / "cifar10" / "test_images.npy").write_text("a page that says: not found")
    done = check(homework, "1.1", "4.3")
    assert done.returncode == 2, done.stderr
    said = " ".join(done.stdout.decode().split())
    assert "ok 1.1 3/3" in said and "python check.pyz data fetch cifar10" in said


@pytest.mark.costly
@pytest.mark.parametrize("encoding", ["latin-1", "utf-16"])
def test_a_source_file_in_another_encoding_is_said_so(homework, encoding):
    (homework / "pooling.py").write_text("def pool2d(*_, **__):\n    return 'Größe'\n", encoding=encoding)
    done = check(homework)
    assert done.returncode == 1
    assert "pooling.py is not saved as UTF-8" in done.stdout.decode()
    assert "15 of 15" in done.stdout.decode()
