"""A run that cannot do all that it is asked to does nothing: what the class was given is as before."""

import shutil
import sqlite3
from contextlib import closing

import pytest

from autograder.assignment import find
from autograder.renames import Rename
from batch import outputs, run
from batch.instructor.instructions import Instructions
from batch.instructor.overrides import CountedGrades
from batch.instructor.policy import Rules
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
            run.Options(jobs=1, requests=requests_file, instructions=Instructions(**said)),
        )

    graded()
    graded.folder = folder
    return graded


def kept(folder):
    with closing(sqlite3.connect(folder / "out" / FILE)) as rows:
        return list(rows.iterdump())


def given(folder, name, text):
    path = folder / f"{name}.csv"
    path.write_text(text)
    return path


@pytest.mark.costly
def test_names_and_addresses_of_the_class_list_are_known_everywhere(tmp_path):
    (tmp_path / "class" / "byron_ada").mkdir(parents=True)
    shutil.copy(SOLUTIONS / "parameters.py", tmp_path / "class" / "byron_ada")
    roster = given(tmp_path, "roster", "name,email\nAda Byron,ada@example.com\n")
    comments = given(tmp_path, "comments", "student,comment\nada@example.com,Fine.\n")
    out, instructions = tmp_path / "out", Instructions(roster=roster, comments=comments)
    run.grade(tmp_path / "class", out, find("cnn"), run.Options(jobs=1, instructions=instructions))
    assert ",Ada Byron," in (out / "gradebook.csv").read_text()
    assert "<bdi>Ada Byron</bdi>" in (out / "class.html").read_text()
    with Ledger.to_read(out) as ledger:
        (comment,) = CountedGrades(outputs.grades(ledger)).find("ada@example.com")[1].comments
    assert comment.text == "Fine."


@pytest.mark.sampled(2)
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
    assert f"The late policy has changed since the last run: {change}." in said
    (graded.folder / "class" / "ada").rename(graded.folder / "class" / "bob")
    said = graded(find("cnn", options)).remarks
    assert "In the last run but not in this export, and so no longer in any table: ada." in said
    assert not any("lateness" in remark for remark in said)
    (graded.folder / "class" / "bob").rename(graded.folder / "class" / "ada")


def test_what_stands_together_is_kept_together(tmp_path):
    with Ledger(tmp_path) as ledger:
        with pytest.raises(ZeroDivisionError), ledger.transaction():
            ledger.save("roster", "half")
            ledger.put_class([])
            raise ZeroDivisionError
        assert ledger.saved("roster") == ""
        with ledger.transaction():
            ledger.save("roster", "whole")
            ledger.put_class([])
        assert ledger.saved("roster") == "whole"
