"""Points that a person sets, and the regrade requests that ask for them: what stands, and what every table says."""

import csv
import io
import unicodedata
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.assignment import find
from autograder.lateness import Loss
from batch import final_grades, outputs, people
from batch.grades import TOTAL, Comment, Grade, Override
from batch.instructor import overrides, requests
from batch.instructor.overrides import CountedGrades
from batch.instructor.policy import Policy
from batch.ledger import Ledger
from batch.platforms import gradebook
from common.errors import UserError
from tests.batch.classes import check, classes, handed_in, result

ADA, BOB = handed_in("a", "Ada Lovelace"), handed_in("b", "Bob", "Cleo")
FIRST, SECOND = check("1.1", verdict="wrong", sentence="Output 3 should be 5."), check("1.10", "conv2d: images", points=5.0)
CLASS = [(ADA, result(FIRST, SECOND, digest="x")), (BOB, result(error="the zip is damaged", digest="y", points=8.0))]


@pytest.fixture
def ledger(tmp_path):
    """The ledger of a small class: Ada was graded, Bob and Cleo could not be."""
    with Ledger(tmp_path / "class") as ledger:
        yield keep(ledger, CLASS)


def keep(ledger, graded, options="options"):
    for _, each in graded:
        ledger.put(each, options)
    ledger.put_class(graded)
    return ledger


def set_points(ledger, student, check, points, reason="because", **options):
    grade = CountedGrades(outputs.grades(ledger)).find(student)[1]
    overrides.keep(ledger, [(grade, overrides.override(grade, check, points, reason, **options))])
    return CountedGrades(outputs.grades(ledger)).find(student)[1]


def rows(content):
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def stand(graded, *made):
    return final_grades.final_grades(graded, Policy(), final_grades.Adjustments(made))


@given(classes(4), st.data())
def test_what_is_set_stands_and_nothing_else_changes(graded, data):
    before = stand(graded)
    counted = [each for each in before if each.counts]
    if not counted:
        return
    grade = data.draw(st.sampled_from(counted))
    number = data.draw(st.sampled_from([*(each.number for each in grade.checks), TOTAL]))
    points = data.draw(st.integers(0, 10_000)) / 100
    one = overrides.override(grade, number, f"{points}", "so", extra=True)
    for old, new in zip(before, stand(graded, one)):
        scores = {each.number: each.score for each in old.checks}
        if not people.owns(one.student, old.handed_in) or number not in {**scores, TOTAL: 0}:
            assert new.total == old.total
        elif number == TOTAL:
            assert new.total == points
        else:
            assert new.total == pytest.approx(old.total + points - scores[number], abs=0.011)
        assert new.result == old.result


def test_a_total_is_final_whatever_data_were_missing():
    found = Grade(handed_in("ada"), replace(result(check("1.1")), lacked=("mnist", "cifar10")))
    assert found.not_final == "This grade is not final: it was graded without CIFAR-10 and MNIST."
    for number, lacked in (("1.1", ("mnist", "cifar10")), (TOTAL, ())):
        assert replace(found, overrides=(Override("key ada", number, 3, "Shown in person.", "", ""),)).lacked == lacked


def test_a_total_is_final_and_a_check_is_not():
    late = Grade(ADA, CLASS[0][1], loss=Loss(0.5, "late"))
    of_check = Override("email a", "1.1", 3.0, "so", "", "x")
    assert (late.total, replace(late, overrides=(of_check,)).total) == (2.5, 4.0)
    final = replace(late, overrides=(of_check, replace(of_check, check=TOTAL, points=7.0)))
    assert (final.total, final.lost) == (7.0, 0.0)
    assert final.overridden == ("1.1: 0 -> 3 (so)", "total: 4 -> 7 (so)")


