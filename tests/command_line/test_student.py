"""check.pyz as students use it: one check at a time, what is new, hints on request, and a watch on what they save."""

import ast
import json
import os
import re
import select
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path

import click
import numpy as np
import pytest

from autograder import feedback
from autograder import part as parts
from autograder.assignment import find
from autograder.config import FILE
from autograder.grading import grade
from autograder.levels import Level
from autograder.report import advice, terminal
from autograder.sandbox.child import rules
from autograder.sandbox.host import Sandbox
from autograder.stubs import stub
from autograder.submission import take_in
from autograder.verdicts import Verdict
from command_line import checking, last_run
from command_line.sources import Sources
from release import handout as handouts
from release.bundle import bundle

SOLUTION = Path(__file__).parent.parent.parent / "solutions" / "cnn"
CNN = find("cnn")
PARTS = ("convolution.py", "pooling.py", "parameters.py")
FLIPPED = ("(window * kernel)", "(window * kernel[::-1, ::-1])")
runs = pytest.mark.sampled(3, family="a student's runs")
CHOICES = "the public checks are 1.1 to 1.4, 2.1, 2.2, 3.1 to 3.3, 4.1 to 4.5"


def unpack(folder, assigned):
    """Lay out what a student unpacks."""
    folder.mkdir()
    (folder / "check.pyz").write_bytes(bundle(assigned))
    for part in assigned.parts:
        (folder / part.file).write_text(stub((assigned.folder / part.file).read_text()))
    return folder


@pytest.fixture(scope="module")
def handout(tmp_path_factory):
    return unpack(tmp_path_factory.mktemp("handout") / "cnn", CNN)


@pytest.fixture
def homework(handout, tmp_path):
    return Path(shutil.copytree(handout, tmp_path / "homework"))


def check(folder, *words, cwd=None, **variables):
    command = [sys.executable, folder / "check.pyz", *words]
    env = os.environ | variables
    return subprocess.run(command, capture_output=True, text=True, timeout=300, cwd=cwd or folder, env=env)


def solve(folder, *names, change=("", "")):
    for name in names:
        (folder / name).write_text((SOLUTION / name).read_text().replace(*change))


def ran(folder):
    return set(json.loads((folder / last_run.FILE).read_text())["scores"])


def test_the_version(homework):
    done = check(homework, "--version")
    assert (done.returncode, done.stdout) == (0, f"convgrade {version('convgrade')}\n")


@pytest.mark.costly
def test_stubs_not_begun_are_one_line(homework):
    pytest.importorskip("torch")
    done = check(homework)
    assert done.returncode == 1
    start, parts, score = done.stdout.split("\n\n")
    line = (homework / "convolution.py").read_text().split("\n").index("    raise NotImplementedError") + 1
    assert start.split("\n") == [
        "Start here: 1.1 output_size: sizes that you can count by hand",
        f"            convolution.py line {line}: raise NotImplementedError",
    ]
    assert parts.endswith("\nNot started: 1.1 to 1.4, 2.1, 2.2, 3.1 to 3.3, 4.1 to 4.5")
    assert score.startswith("0 of 62 points\n")
    assert "To check on each save: `python check.pyz watch`." in " ".join(score.split())
    assert "watch" not in check(homework).stdout  # once


@pytest.mark.sampled(2)
@pytest.mark.parametrize(
    ("words", "numbers"),
    [
        (["1.2"], {"1.2"}),
        (["2.1", "1"], {"1.1", "1.2", "1.3", "1.4", "2.1"}),
        (["pooling.py"], {"2.1", "2.2"}),
        (["pooling.py", "3.2"], {"2.1", "2.2", "3.2"}),
    ],
)
def test_some_checks_alone(homework, words, numbers):
    done = check(homework, *words)
    assert done.returncode == 1 and ran(homework) == numbers
    assert f"{len(numbers)} of 14 public checks ran. `python check.pyz` runs all of them." in done.stdout
    assert "Hidden" not in done.stdout and f"Start here: {min(numbers)}" in done.stdout


