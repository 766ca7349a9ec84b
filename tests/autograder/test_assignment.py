"""An assignment is a folder, wherever it lies: what it holds is loaded, graded and held to what it says."""

import pickle
import shutil
import subprocess
import sys
import zipfile

import pytest

from autograder import expected_answers
from autograder.assignment import SOLUTIONS, find, folder_of, load
from autograder.grading import grade
from autograder.verdicts import UserError
from release import bundle, handout
from tests.conftest import ROOT

CONFIG = """
title = "Shapes"
hidden_checks_show = "hidden"
seconds = 60

[parts.shapes]
file = "shapes.py"
title = "Shapes"
allowed = ["numpy"]
call_seconds = 10
part_seconds = 30
memory_mb = 512
[parts.shapes.settings]
corners = 4

[checks]
"1.1" = { points = 4, public = true }
"1.2" = { points = 6 }
"""
CHECKS = '''
from dataclasses import dataclass

from autograder.authoring import Part, number


@dataclass(frozen=True)
class Settings:
    corners: int = 3


class Shapes(Part):
    Settings = Settings

    @number("1.1")
    def test_square(self):
        """describe: a square"""
        self.require(self.case("describe", [2.0] * self.settings.corners))

    @number("1.2")
    def test_any(self):
        """describe: any shape"""
        self.require(*self.draw(lambda: [self.case("describe", [float(self.between(1, 9)) for _ in range(3)])]))
'''
MASTER = '''
def describe(sides):
    """Describe a shape.

    >>> describe([1.0, 1.0])["longest"]
    1.0
    """
    # BEGIN SOLUTION
    return {"sides": [(place, side) for place, side in enumerate(sides)], "around": sum(sides), "longest": max(sides)}
    # END SOLUTION
'''
WRONG = '''"""shapes.py
1.2: wrong
says: In answer['around']
"""
from right_shapes import describe as right


def describe(sides):
    return {**right(sides), "around": 4 * sides[0]}
'''


@pytest.fixture
def folder(tmp_path):
    """A small assignment whose answers are nested, and whose master is the reference."""
    files = {"assignment.toml": CONFIG, "checks/shapes.py": CHECKS, "shapes.py": MASTER, "wrong/around.py": WRONG}
    for name, text in files.items():
        path = tmp_path / "shapes" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path / "shapes"


@pytest.fixture
def hand_in(tmp_path):
    """Return a function that makes a submission of a text."""

    def hand_in(text):
        shutil.rmtree(tmp_path / "submission", ignore_errors=True)
        (tmp_path / "submission").mkdir()
        (tmp_path / "submission" / "shapes.py").write_text(text)
        return tmp_path / "submission"

    return hand_in


def edited(path, before, after):
    text = path.read_text()
    assert before in text
    path.write_text(text.replace(before, after))


def test_a_folder_anywhere_is_an_assignment(folder):
    assigned = find(folder)
    assert (assigned.name, assigned.title, assigned.points(), assigned.points(public_only=True)) == (
        "shapes",
        "Shapes",
        10,
        4,
    )
    assert [(check.number, check.title, check.public) for check in assigned.checks()] == [
        ("1.1", "describe: a square", True), ("1.2", "describe: any shape", False)
    ]  # fmt: skip
    assert assigned.address == folder and find("cnn").address == "cnn"
    assert folder_of("cnn") == SOLUTIONS / "cnn" and folder_of(folder) == folder


def test_the_master_gets_full_marks_and_a_wrong_program_loses_points_with_the_place(folder, hand_in):
    assigned = find(folder)
    assert grade(hand_in(MASTER), assigned).score == 10
    around = WRONG.replace(
        "from right_shapes import describe as right", MASTER.replace("describe(sides):", "right(sides):")
    )
    report = grade(hand_in(around), assigned)
    assert [outcome.verdict.value for outcome in report.outcomes] == ["passed", "wrong"] and not report.faults
    assert report.outcomes[1].failure.sentence.startswith("In answer['around']: Expected ")
    assert report.document["tests"][1]["extra_data"]["failure"]["sentence"] == report.outcomes[1].failure.sentence


def test_cases_are_drawn_until_they_detect_the_wrong_programs(folder):
    """One draw in 23 would not: there the sum happens to be four times the first side."""
    reference = find(folder).reference()
    check = find(folder).checks()[1]
    for seed in range(200):
        (case,) = check.cases(reference, str(seed))
        sides = case.arguments[0]
        assert 4 * sides[0] != sum(sides)


def test_a_wrong_program_that_no_case_can_detect_is_the_checks_fault(folder, hand_in):
    edited(folder / "wrong" / "around.py", "4 * sides[0]", "sum(sides)")
    report = grade(hand_in(MASTER), find(folder))
    assert [outcome.verdict.value for outcome in report.outcomes] == ["passed", "grader error"]
    assert "check 1.2 draws no cases that detect wrong/around.py" in report.faults[0]


def test_recorded_answers_decide_as_the_master_does(folder, hand_in, tmp_path):
    """As in what students and Gradescope get: a zip, without the master."""
    assigned = find(folder)
    files = bundle.assignment_files(assigned, assigned.reference(), secret="s")
    assert set(files) == {"assignment.toml", "answers", "checks/__init__.py", "checks/shapes.py"}
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        for name, content in files.items():
            archive.writestr(f"assignment/shapes/{name}", content)
    packed = load(zipfile.Path(tmp_path / "all.zip", "assignment/shapes/"))
    known = expected_answers.load(packed.folder)
    assert packed.name == "shapes" and expected_answers.load(folder) is None
    assert grade(hand_in(MASTER), packed, seed="s", reference=known).score == 10
    assert grade(hand_in(MASTER.replace("sum(sides)", "0.0")), packed, seed="s", reference=known).score == 0


