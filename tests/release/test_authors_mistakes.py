"""A homework of one's own: what an author may do, and the sentence that says where a mistake is."""

import re
import textwrap
from pathlib import Path

import pytest

from autograder.assignment import SOLUTIONS, find
from batch.grading.task import ClassConfig
from common.errors import UserError
from gradescope import build, harness
from release import handout, new


@pytest.fixture
def homework(tmp_path):
    """Return the folder of a homework that works."""
    new.write(tmp_path / "homework")
    return tmp_path / "homework"


def write(folder: Path, **files: str) -> None:
    """Write files into a folder, by their paths with "__" for "/" and without ".py"."""
    for name, text in files.items():
        path = folder / f"{name.replace('__', '/')}.py"
        path.parent.mkdir(exist_ok=True)
        path.write_text(textwrap.dedent(text))


COUNTER = '''
class Counter:
    """Counts."""

    def __init__(self):
        """Begin at 0."""
        # BEGIN SOLUTION
        self.count = 0
        # END SOLUTION

    def add(self, number):
        """Add a number, and return the sum."""
        # BEGIN SOLUTION
        self.count += number
        return self.count
        # END SOLUTION


def double(number):
    """Return twice the number."""
    # BEGIN SOLUTION
    return 2 * number
    # END SOLUTION
'''
ASKS_A_HARNESS = '''
from autograder.authoring import Part, Verdict, number


class Counting(Part):
    """counting.py"""

    harness = {"sums": "Counter"}

    @number("2.1")
    def test_sums(self):
        """Counter: three numbers"""
        if self.ask("sums", [1, 2, 3]) != [1, 3, 6]:
            self.fail_with(Verdict.WRONG, "The sums are wrong.")

    @number("2.2")
    def test_both(self):
        """double and Counter: the same number"""
        self.require(self.case("double", 4))
        if self.ask("sums", [8]) != [8]:
            self.fail_with(Verdict.WRONG, "The sum is wrong.")
'''
SUMS = """
def sums(student, numbers):
    counter = student.Counter()
    return [counter.add(number) for number in numbers]
"""


HARNESSES = {
    "for all parts": {"harness": SUMS},
    "of its own": {
        "harness__counting": f"from .made import counter_of\n{SUMS.replace('student.Counter()', 'counter_of(student)')}",
        "harness__made": "def counter_of(student):\n    return student.Counter()\n",
        "harness": "raise SystemExit('a part with a harness of its own needs no other')",
    },
}


@pytest.mark.costly
@pytest.mark.parametrize("files", HARNESSES.values(), ids=HARNESSES)
def test_a_part_with_a_harness_is_released_and_built_like_any_other(files, homework, tmp_path):
    write(homework, counting=COUNTER, checks__counting=ASKS_A_HARNESS, **files)
    said = homework / "assignment.toml"
    part = said.read_text().partition("[parts.metrics]")[2].partition("# What each")[0].replace("metrics", "counting")
    said.write_text(
        said.read_text().replace("[checks]", f'[parts.counting]{part}[checks]\n"2.1" = {{ points = 5, public = true }}')
        + '"2.2" = { points = 1 }\n'
    )
    assigned = find(homework)
    assert "counting.py" in handout.contents(assigned)
    archive = build.build(assigned, None, "secret", "numpy", False).content
    where = harness.lay_out(archive, tmp_path / "autograder")
    assert harness.run(where, homework).results["score"] == 16
    write(homework, counting=COUNTER.replace("+= number", "= number"))
    where = harness.lay_out(archive, tmp_path / "autograder-wrong")
    shown = harness.run(where, homework).results
    assert [test["score"] for test in shown["tests"] if test["number"].startswith("2.")] == [0, 1]


CHECKS, REFERENCE, SAID = "checks/metrics.py", "reference.py", "assignment.toml"
ANOTHER = '''
    @number("1.5")
    def test_more(self):
        """more"""
        '''


def replaced(file, old, new):
    """Return what replaces a text in a file of the homework."""

    def damage(folder):
        text = (folder / file).read_text()
        assert old in text
        (folder / file).write_text(text.replace(old, new))

    return damage


def another_check(body):
    """Return what adds a check."""

    def damage(folder):
        (folder / CHECKS).write_text((folder / CHECKS).read_text() + ANOTHER + body + "\n")
        (folder / SAID).write_text((folder / SAID).read_text() + '"1.5" = { points = 1 }\n')

    return damage