@runs
def test_a_path_and_checks(homework, tmp_path):
    solve(homework, "pooling.py")
    done = check(homework, "check", "2.1", str(homework), cwd=tmp_path)
    assert done.returncode == 0 and ran(homework) == {"2.1"} and "3 of 3 points" in done.stdout
    (homework / last_run.FILE).unlink()
    done = check(homework, "homework/pooling.py", cwd=tmp_path)  # as an editor calls it
    assert done.returncode == 0 and "`python check.pyz` runs all of them." in done.stdout
    assert ran(homework) == {"2.1", "2.2"}
    (homework / last_run.FILE).unlink()
    assert check(homework, "2.1", cwd=tmp_path).returncode == 0  # beside check.pyz, wherever it is called
    assert ran(homework) == {"2.1"}


@runs
def test_a_folder_that_is_called_like_a_check(homework):
    (homework / "1.2").mkdir()
    assert check(homework, "1.2").returncode == 1 and ran(homework) == {"1.2"}
    done = check(homework, "./1.2")
    assert done.returncode == 2 and "1.2 has none of the files of the assignment cnn" in done.stderr
    done = check(homework, ".", cwd=homework / "1.2")
    assert done.returncode == 2 and done.stderr.splitlines()[-1].startswith("check.pyz: this folder has none of the files")


@pytest.mark.sampled(2)
@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["1.9"], f"there is no check, folder or file called 1.9; {CHOICES}"),
        (["wach"], f"there is no check, folder or file called wach; {CHOICES}"),
        (["1.5"], f"1.5 is a hidden check, which runs after you submit; {CHOICES}"),
        ([".", ".."], ". and .. are two folders: check one at a time"),
        (["1.2", "--hnit"], "No such option '--hnit'"),
        (["watch", "check.pyz"], "check.pyz is not a folder: watch needs one"),
    ],
)
def test_words_that_mean_nothing(homework, words, sentence):
    done = check(homework, *words)
    assert done.returncode == 2 and sentence in done.stderr and "Traceback" not in done.stderr
    assert not (homework / last_run.FILE).exists()


@runs
def test_what_is_new_since_the_last_run(homework):
    assert "Since the last run" not in check(homework, "1", "2").stdout
    solve(homework, "pooling.py")
    assert "Since the last run: gained 2.1 (+3), 2.2 (+4)\n" in check(homework, "2").stdout
    solve(homework, "convolution.py")
    solve(homework, "pooling.py", change=("np.median", "np.mean"))
    assert "Since the last run: gained 1.1 (+3); lost 2.2 (-1)\n" in check(homework, "1.1", "2").stdout
    assert "Since the last run" not in check(homework, "1.1", "2").stdout


def test_an_error_of_the_grader_s_own_is_not_lost(homework, monkeypatch, capsys):
    def check_public(*arguments):
        monkeypatch.setattr(sys, "argv", ["check.pyz", *arguments])
        return checking.check_public(("1.1",), CNN, homework, Level.WRONG, "python check.pyz")

    monkeypatch.setattr(parts.Part, "judge", lambda self, cases: {}["ours"])
    assert check_public() == 3
    said = capsys.readouterr().err
    assert "Send your instructor what `python check.pyz --debug` prints." in said and "KeyError" not in said
    assert check_public("--debug") == 3 and "KeyError: 'ours'" in capsys.readouterr().err


def test_what_could_not_run_loses_nothing(solution):
    report = grade(solution, CNN, public_only=True, only={"1.1", "1.2"})
    report.outcomes[0] = replace(report.outcomes[0], score=0.0, failure=feedback.Failure(Verdict.SKIPPED, "No package."))
    assert advice.scores(report) == {"1.2": 4.0}
    assert advice.changes_in_words(report, {"1.1": 3.0, "1.2": 3.0}) == "gained 1.2 (+1)"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\x00",
        b"[" * 90_000,
        b'{"assignment": "cnn"',
        b'{"assignment": "cnn", "scores": [1]}',
        b'{"assignment": "cnn", "scores": {"1.1": "3"}}',
        b'{"assignment": "cnn", "scores": {"1.1": NaN}}',
        b'{"assignment": "cnn", "scores": {"1.1": 1%s}}' % (b"0" * 5_000),
        b'{"assignment": "vision", "scores": {"1.1": 3}}',
        b'{"assignment": "cnn", "scores": {"1.1": 3}}' + b" " * last_run.MOST_BYTES,
    ],
    ids=["empty", "bytes", "deep", "torn", "a list", "a text", "NaN", "huge", "another assignment", "long"],
)
def test_a_damaged_memory_is_as_none(tmp_path, content):
    (tmp_path / last_run.FILE).write_bytes(content)
    assert last_run.read(tmp_path, "cnn") == {}