def test_an_override_takes_the_place_of_an_earlier_one_which_is_kept_in_the_history(ledger):
    assert set_points(ledger, "ada lovelace", "1.10 conv2d: images", "2,5").total == 2.5
    assert set_points(ledger, "A-0@uni.example", "1.10", "3").overridden == ("1.10: 5 -> 3 (because)",)
    assert len(ledger.overrides()) == 1
    (ended,) = ledger.ended_overrides()
    assert (ended[0].points, ended[0].check) == (2.5, "1.10")
    shown = overrides.text(ledger.overrides(), ledger.ended_overrides(), outputs.grades(ledger))
    assert "Ada Lovelace (email a-0@uni.example)\n    1.10: 5 -> 3 (because), by " in shown
    assert "    1.10: 2.5 (because), by " in shown
    overrides.remove(ledger, CountedGrades(outputs.grades(ledger)).find("Ada Lovelace")[1], "1.10")
    assert outputs.grades(ledger) == stand(CLASS)
    with pytest.raises(UserError, match=r"the points of 1\.10 were not set by hand for Ada Lovelace"):
        overrides.remove(ledger, CountedGrades(outputs.grades(ledger)).find("Ada Lovelace")[1], "1.10")


def test_the_same_points_for_the_same_reason_are_set_once(ledger):
    for _ in range(3):
        set_points(ledger, "Bob", "total", "7")
    assert {each.points for each in ledger.overrides()} == {7.0} and not ledger.ended_overrides()
    shown = overrides.text(ledger.overrides(), [], outputs.grades(ledger))
    assert shown.count("total: not graded -> 7 (because)") == 2 and "not in the class" not in shown


def test_what_was_set_for_earlier_work_stands_with_a_remark(ledger, tmp_path):
    set_points(ledger, "Ada Lovelace", "1.1", "3")
    keep(ledger, [(ADA, replace(CLASS[0][1], digest="z")), CLASS[1]])
    grade = CountedGrades(outputs.grades(ledger)).find("Ada Lovelace")[1]
    assert grade.total == 8.0
    gradebook.write(tmp_path, outputs.grades(ledger), "Homework")
    row = rows((tmp_path / "gradebook.csv").read_bytes())[0]
    assert (row["total"], row["1.1 output_size: sizes"], row["1.1 verdict"]) == ("8.00", "3.00", "wrong")
    assert row["overrides"] == "1.1: 0 -> 3 (because)"
    assert row["remarks"] == "The points of 1.1 were set for earlier work: see whether they still apply"
    said = [Comment("email a-0@uni.example", "well done", points=points, digest="d") for points in (0.0, 1.0)]
    assert not Grade(ADA, replace(CLASS[0][1], digest="e"), comments=(said[0],)).remarks
    (remark,) = Grade(ADA, replace(CLASS[0][1], digest="e"), comments=tuple(said)).remarks
    assert remark == "The points of comments were given for earlier work: see whether they still apply"


def test_work_that_could_not_be_graded_can_be_given_a_total_for_the_whole_group(ledger, tmp_path):
    assert set_points(ledger, "Cleo", "total", "6").total == 6.0
    assert set_points(ledger, "Bob", "total", "7").overridden == ("total: not graded -> 7 (because)",)
    assert [each.student for each in ledger.overrides()] == ["email b-0@uni.example", "email b-1@uni.example"]
    gradebook.write(tmp_path, outputs.grades(ledger), "Homework")
    assert [row["total"] for row in rows((tmp_path / "gradebook.csv").read_bytes())] == ["5.00", "7.00", "7.00"]


def test_what_is_set_for_one_student_is_not_set_for_another_of_the_group(tmp_path):
    together = replace(BOB, key="pair", submitted="2026-10-01T10:00+00:00")
    alone = replace(BOB, key="alone", students=BOB.students[:1], submitted="2026-10-02T10:00+00:00")
    graded = [(together, replace(CLASS[0][1], digest="p")), (alone, replace(CLASS[0][1], digest="q"))]
    with Ledger(tmp_path) as ledger:
        keep(ledger, graded)
        set_points(ledger, "Bob", "total", "1")
        set_points(ledger, "Cleo", "1.1", "3")
        stood = {each.handed_in.students[0].name: each.total for each in outputs.grades(ledger) if each.counts}
    assert stood == {"Bob": 1.0, "Cleo": 8.0}


