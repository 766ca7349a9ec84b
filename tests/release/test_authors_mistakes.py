"""A homework of one's own: what an author may do, and the sentence that says where a mistake is."""

import textwrap
from pathlib import Path

import pytest

from autograder.assignment import find
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


def test_a_part_with_a_harness_is_released_and_built_like_any_other(homework, tmp_path):
    write(homework, counting=COUNTER, checks__counting=ASKS_A_HARNESS, harness=SUMS)
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