def test_a_memory_that_cannot_be_written_is_as_none(homework):
    (homework / last_run.FILE).mkdir()
    done = check(homework, "1.1")
    assert done.returncode == 1 and last_run.FILE not in done.stdout + done.stderr


def test_the_memory_is_never_handed_in(homework):
    last_run.write(homework, "cnn", {"1.1": 3.0})
    assert last_run.read(homework, "cnn") == {"1.1": 3.0}
    with Sandbox() as sandbox:
        names = {path.name for path in take_in(homework, sandbox).files}
    assert "convolution.py" in names and last_run.FILE not in names


@runs
def test_one_mistake_is_told_once(homework):
    solve(homework, "convolution.py", change=FLIPPED)
    done = check(homework, "1")
    told = done.stdout.split("What to look at")[1]
    assert "The same mistake explains 1.3 and 1.4." in told
    assert told.count("Hint: This is what you get when the kernel is flipped.") == 1 and "1.3 conv2d" not in told
    assert "1.3 conv2d" in check(homework, "1", "--show").stdout.split("What to look at")[1]
    assert "1.3 conv2d" in check(homework, "1.3").stdout.split("What to look at")[1]


@runs
def test_of_mistakes_that_fit_one_check_that_one_is_told_that_fits_the_others_too(homework):
    """On square images, to go down first and to swap rows and columns give the same."""
    convolution = (CNN.folder / "convolution.py").read_text()
    transposed = "\n\nright = conv2d\n\n\ndef conv2d(*arguments, **options):\n    return right(*arguments, **options).T\n"
    (homework / "convolution.py").write_text(convolution + transposed)
    told = check(homework, "1").stdout.split("What to look at")[1]
    assert "The same mistake explains 1.3 and 1.4." in told and told.count("Hint:") == 1
    assert "rows and columns of the result are swapped" in " ".join(told.split()) and "down first" not in told
    assert "down first" in check(homework, "1.2").stdout  # which cannot tell them apart


@runs
def test_what_is_said_of_several_checks_is_said_once(homework):
    (homework / "convolution.py").write_text("def f(:\n")
    (homework / "pooling.py").unlink()
    told = check(homework, "1", "2").stdout.split("What to look at")[1]
    assert told.count("The same goes for") == 2
    assert told.index("not valid Python") < told.index("The same goes for 1.2 to 1.4.") < told.index("2.1 pool2d")
    assert told.index("has no file called pooling.py") < told.index("The same goes for 2.2.")


@runs
def test_every_failure_shows_the_student_s_line(homework):
    functions = "def count_dense(*_, **__):\n    return 1 / 0\n\n\ndef count_conv(*_, **__):\n    return {}['key']\n"
    (homework / "parameters.py").write_text(functions)
    said = check(homework, "3").stdout
    assert "\n      parameters.py line 2: return 1 / 0\n" in said
    assert "\n      parameters.py line 6: return {}['key']\n" in said


@runs
def test_a_call_can_be_pasted_as_it_stands(homework):
    solve(homework, "convolution.py", change=FLIPPED)
    said = check(homework, "1.2").stdout
    (pasted,) = re.findall(r"^import numpy as np\n.*?(?=\n\n)", said, re.MULTILINE | re.DOTALL)
    done = subprocess.run([sys.executable, "-i"], input=pasted + "\n\n", capture_output=True, text=True, cwd=homework)
    assert "[13., 17., 21.]" in done.stdout, done.stderr  # as the report says that it received