@pytest.mark.costly
def test_students_check_it_at_home(folder, tmp_path):
    handout.write(find(folder), tmp_path / "home")
    assert {path.name for path in (tmp_path / "home").iterdir()} == {"shapes.py", "README.md", "check.pyz"}
    assert "NotImplementedError" in (tmp_path / "home" / "shapes.py").read_text()
    (tmp_path / "home" / "shapes.py").write_text(MASTER)
    command = [sys.executable, "-P" if sys.version_info >= (3, 11) else "-B", "check.pyz"]
    done = subprocess.run(command, cwd=tmp_path / "home", capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "4 of 4 points" in done.stdout and "worth 6 more points" in done.stdout


def test_it_goes_to_other_processes_by_its_address(folder):
    for assigned in (find(folder), find("cnn")):
        there = pickle.loads(pickle.dumps(assigned))
        assert there.config == assigned.config and there.folder == assigned.folder
        assert [check.number for check in there.checks()] == [check.number for check in assigned.checks()]
    code = "import pickle, sys; there = pickle.load(sys.stdin.buffer); print(there.name, there.parts[0].settings.corners)"
    done = subprocess.run([sys.executable, "-c", code], input=pickle.dumps(find(folder)), capture_output=True, cwd=ROOT)
    assert done.stdout.decode().split() == ["shapes", "4"], done.stderr


def test_two_folders_of_one_name_do_not_mix(folder, tmp_path, hand_in):
    other = shutil.copytree(folder, tmp_path / "other" / "shapes")
    edited(other / "shapes.py", "sum(sides)", "2 * sum(sides)")
    edited(other / "checks" / "shapes.py", "a square", "a cube")
    edited(other / "wrong" / "around.py", "4 * sides[0]", "0.0")
    one, two = find(folder), find(other)
    assert [one.checks()[0].title, two.checks()[0].title] == ["describe: a square", "describe: a cube"]
    doubled = MASTER.replace("sum(sides)", "2 * sum(sides)")
    assert [grade(hand_in(text), each).score for each in (one, two) for text in (MASTER, doubled)] == [10, 0, 0, 10]


@pytest.mark.parametrize(
    ("file", "before", "after", "sentence"),
    [
        (
            "assignment.toml",
            "corners = 4",
            "edges = 4",
            "parts.shapes.settings: unknown option edges; expected one of corners",
        ),
        (
            "assignment.toml",
            "corners = 4",
            'corners = "4"',
            "parts.shapes.settings.corners must be a whole number, but is '4'",
        ),
        ("assignment.toml", "parts.shapes", "parts.circles", "checks/circles.py is missing"),
        ("assignment.toml", '"1.2" = { points = 6 }', "", "assignment.toml: checks.1.2 is missing"),
        ("checks/shapes.py", '"1.2"', '"1.1"', "several checks have the number 1.1"),
        (
            "checks/shapes.py",
            "Settings = Settings",
            "pass",
            "parts.shapes.settings: the checks of this part have no settings",
        ),
        (
            "checks/shapes.py",
            "class Shapes(Part)",
            "class Shapes",
            "must define one class of checks, a Part, but defines 0",
        ),
        ("checks/shapes.py", "class Settings:", "class Other(Part): pass\nclass Settings:", "but defines 2"),
        (
            "checks/shapes.py",
            "from dataclasses",
            "from dataclass",
            "checks/shapes.py cannot be loaded: ModuleNotFoundError",
        ),
        (
            "checks/shapes.py",
            "    corners: int = 3",
            "    corners: int = 1 / 0",
            "division by zero (checks/shapes.py, line 9)",
        ),
    ],
)
def test_an_authors_mistake_gets_one_sentence(folder, file, before, after, sentence):
    edited(folder / file, before, after)
    if after == '"1.1"':
        edited(folder / "assignment.toml", '"1.2" = { points = 6 }', "")
    with pytest.raises(UserError) as error:
        find(folder)
    assert sentence in str(error.value) and str(folder) in str(error.value)


@pytest.mark.parametrize(
    ("file", "before", "after", "sentence"),
    [
        ("shapes.py", "def describe", "def explain", "a check calls describe, but neither reference.py nor a master has"),
        ("shapes.py", "(sides):", "(sides, more):", "a check calls describe with arguments that do not fit"),
        ("shapes.py", "# BEGIN SOLUTION", "return (", "shapes.py cannot be loaded: SyntaxError"),
        ("wrong/around.py", "1.2: wrong", "1.2: bad", "unknown verdict 'bad'"),
    ],
)
def test_a_mistake_in_what_answers_gets_one_sentence(folder, hand_in, file, before, after, sentence):
    edited(folder / file, before, after)
    with pytest.raises(UserError) as error:
        grade(hand_in(MASTER), find(folder))
    assert sentence in str(error.value) and str(folder) in str(error.value)


def test_of_an_assignments_own_folder_the_solution_is_graded(folder):
    """Not the programs in wrong/, which may have the same name."""
    shutil.copy(folder / "wrong" / "around.py", folder / "wrong" / "shapes.py")
    edited(folder / "wrong" / "shapes.py", "4 * sides[0]", "1.0")
    assert grade(folder, find(folder)).score == 10
