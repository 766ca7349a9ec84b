"""What students receive: up to date, without a line of the solution, and working where nothing of ours is installed."""

import ast
import io
import shutil
import subprocess
import sys
import venv
import zipfile
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pytest

from autograder.assignment import find
from autograder.grading import grade
from autograder.stubs import BEGIN, END
from release import handout

ROOT = Path(__file__).parent.parent.parent
MASTERS, HANDOUT, HONEST = ROOT / "solutions" / "cnn", ROOT / "assignments" / "cnn", ROOT / "tests" / "honest"
CNN = find("cnn")
STUBS = [part.file for part in CNN.parts]


@pytest.mark.skipif(sys.version_info < (3, 11), reason="the handout is made with the packages pinned for 3.11 and later")
def test_assignments_are_what_release_writes():
    written = {path.name: path.read_bytes() for path in HANDOUT.iterdir() if path.is_file()}
    released = handout.contents(CNN)
    assert set(written) == set(released)
    stale = [name for name in released if written[name] != released[name]]
    assert not stale, f"run `convgrade release`: {stale}"


def solution_lines(master):
    """Return the lines between the markers that say something."""
    marked, found = False, []
    for line in map(str.strip, master.splitlines()):
        if line in (BEGIN, END):
            marked = line == BEGIN
        elif marked and len(line) > 8:
            found.append(line)
    return found


@pytest.mark.parametrize("name", STUBS)
def test_no_line_of_the_solution_leaks(name):
    master, stub = (MASTERS / name).read_text(), (HANDOUT / name).read_text()
    assert solution_lines(master)
    assert [line for line in solution_lines(master) if line in stub] == []
    assert "SOLUTION" not in stub


def test_the_bundle_holds_neither_solution_nor_kernels():
    content = (HANDOUT / "check.pyz").read_bytes().decode("latin1")
    lines = {line for name in STUBS for line in solution_lines((MASTERS / name).read_text())}
    pair = "return value if isinstance(value, tuple) else (value, value)"
    ordinary = {"return total", pair, "for row in range(rows):", "for column in range(columns):", "import os"}
    ordinary |= {"with torch.no_grad():", "super().__init__()"}
    ordinary |= {"loss.backward()", "return history", "nn.Flatten(),"}  # sentences say these
    assert {line for line in lines if line in content} <= ordinary
    with zipfile.ZipFile(HANDOUT / "check.pyz") as archive:
        rooms = {name.split("/")[0] for name in archive.namelist()}
    assert not rooms & {"gpu", "kernels", "misconceptions"}


def test_a_bundle_that_python_can_import_from_is_no_package_without_a_name():
    """Notebooks put it on Python's path, where *.dist-info without its metadata ends importlib.metadata, and matplotlib."""
    with zipfile.ZipFile(io.BytesIO(handout.contents(CNN)["check.pyz"])) as archive:
        names = archive.namelist()
    assert [name for name in names if ".dist-info" in name] == [f"convgrade-{version('convgrade')}.dist-info/METADATA"]
    assert {"licences/click.txt", "licences/gradescope-utils.txt", "licences/tomli.txt"} <= set(names)


@pytest.mark.parametrize("name", STUBS)
def test_a_stub_keeps_signatures_docstrings_and_examples(name):
    def functions(path):
        tree = ast.parse(path.read_text())
        return {
            node.name: (ast.unparse(node.args), ast.get_docstring(node))
            for node in tree.body
            if isinstance(node, ast.FunctionDef)
        }

    stub, master = functions(HANDOUT / name), functions(MASTERS / name)
    assert stub and stub.items() <= master.items()
    assert all(">>> " in docstring for _, docstring in stub.values())
    assert (HANDOUT / name).read_text().count("raise NotImplementedError") == len(stub)


@pytest.mark.costly
def test_the_stubs_get_no_points():
    pytest.importorskip("torch")
    report = grade(HANDOUT, CNN)
    assert report.score == 0
    assert {outcome.verdict.value for outcome in report.outcomes} == {"not implemented"}


@pytest.mark.long
def test_the_masters_get_full_marks():
    pytest.importorskip("torch")
    report = grade(MASTERS, CNN)
    assert report.score == report.points == 100
    assert {outcome.verdict.value for outcome in report.outcomes} == {"passed"}


def test_the_readme_names_points_checks_and_what_to_hand_in():
    readme = (HANDOUT / "README.md").read_text()
    assert "| `convolution.py` | Convolution | 30 |" in readme
    assert "- 1.6 conv2d: stride and padding, each an integer or a pair, any padding value (hidden)" in readme
    assert all(name in readme for name in (*STUBS, "cifar10.pt", "python check.pyz"))


@pytest.fixture(scope="module")
def fresh(tmp_path_factory):
    """A Python with NumPy and nothing else, as on a student's machine."""
    folder = tmp_path_factory.mktemp("fresh")
    venv.create(folder)
    (packages,) = folder.glob("lib/python*/site-packages")
    for part in Path(np.__file__).parent.parent.glob("numpy*"):
        shutil.copytree(part, packages / part.name)
    return folder / "bin" / "python"


def check(python, folder, *arguments):
    command = [str(python), str(folder / "check.pyz"), *arguments]
    return subprocess.run(command, capture_output=True, text=True, cwd=folder, timeout=300)


@pytest.fixture
def homework(tmp_path):
    """The handout as a student has unpacked it."""
    return Path(shutil.copytree(HANDOUT, tmp_path / "homework"))


@pytest.mark.costly
def test_a_student_checks_stubs_at_home(fresh, homework):
    done = check(fresh, homework)
    assert done.returncode == 1, done.stderr
    assert "Start here: 1.1 output_size" in done.stdout
    assert "\nNot checked: 4.1 to 4.5\n    This needs the package torch, which is not installed here.\n" in done.stdout
    assert "What to look at" not in done.stdout
    assert "0 of 62 points" in done.stdout
    assert {path.name for path in homework.iterdir()} == {".check.json", *(path.name for path in HANDOUT.iterdir())}


@pytest.mark.costly
def test_a_student_checks_a_mistake_at_home(fresh, homework):
    shutil.copy(MASTERS / "pooling.py", homework)
    text = (MASTERS / "convolution.py").read_text()
    (homework / "convolution.py").write_text(text.replace("(window * kernel)", "(window * kernel[::-1, ::-1])"))
    done = check(fresh, homework)
    assert "Pooling  7 of 7" in done.stdout
    assert "Hint: This is what you get when the kernel is flipped." in done.stdout
    assert "expected 15, received 13" in " ".join(done.stdout.split())
    assert "1*1 + 2*1 + 5*0 + 6*2 = 15" in done.stdout


@pytest.mark.costly
def test_parts_1_to_3_need_no_torch(fresh, homework):
    for name in ("convolution.py", "pooling.py", "parameters.py"):
        shutil.copy(MASTERS / name, homework)
    done = check(fresh, homework)
    assert "32 of 62 points" in done.stdout


@pytest.mark.costly
def test_checking_another_folder_and_asking_for_help(fresh, homework, tmp_path):
    assert "there is no" in check(fresh, homework, "check", str(tmp_path / "nothing")).stderr
    assert "Check your homework" in check(fresh, homework, "--help").stdout


def test_the_bundle_is_found_by_no_import(fresh, homework):
    code = "import importlib.util as u; print([n for n in ('kernels', 'autograder', 'misconceptions') if u.find_spec(n)])"
    done = subprocess.run([str(fresh), "-c", code], capture_output=True, text=True, cwd=homework)
    assert done.stdout == "[]\n"