@pytest.mark.parametrize("later", [0, 1])
def test_of_two_who_join_the_last_that_was_set_stands(later):
    made = [
        Override(f"email b-{place}@uni.example", "1.1", place, "so", f"2026-10-0{1 + (place == later)}", "")
        for place in (0, 1)
    ]
    (grade,) = stand([(BOB, CLASS[0][1])], *made)
    assert [each.points for each in grade.overrides] == [later]


MISTAKES = [
    (("Ada Lovelace", "1.1", "30", "so"), "1.1 is worth 3 points: add --extra to give 30"),
    (("Ada Lovelace", "total", "8.01", "so"), "total is worth 8 points: add --extra to give 8.01"),
    (("Ada Lovelace", "1.1", "1-", "so"), "points are a number with at most two decimals, such as 2.5, not '1-'"),
    (("Ada Lovelace", "1.1", "1e1", "so"), "points are a number"),
    (("Ada Lovelace", "1.1", "nan", "so"), "points are a number"),
    (("Ada Lovelace", "1.1", "1.234", "so"), "points are a number"),
    (("Ada Lovelace", "1.1", "", "so"), "points are a number"),
    (("Ada Lovelace", "1.1", "1", " \n\t"), "an override needs a reason for the student to read"),
    (("Ada Lovelace", "1.1", "1", "x" * 501), "of at most 500 characters"),
    (("Ada Lovelace", "1.11", "1", "so"), "unknown check '1.11'; similar: 1.1, 1.10, total"),
    (("Ada Lovelace", "images", "1", "so"), "unknown check 'images'"),
    (("Bob", "1.1", "1", "so"), "has no checks, because it could not be graded: set its total"),
    (("Eve", "1.1", "1", "so"), "found no submission by 'Eve'"),
    (("", "1.1", "1", "so"), "no student is named"),
]


@pytest.mark.parametrize(("words", "sentence"), MISTAKES)
def test_mistakes(ledger, words, sentence):
    with pytest.raises(UserError) as raised:
        set_points(ledger, *words)
    assert sentence in str(raised.value)
    assert not ledger.overrides()


def test_a_table_is_kept_whole_or_not_at_all(ledger, tmp_path):
    table = tmp_path / "overrides.csv"
    lines = [
        "E-mail;Name;Question;New score;Why",
        "a-0@uni.example;Ada;1.1: sizes;1,5;half",
        "b-1@uni.example;;Total;4;agreed",
    ]
    table.write_text("\n".join(lines))
    made = overrides.read(table, outputs.grades(ledger))
    assert [(one.check, one.points, one.reason) for _, one in made] == [("1.1", 1.5, "half"), (TOTAL, 4.0, "agreed")]
    table.write_text("\n".join([*lines, "b-0@uni.example;;total;3;again", ";Eve;1.1;1;so", ";Ada Lovelace;1.1;400;so"]))
    with pytest.raises(UserError) as raised:
        overrides.read(table, outputs.grades(ledger))
    told = [line.strip() for line in str(raised.value).splitlines()]
    assert told[0] == f"{table}, line 4: total of this submission is already on line 3"
    assert told[1:] == [
        "line 5: found no submission by 'Eve'",
        "line 6: 1.1 is worth 3 points: add --extra to give 400",
    ]
    assert not ledger.overrides()
    table.write_text("name,points\nAda,1\n")
    with pytest.raises(UserError, match="has no column of checks"):
        overrides.read(table, outputs.grades(ledger))


def asked(ledger, path, text):
    path.write_text(text)
    requests.keep(ledger, requests.read(ledger, path, outputs.grades(ledger)))


def answers(ledger):
    return [(row["old"], row["new"], row["why"]) for row in rows(requests.table(ledger, outputs.grades(ledger)))]