@pytest.mark.costly
@runs
def test_a_note_stands_under_its_own_check(homework):
    solve(homework, "pooling.py", change=("np.median", "np.mean"))
    *_, check_line, goes_on, note = check(homework, "2").stdout.split("\n\nWhat to look at")[0].splitlines()
    assert "2.2" in check_line and goes_on.endswith("[wrong]") and "Right: max, min, average. Not yet: median." in note


@runs
def test_the_report_fits_into_80_columns(homework):
    long = f"{'a very long key ' * 8}"
    solve(homework, "convolution.py", change=FLIPPED)
    (homework / "parameters.py").write_text(f"def count_network(*_, **__):\n    return {{}}[{long!r}]\n")
    for variables, width in ({}, 80), ({"COLUMNS": "200"}, 80), ({"COLUMNS": "60"}, 60):
        said = check(homework, "1", "3", "--show", **variables).stdout
        assert width - 15 < max(map(len, said.splitlines())) <= width and "\x1b" not in said
    (call,) = re.findall(r"^from parameters import count_network\n.*?(?=\n\n)", said, re.MULTILINE | re.DOTALL)
    assert "bias=False" in ast.unparse(ast.parse(call))  # it is Python still


def test_a_table_that_is_too_wide_is_split(solution):
    solve(solution, "convolution.py", change=FLIPPED)
    report = grade(solution, CNN, public_only=True, only={"1.2"})
    (outcome,) = report.outcomes
    wide = feedback.grid("Image", -1000.5 - np.arange(28.0).reshape(2, 14), {(0, 0), (1, 13)})
    report.outcomes = [replace(outcome, failure=replace(outcome.failure, grids=[wide]))]
    said = click.unstyle(terminal.summary(report))
    assert max(map(len, said.splitlines())) <= 80
    assert re.findall("Image, columns (.*)", said) == ["0 to 7", "8 to 13"]
    cells = re.findall(r"\[?-1[0-9.]+\]?", said)
    assert sorted(cell.strip("[]") for cell in cells) == sorted(cell for row in wide.rows for cell in row)
    assert [cell for cell in cells if "[" in cell] == ["[-1000.5]", "[-1027.5]"]


@runs
def test_tables_that_belong_together_stand_beside_each_other(homework):
    solve(homework, "convolution.py", change=FLIPPED)
    lines = check(homework, "1.2").stdout.splitlines()
    start = next(line for line in lines if line.startswith("    Expected"))
    assert start.split() == ["Expected", "Received"]
    assert lines[lines.index(start) + 1].split() == ["[15][19][23]", "[13][17][21]"]


@pytest.fixture(scope="module")
def on_request(tmp_path_factory):
    """The homework of an instructor who lets students ask for hints."""
    leave_out = shutil.ignore_patterns("cifar10.pt", "wrong", "handout", "__pycache__")
    folder = Path(shutil.copytree(SOLUTION, tmp_path_factory.mktemp("own") / "cnn", ignore=leave_out))
    settings = (folder / FILE).read_text()
    (folder / FILE).write_text(settings.replace('hints = "at once"', 'hints = "on request"'))
    return find(folder)


@runs
def test_hints_come_in_levels(on_request, tmp_path):
    homework = unpack(tmp_path / "homework", on_request)
    solve(homework, "convolution.py", change=FLIPPED)
    mistake, numbers = "when the kernel is flipped", "1*1 + 2*1 + 5*0 + 6*2 = 15"
    name_it, show_it = (f"`python check.pyz 1.2 --{option}`" for option in ("hint", "show"))

    first = check(homework, "1").stdout
    assert "expected 15, received 13" in " ".join(first.split()) and f"{name_it} names the mistake." in first
    assert mistake not in first and numbers not in first and show_it not in first and "Received" not in first
    second = check(homework, "1.2", "--hint").stdout
    assert mistake in second and f"{show_it} shows the numbers." in second and numbers not in second
    third = check(homework, "1.2", "--show").stdout
    assert mistake in third and numbers in third and "Received" in third and "--" not in third.split("What to look at")[1]
    assert check(homework, "--show", "1.2").stdout == third


