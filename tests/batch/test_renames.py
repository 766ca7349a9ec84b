"""Renames for a class: kept in its ledger, and only those are graded again to which one matters."""

import csv
import shutil

import pytest

from autograder.assignment import find
from autograder.renames import Rename
from batch import run
from batch.instructor.instructions import Instructions
from common.errors import UserError
from tests.conftest import SOLUTIONS

CONV = Rename("conv.py", "convolution.py")
HANDED_IN = {
    "ada/convolution.py": "convolution.py",
    "bob/conv.py": "convolution.py",
    "cleo/pooling.py": "pooling.py",
    "dan.py": "convolution.py",
}


@pytest.fixture
def graded(tmp_path):
    """Return a function that grades a class: the score of each, and how many were graded now."""
    assigned = find("cnn")
    for name, master in HANDED_IN.items():
        (tmp_path / "class" / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(SOLUTIONS / master, tmp_path / "class" / name)

    def graded(**said):
        out = tmp_path / "out"
        said = Instructions(**said)
        done = run.grade(tmp_path / "class", out, assigned, run.Options(jobs=1, instructions=said))
        with (out / "gradebook.csv").open(encoding="utf-8-sig") as table:
            return {row["key"]: row["score"] for row in csv.DictReader(table)}, done.progress.all

    return graded


@pytest.mark.costly
def test_only_those_are_graded_again_to_which_a_rename_matters(graded, tmp_path):
    plain = {"ada": "30.00", "bob": "", "cleo": "20.00", "dan": ""}
    assert graded() == (plain, 4)
    assert graded(rename=[CONV]) == (plain | {"bob": "30.00"}, 3)  # nobody knows before what is in a submission
    assert graded() == (plain | {"bob": "30.00"}, 0)
    (tmp_path / "own.csv").write_text("Name;old;new\nDan;dan.py;convolution.py\n")
    both = plain | {"bob": "30.00", "dan": "30.00"}
    assert graded(renames=tmp_path / "own.csv") == (both, 1)
    assert graded(rename=[]) == (both | {"bob": ""}, 1)  # Dan, for whom there were two


@pytest.mark.costly
def test_a_class_that_begins_with_renames_is_not_graded_again_for_another(graded):
    scores, _ = graded(rename=[CONV])
    assert scores == {"ada": "30.00", "bob": "30.00", "cleo": "20.00", "dan": ""}
    assert graded(rename=[CONV, Rename("dan.py", "convolution.py")]) == (scores | {"dan": "30.00"}, 3)


@pytest.mark.parametrize(
    ("table", "says"),
    [
        ("old,new\na,b\n", "has no column of students"),
        ("student,old\nAda,a\n", "has no column of new names"),
        ("student,old,new\n\nZoe,a.py,convolution.py\n", "line 3: found no submission by 'Zoe'"),
        ("student,old,new\nAda,a.py,b.py\n", "line 2: 'a.py=b.py': the homework has no file 'b.py'"),
        ("student,old,new\n,a.py,convolution.py\n", "line 2: no student is named"),
    ],
)
def test_a_line_that_cannot_be_followed_is_named(graded, tmp_path, table, says):
    (tmp_path / "own.csv").write_text(table)
    with pytest.raises(UserError, match=says) as error:
        graded(renames=tmp_path / "own.csv")
    assert "\n" not in str(error.value)
