"""Every submission in tests/wrong/ gets its verdicts, for the right reason, and nothing else is touched.

The docstring of such a file says what is expected of it:

    the file that it replaces in the solutions (whose own file can be imported as right_<name>)
    checks: verdict        every check not named is passed; or "all: passed"
    says: a text in the explanation of the first failed check
"""

import ast
import shutil
from pathlib import Path

import pytest

from autograder.grading import grade
from tests.autograder.impatient import assignment

WRONG = sorted((Path(__file__).parent.parent / "wrong").glob("*.py"))


def expectations(path):
    text = path.read_text()
    docstring = text.split('"""')[1] if "syntax_error" in path.name else ast.get_docstring(ast.parse(text))
    file, verdicts, *says = docstring.strip().splitlines()
    checks, verdict = verdicts.split(": ")
    expected = {} if checks == "all" else dict.fromkeys(checks.split(), verdict)
    return file, expected, says[0].removeprefix("says: ") if says else None


@pytest.mark.sampled(12)
@pytest.mark.parametrize("path", WRONG, ids=lambda path: path.stem)
def test_a_wrong_submission(path, solution):
    file, expected, says = expectations(path)
    shutil.move(solution / file, solution / f"right_{file}")
    shutil.copy(path, solution / file)
    report = grade(solution, assignment=assignment(), seed="a secret that shows each of these mistakes")
    verdicts = {outcome.number: outcome.verdict.value for outcome in report.outcomes if not outcome.number.startswith("4")}
    assert verdicts == {number: expected.get(number, "passed") for number in verdicts}
    if says:
        explanations = [str(outcome.failure) for outcome in report.outcomes if outcome.number in expected]
        assert any(says in explanation for explanation in explanations), "\n\n".join(explanations)
    assert not report.faults