def test_the_handout_promises_what_the_checks_show(on_request):
    promised = " ".join(handouts.contents(on_request)["README.md"].decode().split())
    assert "With `--hint` it often names the mistake that causes it" in promised
    promised = " ".join(handouts.contents(CNN)["README.md"].decode().split())
    assert "and often names the mistake that causes it" in promised and "--hint" not in promised


@pytest.mark.costly
@runs
def test_a_page_about_checks_that_passed_promises_no_failures(homework):
    solve(homework, "pooling.py")
    said = check(homework, "2", "--page", homework / "check.html").stdout
    assert f"The result as a page for your browser: {homework / 'check.html'}" in said and "Failed checks" not in said


@runs
def test_a_page_shows_as_much_as_was_asked_for(on_request, tmp_path):
    homework = unpack(tmp_path / "homework", on_request)
    solve(homework, "convolution.py", change=FLIPPED)
    page = tmp_path / "pages" / "check.html"
    pages = {}
    for option in ("--hint", "--show", ""):
        done = check(homework, "1", "--page", page, *filter(None, [option]))
        assert done.returncode == 1 and f"Failed checks as a page for your browser: {page}" in done.stdout
        pages[option] = page.read_text("utf-8")
    mistake = "when the kernel is flipped"
    assert {option: (mistake in text, "application/json" in text) for option, text in pages.items()} == {
        "": (False, False),
        "--hint": (True, False),
        "--show": (True, True),
    }
    assert "`python check.pyz 1.2 --hint` names the mistake." in pages[""]
    assert "The same mistake explains 1.3 and 1.4." in pages["--show"] and "1.3 conv2d" not in pages["--show"]
    done = check(homework, "1", "--page", homework / "pooling.py" / "check.html")
    assert done.returncode == 2 and "choose another folder with --page" in done.stderr.lower()


@pytest.mark.costly
@runs
def test_gradescope_shows_what_the_instructor_chose(on_request, solution):
    solve(solution, "convolution.py", change=FLIPPED)
    mistake = "when the kernel is flipped"
    shown = {each["number"]: each["output"] for each in grade(solution, on_request, seed="s").document["tests"]}
    assert "python check.pyz 1.2 --hint" in shown["1.2"] and mistake not in shown["1.2"] and "Received" not in shown["1.2"]
    assert mistake in shown["1.6"] and "--hint" not in shown["1.6"]  # nobody can ask for a hidden one's
    kept = {each["number"]: each["extra_data"] for each in grade(solution, on_request, seed="s").document["tests"]}
    assert kept["1.2"]["failure"]["misconception"]  # for the class's page


def module(folder, name, text):
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    return path


@pytest.mark.sampled(3)
@pytest.mark.parametrize(
    ("files", "changed", "reaches"),
    [
        ({"pooling.py": ""}, "pooling.py", True),
        ({"pooling.py": "import helper", "helper.py": ""}, "helper.py", True),
        ({"pooling.py": "# helper", "helper.py": ""}, "helper.py", False),
        ({"pooling.py": "import a", "a.py": "from b import *", "b.py": "import a"}, "b.py", True),
        (
            {"pooling.py": "from tools import windows", "tools/__init__.py": "", "tools/windows.py": ""},
            "tools/windows.py",
            True,
        ),
        ({"pooling.py": "import tools", "tools/__init__.py": "from .x import y", "tools/x.py": ""}, "tools/x.py", True),
        ({"pooling.py": "import importlib as i\ni.import_module('tools.x')", "tools/x.py": ""}, "tools/x.py", True),
        ({"pooling.py": "import helper\ndef f(:", "helper.py": ""}, "helper.py", False),
        ({"pooling.py": "import os", "helper.py": "import pooling"}, "helper.py", False),
    ],
)
def test_which_part_a_helper_belongs_to(tmp_path, files, changed, reaches):
    for name, text in files.items():
        module(tmp_path, name, text)
    sources = Sources(tmp_path, [])
    assert sources.changed() == set()
    with (tmp_path / changed).open("a") as file:
        file.write("\n")
    assert sources.changed() == {tmp_path / changed}
    assert sources.reach("pooling.py", {tmp_path / changed}) is reaches
    (tmp_path / changed).unlink()
    assert sources.changed() == {tmp_path / changed}
    assert sources.reach("pooling.py", {tmp_path / changed}) is reaches


