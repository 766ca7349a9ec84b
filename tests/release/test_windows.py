"""check.pyz on Windows: by its real Python, under Wine."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from autograder.assignment import find
from autograder.verdicts import Verdict
from autograder.wrong_programs import RIGHT, programs
from release import handout
from tests import windows

CNN = find("cnn")
PARTS = ("convolution.py", "pooling.py", "parameters.py")
GRADE = Path(__file__).parent / "grade_folders.py"
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def here():
    """Windows' Python, and its services."""
    python = windows.python(windows.PYTHON)
    windows.start_wine()
    return python


@pytest.fixture
def homework(tmp_path):
    """The handout, with nothing written yet."""
    for name, content in handout.contents(CNN).items():
        if name.endswith((".py", ".pyz")):
            (tmp_path / name).write_bytes(content)
    return tmp_path


def on_linux(*arguments, cwd):
    """Run this Python as Windows' one is run."""
    command = [sys.executable, *map(str, arguments)]
    environment = {**os.environ, "PYTHONIOENCODING": "cp1252"}
    return subprocess.run(command, capture_output=True, encoding="cp1252", cwd=cwd, env=environment, timeout=1_800)


def test_windows_says_what_linux_says(here, homework):
    """Nothing written, all right, and a mistake whose text no pipe of Windows can carry."""
    shutil.copy(CNN.folder / "convolution.py", homework)
    (homework / "pooling.py").write_text(
        "def pool2d(*_, **__):\n    print('one')\n    raise ValueError('1 ≠ 2')\n", "utf-8"
    )
    done = windows.run(here, "check.pyz", "1", "2", "3", cwd=homework)
    (homework / ".check.json").unlink()
    expected = on_linux("check.pyz", "1", "2", "3", cwd=homework)
    assert done.returncode == expected.returncode == 1, done.stderr
    assert "ValueError: 1 ? 2" in done.stdout and "15 of 15" in done.stdout
    assert done.stdout == expected.stdout


def test_the_solution_passes_and_wrong_programs_get_the_verdicts_of_linux(here, homework, tmp_path_factory):
    folders = tmp_path_factory.mktemp("folders")
    expected = {"solution": {}, "stubs": dict.fromkeys(("1.1", "1.2", "1.3", "1.4"), Verdict.NOT_IMPLEMENTED)}
    shutil.copytree(homework, folders / "stubs")
    for program in programs(CNN.folder):
        # Windows bounds no worker's memory.
        if program.file == PARTS[0] and Verdict.OUT_OF_MEMORY not in program.verdicts.values():
            expected[program.name] = program.verdicts
            (folders / program.name).mkdir()
            shutil.copy(CNN.folder / program.file, folders / program.name / f"{RIGHT}{program.file}")
            shutil.copy(program.path, folders / program.name / program.file)
    (folders / "solution").mkdir()
    shutil.copy(CNN.folder / PARTS[0], folders / "solution")
    arguments = GRADE, homework / "check.pyz", folders, 1
    done = windows.run(here, *arguments, cwd=homework)
    assert done.returncode == 0, done.stderr
    assert not done.stderr.strip()
    found, linux = json.loads(done.stdout), json.loads(on_linux(*arguments, cwd=homework).stdout)
    assert len(found) > 20
    verdicts = {name: {number: verdict for number, (verdict, _) in checks.items()} for name, checks in found.items()}
    assert verdicts == {
        name: {number: expected[name].get(number, Verdict.PASSED).value for number in checks}
        for name, checks in verdicts.items()
    }
    assert found == linux  # the hints, too


def test_an_old_python_of_windows_says_which_one_is_needed(here, homework):
    done = windows.run(windows.python(windows.OLD_PYTHON), "check.pyz", cwd=homework)
    assert done.returncode == 2 and not done.stdout
    assert done.stderr.startswith("check.pyz: this is Python 3.8, but the checks need Python 3.10 or newer")
    assert len(done.stderr.splitlines()) == 1
