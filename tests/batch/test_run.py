"""A run that cannot do all that it is asked to does nothing: what the class was given is as before."""

import shutil
import sqlite3

import pytest

from autograder.assignment import find
from autograder.renames import Rename
from batch import run
from batch.given.instructions import Instructions
from batch.given.policy import Rules
from batch.grading.schedule import Selection
from batch.ledger import FILE, Ledger
from common.errors import UserError
from tests.conftest import SOLUTIONS

TABLES = {
    "requests_file": ("student,check\nada,1.1\n", "student,check\nada,9.9\n"),
    "comments": ("student,comment\nada,Well done.\n", "student,comment\nada,\n"),
    "renames": ("student,old,new\nada,a.py,pooling.py\n", "student,old,new\nada,a.py,b.py\n"),
    "roster": ("name,email\nAda,ada@example.com\n", "nothing\n"),
}


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """A function that grades a class of one."""
    folder = tmp_path_factory.mktemp("run")
    (folder / "class" / "ada").mkdir(parents=True)
    shutil.copy(SOLUTIONS / "parameters.py", folder / "class" / "ada")

    def graded(assigned=None, requests_file=None, **said):
        return run.grade(
            folder / "class",
            folder / "out",
            assigned or find("cnn"),
            jobs=1,
            selection=Selection(),
            requests_file=requests_file,
            instructions=Instructions(**said),
        )

    graded()
    graded.folder = folder
    return graded


def kept(folder):
    with sqlite3.connect(folder / "out" / FILE) as rows:
        return list(rows.iterdump())


def given(folder, name, text):
    path = folder / f"{name}.csv"
    path.write_text(text)
    return path


@pytest.mark.parametrize("wrong", [*TABLES, "extensions", "feedback", "options"])
def test_one_wrong_table_and_none_is_kept(graded, wrong, tmp_path):
    before = kept(graded.folder)
    asked = {name: given(tmp_path, name, texts[name == wrong]) for name, texts in TABLES.items()}
    asked |= {"rename": [Rename("conv.py", "convolution.py")], "rules": Rules(due="2026-10-01T12:00+00:00")}
    if wrong == "extensions":
        asked["rules"] = Rules(extensions=given(tmp_path, wrong, "student,due\nada,soon\n"))
    if wrong == "feedback":
        asked["feedback"] = "moodle"
    if wrong == "options":
        options = tmp_path / "assignment.toml"
        options.write_text(
            (SOLUTIONS / "assignment.toml").read_text().replace('"1.1" = { points = 3', '"1.1" = { points = 2')
        )
        asked["assigned"] = find("cnn", options)
        del asked["requests_file"], asked["renames"], asked["rename"]  # by which ada would be graded again
    with pytest.raises(UserError):
        graded(**asked)
    assert kept(graded.folder) == before


def test_who_is_gone_is_named_and_so_is_another_price_of_lateness(graded, tmp_path):
    options = tmp_path / "assignment.toml"
    options.write_text((SOLUTIONS / "assignment.toml").read_text().replace("loss_per_day = 0.0", "loss_per_day = 0.1"))
    said = graded(find("cnn", options)).remarks
    change = "0% for each day, 50% at most, after 10 min -> 10% for each day, 50% at most, after 10 min"
    assert f"What lateness costs has changed since the last run: {change}." in said
    (graded.folder / "class" / "ada").rename(graded.folder / "class" / "bob")
    said = graded(find("cnn", options)).remarks
    assert "In the last run but not in this export, so in no table any more: ada." in said
    assert not any("lateness" in remark for remark in said)
    (graded.folder / "class" / "bob").rename(graded.folder / "class" / "ada")


def test_what_stands_together_is_kept_together(tmp_path):
    with Ledger(tmp_path) as ledger:
        with pytest.raises(ZeroDivisionError), ledger.together():
            ledger.give("roster", "half")
            ledger.put_class([])
            raise ZeroDivisionError
        assert ledger.given("roster") == ""
        with ledger.together():
            ledger.give("roster", "whole")
            ledger.put_class([])
        assert ledger.given("roster") == "whole"