@pytest.mark.costly
def test_an_environment_beside_the_homework_is_left_alone(homework):
    environment = homework / "env"
    module(homework, "env/numbers.py", "")
    (environment / rules.ENVIRONMENT).touch()
    for number in range(rules.MOST_FILES):
        (environment / f"{number}.py").touch()
    sources = Sources(homework, [])
    (environment / "numbers.py").write_text("1")
    assert sources.changed() == set()
    done = check(homework, "1.1")
    assert done.returncode == 1 and "Not started: 1.1" in done.stdout


def test_a_watch_does_not_look_through_a_folder_of_everything(homework):
    for number in range(rules.MOST_FILES):
        (homework / f"{number}.txt").touch()
    done = check(homework, "watch")
    assert done.returncode == 2 and f"there are more than {rules.MOST_FILES} files in {homework}" in done.stderr


class Watching:
    """A watch in a terminal of its own."""

    def __init__(self, folder):
        ours, theirs = os.openpty()
        command = [sys.executable, folder / "check.pyz", "watch"]
        self.process = subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, cwd=folder)
        os.close(theirs)
        self.terminal, self.said = ours, ""

    def until(self, text):
        """Read until this text comes, and return all that came before it."""
        deadline = time.monotonic() + 120
        while text not in self.said:
            assert time.monotonic() < deadline, f"{text!r} does not come, but {self.said[-2000:]!r}"
            if select.select([self.terminal], [], [], 1)[0]:
                self.said += os.read(self.terminal, 65536).decode().replace("\r\n", "\n")
        before, _, self.said = self.said.partition(text)
        return before


@pytest.fixture
def watching(homework):
    watch = Watching(homework)
    yield watch
    watch.process.kill()
    watch.process.wait()
    os.close(watch.terminal)


def rename(path, text):
    """Save as many editors do."""
    path.with_suffix(".new").write_text(text)
    path.with_suffix(".new").replace(path)


@runs
def test_a_watch_runs_what_is_saved_and_moves_on(homework, watching):
    waits = "Waiting for you to save; Ctrl-C ends.\n"
    assert "\x1b[2J" in watching.until("Start here: 1.1") and "4.1" not in watching.until(waits)
    rename(homework / "convolution.py", (SOLUTION / "convolution.py").read_text())
    watching.until("convolution.py: 15 of 15 points, gained 1.1 (+3)")
    assert "2.2" not in watching.until("Start here: 2.1")
    assert "15 of 62 points so far." in watching.until(waits)

    (homework / "parameters.py").write_text("def f(:\n")  # what is saved runs, not what is next
    assert "parameters.py is not valid Python" in watching.until(waits)
    (homework / "helper.py").write_text("LEAST = 1\n")
    solve(homework, "pooling.py")
    with (homework / "pooling.py").open("a") as file:
        file.write("\nimport helper\n")
    watching.until("pooling.py: 7 of 7 points")
    watching.until("parameters.py: 0 of 10 points")
    watching.until(waits)
    (homework / "helper.py").write_text("raise ValueError('broken')\n")
    assert "pooling.py raised ValueError: broken" in watching.until(waits)
    (homework / "pooling.py").unlink()
    assert "has no file called pooling.py" in watching.until(waits)
    solve(homework, "pooling.py")
    watching.until("pooling.py: 7 of 7 points, gained 2.1 (+3), 2.2 (+4)")
    watching.process.send_signal(signal.SIGINT)
    assert watching.process.wait(60) == 130


@runs
def test_what_is_saved_while_the_checks_run_runs_again(homework, watching):
    watching.until("Waiting for you to save")
    slow = "import time\n\n\ndef pool2d(*_, **__):\n    time.sleep(0.1)\n    return 0\n"
    (homework / "pooling.py").write_text(slow)
    watching.until("50%")  # of two checks
    solve(homework, "pooling.py")
    watching.until("pooling.py: 0 of 7 points")
    watching.until("pooling.py: 7 of 7 points")
    watching.until("Start here: 1.1")