@pytest.mark.parametrize(
    ("damage", "says"),
    [
        (replaced(CHECKS, '    @number("1.3")\n', ""), "test_accuracy_any has no number"),
        (replaced(CHECKS, '@number("1.3")', '@number("")'), "test_accuracy_any has no number"),
        (replaced(SAID, '["numpy"]', '["numpy", "../x"]'), "'../x' is not a package name"),
        (replaced(SAID, 'file = "metrics.py"', 'file = "numpy.py"'), "file must not be numpy.py"),
        (replaced(SAID, 'file = "metrics.py"', 'file = "random.py"'), "file must not be random.py"),
        (replaced(SAID, 'file = "metrics.py"', 'file = "reference.py"'), "file must not be reference.py"),
        (replaced("metrics.py", "import numpy", "raise SystemExit(3)\nimport numpy"), "cannot be loaded: SystemExit: 3"),
        (replaced(REFERENCE, "return right / len(labels)", "return {right}"), "as an answer: a set"),
        (
            replaced(REFERENCE, "return right / len(labels)", "raise KeyError(right)"),
            r"check 1.1 breaks .* KeyError: \d .*, line",
        ),
        (replaced(REFERENCE, "tolerance=1e-6", "tolerance=-1"), "tolerance of accuracy must be"),
        (replaced(REFERENCE, "tolerance=1e-6", "1e-6"), "reference takes its arguments by name"),
        (another_check('self.require(self.case("accuracy", {1}, LABELS))'), "handed over to students' code: a set"),
        (another_check("self.require(*self.draw(lambda: []))"), "test_more: self.draw must draw .* of no function"),
        (
            another_check(
                'self.require(*self.draw(lambda: [self.case("accuracy", LABELS, LABELS), '
                'self.case("confusion", LABELS, LABELS, 3)]))'
            ),
            "of accuracy and confusion",
        ),
        (
            another_check('self.require(self.case("accuracy", LABELS, np.random.default_rng().integers(0, 9, 5)))'),
            "check 1.5 asks different cases each time",
        ),
        (
            replaced(CHECKS, "class Metrics(Part):", 'class Metrics(Part):\n    harness = {"sums": "Counter"}'),
            "checks call sums, but harness",
        ),
    ],
)
def test_a_mistake_of_the_author_gets_one_sentence(damage, says, homework):
    damage(homework)
    with pytest.raises(UserError, match=says) as raised:
        build.build(find(homework), None, "secret", "numpy", False)
    assert "\n" not in str(raised.value)


def test_a_check_without_a_title_goes_by_its_name(homework):
    replaced(CHECKS, '"""accuracy: five examples"""', '" "')(homework)
    assert find(homework).checks()[0].title == "test_accuracy_by_hand"


def test_a_function_of_two_masters_has_no_right_answer(homework):
    write(homework, counting=COUNTER.replace("double", "confusion"), checks__counting=ASKS_A_HARNESS, harness=SUMS)
    said = (homework / SAID).read_text()
    part = said.partition("[parts.metrics]")[2].partition("# What each")[0].replace("metrics", "counting")
    (homework / SAID).write_text(
        said.replace("[checks]", f"[parts.counting]{part}[checks]\n") + '"2.1" = { points = 1 }\n"2.2" = { points = 1 }\n'
    )
    with pytest.raises(UserError, match="calls confusion, which several masters have"):
        handout.contents(find(homework))


def test_a_handout_that_is_not_utf8_is_named(homework):
    (homework / "handout").mkdir()
    (homework / "handout" / "README.md.jinja").write_bytes(b"\xff")
    with pytest.raises(UserError, match=re.escape("README.md.jinja is not UTF-8")):
        handout.contents(find(homework))


@pytest.mark.parametrize(
    "file", ["metrics.py", CHECKS, REFERENCE, "wrong/loops_are_right.py", "helper.py", "handout/README.md.jinja"]
)
def test_a_class_is_graded_again_when_what_decides_about_grades_has_changed(homework, file):
    before = ClassConfig(find(homework), "secret").options_digest()
    path = homework / file
    path.parent.mkdir(exist_ok=True)
    path.write_text((path.read_text() if path.exists() else "") + "# changed\n")
    changed = ClassConfig(find(homework), "secret").options_digest() != before
    assert changed == (not file.startswith("handout"))


def test_a_path_is_never_taken_for_the_name_of_an_assignment(homework, monkeypatch):
    homework.rename(homework.with_name("cnn"))
    monkeypatch.chdir(homework.parent)
    assert find("./cnn").folder == homework.with_name("cnn")
    assert find("cnn").folder == SOLUTIONS / "cnn"


def test_a_misconception_may_ask_the_reference(homework):
    replaced(REFERENCE, "float(np.sum(predictions == labels))", "accuracy(predictions, labels) / 2")(homework)
    reference = find(homework).reference()
    (check, *_) = find(homework).checks()
    case = check.cases(reference)[0]
    assert [each.answer for each in case.answers.lookalikes] == [case.expected / 2]
