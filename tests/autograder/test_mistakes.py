"""Wrong programs as students write them: whatever hint one gets names its mistake, and no other.

The files in tests/mistakes say of themselves which file they replace, what is wrong, and what hints may say: the names of
misconceptions and relations, or a few words. A file without such a line gets no hint: none that is right is known.
"""

import re
import shutil
from pathlib import Path

import pytest

from autograder.assignment import find
from autograder.grading import grade
from autograder.wrong_programs import RIGHT
from release.proof.trials import only

PROGRAMS = sorted((Path(__file__).parent.parent / "mistakes").glob("*.py"))
HEAD = re.compile(r'"""(?P<file>\S+\.py)\nmistake: [^\n]+\n(?:named: (?P<named>[^\n]+)\n)?"""\n')
CNN = find("cnn")
REFERENCE = CNN.reference()


def head(program):
    found = HEAD.match(program.read_text())
    return found["file"], found["named"].split(" | ") if found["named"] else []


@pytest.mark.sampled(8)
@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.stem)
def test_hints_name_the_mistake_and_no_other(program, solution):
    file, named = head(program)
    shutil.move(solution / file, solution / f"{RIGHT}{file}")
    shutil.copy(program, solution / file)
    part = next(name for name, part in CNN.config.parts.items() if part.file == file)
    report = grade(solution, only(CNN, part), seed="mistakes", reference=REFERENCE)
    failures = [outcome.failure for outcome in report.outcomes if outcome.failure]
    hints = [(failure.misconception, failure.hint) for failure in failures if failure.hint]
    assert failures and not report.faults
    assert bool(hints) == bool(named), hints
    assert all(any(each == name or each in hint for each in named) for name, hint in hints), hints


def test_nine_in_ten_are_named():
    """Counted over all of them, but not all are held against it each time: see above."""
    named = [program for program in PROGRAMS if head(program)[1]]
    assert len(PROGRAMS) > 100 and len(named) > 0.9 * len(PROGRAMS)
