"""Every wrong program of the homework gets its verdicts, for the right reason, and nothing else is touched."""

import shutil

import numpy as np
import pytest

from autograder.assignment import find
from autograder.grading import grade
from autograder.verdicts import Verdict
from autograder.wrong_programs import RIGHT, programs
from common.errors import UserError
from tests.autograder.impatient import assignment
from tests.conftest import SOLUTIONS

ASSIGNED = assignment()
REFERENCE = ASSIGNED.reference()
PROGRAMS = programs(SOLUTIONS)


@pytest.mark.sampled(5)
@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.name)
def test_a_wrong_program(program, solution):
    shutil.move(solution / program.file, solution / f"{RIGHT}{program.file}")
    shutil.copy(program.path, solution / program.file)
    report = grade(solution, ASSIGNED, seed="a secret that shows each of these mistakes", reference=REFERENCE)
    verdicts = {outcome.number: outcome.verdict for outcome in report.outcomes if not outcome.number.startswith("4")}
    assert verdicts == {number: program.verdicts.get(number, Verdict.PASSED) for number in verdicts}
    assert set(program.verdicts) <= set(verdicts)
    explanations = [str(outcome.failure) for outcome in report.outcomes if outcome.number in program.verdicts]
    assert not program.says or any(program.says in each for each in explanations), "\n\n".join(explanations)
    assert not report.faults


def test_every_file_is_a_program():
    assert {program.path for program in PROGRAMS} == set((SOLUTIONS / "wrong").iterdir()) - {
        SOLUTIONS / "wrong" / "__pycache__"
    }
    assert len(PROGRAMS) >= 50 and sum(bool(program.says) for program in PROGRAMS) >= 10


def test_they_change_nothing_in_the_grader_which_runs_them_to_draw_cases():
    assigned, before = find("cnn"), dict(vars(np))
    for check in assigned.checks():
        if check.case.needs is None:
            check.cases(assigned.reference(), "any")
    assert {name for name, value in before.items() if vars(np)[name] is not value} == set()


def write(folder, text):
    (folder / "wrong").mkdir()
    (folder / "wrong" / "odd.py").write_text(text)


def test_what_a_program_says_of_itself(tmp_path):
    write(tmp_path, '"""a.py f g\n1.1 1.2: timed out\nsays: too slow\n"""\n')
    [program] = programs(tmp_path)
    assert (program.file, program.says) == ("a.py", "too slow")
    assert program.verdicts == {"1.1": Verdict.TIMED_OUT, "1.2": Verdict.TIMED_OUT}
    assert program.does_wrong("g") and not program.does_wrong("h")


def test_a_program_that_names_no_function_does_wrong_what_it_defines(tmp_path):
    write(tmp_path, '"""a.py\nall: passed\n"""\nimport math\n\n\ndef area(x):\n    return x\n')
    [program] = programs(tmp_path)
    assert program.verdicts == {}
    assert program.does_wrong("area") and not program.does_wrong("are")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("x = 1\n", "must begin with"),
        ('"""a.py\n1.1: wrong', "must begin with"),
        ('"""a.py\n1.1: wrongly\n"""\n', "unknown verdict 'wrongly'; expected one of passed, wrong"),
    ],
)
def test_a_program_that_does_not_say_what_is_expected_of_it(tmp_path, text, sentence):
    write(tmp_path, text)
    with pytest.raises(UserError, match=sentence) as error:
        programs(tmp_path)
    assert str(error.value).startswith(str(tmp_path / "wrong" / "odd.py"))