def test_requests_come_back_with_old_new_and_why(ledger, tmp_path):
    table = (
        "Student,Sections,Question,Message\nAda Lovelace,,1.1: sizes,=please\nAda Lovelace,,1: Autograder,\nBob,,1.1,why?\n"
    )
    asked(ledger, tmp_path / "requests.csv", table)
    assert answers(ledger) == [
        ("0.00", "0.00", "nothing changed; still wrong: Output 3 should be 5."),
        ("5.00", "5.00", "nothing changed"),
        ("", "", "nothing changed; the zip is damaged"),
    ]
    keep(
        ledger,
        [(ADA, result(replace(FIRST, verdict="passed", score=3.0, sentence=""), SECOND, digest="x")), CLASS[1]],
        "new",
    )
    mended = "the checks or their points have changed"
    told = "1.1 output_size: sizes: wrong 0/3 -> passed 3/3; before: Output 3 should be 5."
    assert answers(ledger)[:2] == [("0.00", "3.00", f"{mended}; {told}"), ("5.00", "8.00", f"{mended}; {told}")]
    set_points(ledger, "Bob", "total", "4", "it opens on my machine")
    assert answers(ledger)[2] == ("", "4.00", f"{mended}; total: not graded -> 4, set by hand (it opens on my machine)")
    # Asked once more, with what came back: what stood at first is still what stood at first.
    again = requests.table(ledger, outputs.grades(ledger)).decode("utf-8-sig")
    asked(ledger, tmp_path / "again.csv", again)
    assert requests.table(ledger, outputs.grades(ledger)).decode("utf-8-sig") == again
    assert rows(again.encode())[0]["Message"] == "'=please"
    keep(ledger, [(ADA, replace(CLASS[0][1], digest="z"))], "new")
    assert answers(ledger)[0] == (
        "0.00",
        "0.00",
        f"newer work; {mended}; the result is the same; still wrong: Output 3 should be 5.",
    )
    assert answers(ledger)[2] == ("", "", "no longer in the class")


@settings(max_examples=6)  # each writes to the disk
@given(classes(4))
def test_requests_survive_any_names(graded):
    with TemporaryDirectory() as folder, Ledger(Path(folder, "class")) as ledger:
        keep(ledger, graded)
        counted = [each for each in outputs.grades(ledger) if each.counts]
        if not counted:
            return
        path = Path(folder, "requests.csv")
        path.write_text("key\n" + "".join(f"{each.handed_in.key}\n" for each in counted))
        found = requests.read(ledger, path, outputs.grades(ledger))
        requests.keep(ledger, found)
        assert requests.saved(ledger) == found
        told = rows(requests.table(ledger, outputs.grades(ledger)))
        assert all(row["old"] == row["new"] and row["why"].startswith("nothing changed") for row in told)
        assert not any(unicodedata.category(letter) == "Cc" or letter == "\u202e" for row in told for letter in row["why"])


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("student,check\nAda Lovelace,1.1\nEve,1.1\n", "line 3: found no submission by 'Eve'"),
        ("student,check\nAda Lovelace,7\n", "line 2: unknown check '7'"),
        ("check\n1.1\n", "has no column of students"),
    ],
)
def test_mistakes_in_requests(ledger, tmp_path, text, sentence):
    with pytest.raises(UserError, match=sentence):
        asked(ledger, tmp_path / "requests.csv", text)
    assert not requests.saved(ledger).requests


def test_requests_before_there_are_grades(tmp_path):
    with Ledger(tmp_path / "class") as ledger, pytest.raises(UserError, match="has no grades yet"):
        asked(ledger, tmp_path / "requests.csv", "student\nAda\n")


def test_the_homework_is_found_again_with_what_its_options_said(ledger):
    options = find("cnn")
    changed = replace(options, config=replace(options.config, title="Another title"))
    outputs.save_homework(ledger, changed)
    again = outputs.homework(ledger)
    assert (again.title, again.config, again.checks()) == ("Another title", changed.config, changed.checks())


def test_the_key_of_an_earlier_attempt_names_its_owner_and_nobody_who_is_called_so():
    first, again = handed_in("submission_1", "Ada", email="ada@uni.example"), handed_in("b", "Ada", email="ada@uni.example")
    other = handed_in("c", "submission_1", email="mallory@uni.example")
    graded = [(one, result(FIRST, digest=one.key)) for one in (first, again, other)]
    who, grade = CountedGrades(final_grades.final_grades(graded[1:], Policy(), earlier=graded[:1])).find("submission_1")
    assert who == "email ada@uni.example" and grade.handed_in.key == "b"
