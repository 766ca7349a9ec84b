"""`convgrade override`, as a TA calls it."""

import csv

import pytest

from autograder.assignment import find
from batch import outputs
from batch.ledger import Ledger
from command_line.override import override
from common.errors import UserError
from tests.batch.classes import check, handed_in, result
from tests.command_line.test_batch import convgrade

ADA = "ada-0@uni.example"
CLASS = [
    (handed_in("ada", "Ada <b>Lovelace</b>"), result(check(verdict="wrong", sentence="Output 3 should be 5."))),
    (handed_in("bob", "Bob"), result(check())),
]


@pytest.fixture
def folder(tmp_path):
    """A class of two that was graded."""
    out = tmp_path / "class"
    with Ledger(out) as ledger:
        for _, graded in CLASS:
            ledger.put(graded, "options")
        ledger.put_class(CLASS)
        outputs.save_homework(ledger, find("cnn"))
    return out


def run(*words):
    return override.main([*map(str, words)], standalone_mode=False)


def totals(folder):
    with (folder / "gradebook.csv").open(encoding="utf-8-sig", newline="") as table:
        return {row["name"]: (row["total"], row["overrides"]) for row in csv.DictReader(table)}


def test_a_week_of_overrides(folder, tmp_path, capsys):
    assert run(folder) == 0
    assert capsys.readouterr().out == "There are no overrides.\n"
    run(folder, ADA, "1.1", "2.5", "--reason", "Your bound is <i>right</i>, too.")
    assert "Ada <b>Lovelace</b> (ada-0@uni.example): 0 of 3 -> 2.5 of 3 (+2.5); override changed" in capsys.readouterr().out
    assert totals(folder)["Ada <b>Lovelace</b>"] == ("2.50", "1.1: 0 -> 2.5 (Your bound is <i>right</i>, too.)")
    page = (folder / "class.html").read_text()
    assert "<b>Lovelace" not in page and "<i>right" not in page
    (tmp_path / "more.csv").write_text(
        "student,check,points,reason\nBob,total,4,bonus\nAda <b>Lovelace</b>,1.1,1,checked again\n"
    )
    with pytest.raises(UserError, match="line 2: total is worth 3 points: add --extra to give 4"):
        run(folder, "--from", tmp_path / "more.csv")
    assert totals(folder)["Bob"] == ("3.00", "")
    run(folder, "--from", tmp_path / "more.csv", "--extra")
    assert {name: total for name, (total, _) in totals(folder).items()} == {"Ada <b>Lovelace</b>": "1.00", "Bob": "4.00"}
    run(folder, "Bob", "total", "--remove")
    assert totals(folder)["Bob"] == ("3.00", "")
    capsys.readouterr()
    run(folder, "--history")
    shown = capsys.readouterr().out
    assert "1.1: 0 -> 1 (checked again)" in shown and "1.1: 2.5 (Your bound" in shown and "total: 4 (bonus)" in shown


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ([ADA], "give STUDENT, CHECK and POINTS"),
        ([ADA, "1.1"], "give STUDENT, CHECK and POINTS"),
        ([ADA, "1.1", "2"], "an override needs a reason"),
        ([ADA, "--remove"], "to remove an override, give STUDENT and CHECK"),
        ([ADA, "1.1", "2", "--remove"], "to remove an override, give STUDENT and CHECK"),
        ([ADA, "1.1", "--remove", "--reason", "so"], "to remove an override, give STUDENT and CHECK"),
        ([ADA, "1.1", "--remove"], "the points of 1.1 were not set by hand for"),
        ([ADA, "--from", "x.csv"], "omit them here"),
        (["--from", "x.csv", "--reason", "so"], "omit them here"),
        (["--from", "x.csv"], "there is no file x.csv"),
        (["--reason", "so"], "whose points?"),
    ],
)
def test_mistakes_get_one_sentence(folder, words, sentence):
    with pytest.raises(UserError, match=sentence.replace("?", "[?]")):
        run(folder, *words)
    with Ledger.to_read(folder) as ledger:
        assert ledger.overrides() == []


def test_points_may_be_negative(folder):
    run(folder, ADA, "1.1", "-2", "--reason", "copied")
    with Ledger.to_read(folder) as ledger:
        assert [each.points for each in ledger.overrides()] == [-2]


def test_a_misspelled_option_is_not_taken_for_points(folder):
    with pytest.raises(UserError, match="points are a number"):
        run(folder, ADA, "1.1", "--reson", "--reason", "so")


def test_while_a_run_is_at_work(folder):
    with Ledger(folder), pytest.raises(UserError, match="another run is using"):
        run(folder, ADA, "1.1", "2", "--reason", "so")


def test_a_homework_that_is_gone(folder, tmp_path):
    with Ledger(folder) as ledger:
        ledger.save("homework", ledger.saved("homework").replace('"cnn"', f'"{tmp_path / "gone"}"'))
    with pytest.raises(UserError, match="gone, which is missing: put it back"):
        run(folder, ADA, "1.1", "2", "--reason", "so")
    with Ledger.to_read(folder) as ledger:
        assert ledger.overrides() == []


def test_a_class_whose_run_was_stopped(tmp_path):
    with Ledger(tmp_path) as ledger:
        ledger.put(CLASS[0][1], "options")
    with pytest.raises(UserError, match="is not graded yet: repeat the convgrade batch command"):
        run(tmp_path, ADA, "1.1", "2", "--reason", "so")


@pytest.mark.costly
def test_the_command_itself(folder, tmp_path):
    helped = convgrade("override", "--help")
    assert helped.returncode == 0 and "nothing is then deducted for lateness" in " ".join(helped.stdout.split())
    nowhere = convgrade("override", tmp_path, ADA, "1.1", "2", "--reason", "so")
    assert (nowhere.returncode, nowhere.stdout) == (2, "")
    assert nowhere.stderr == f"convgrade: {tmp_path} does not hold a graded class: ledger.sqlite is missing\n"
    done = convgrade("override", folder, ADA, "1.1", "2", "--reason", "a\x1b[2J\u202e")
    assert done.returncode == 0, done.stderr
    assert "\x1b" not in done.stdout and "Everything in" in done.stdout
    bytes_of_no_text = convgrade("override", folder, ADA, "1.1", "1", "--reason", "a\udcff")
    assert bytes_of_no_text.returncode == 2 and "is not UTF-8" in bytes_of_no_text.stderr
    compared = convgrade("compare", folder, folder, "--csv", tmp_path / "changes.csv")
    assert compared.stdout == "Nothing changed.\n" and (tmp_path / "changes.csv").is_file()
