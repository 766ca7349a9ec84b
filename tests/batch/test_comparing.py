"""Whose grade changed between two runs, and why."""

import csv
import io
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.lateness import Loss
from batch import comparing
from batch.comparing import Reason, text
from batch.grades import TOTAL, Comment, Grade, Override
from batch.models import Student
from tests.batch.classes import check, classes, handed_in, records, result, stand

ADA, BOB, CLEO = (handed_in(key, name) for key, name in (("a", "Ada"), ("b", "Bob"), ("c", "Cleo")))
WRONG = result(check(verdict="wrong", sentence="Output 3 should be 5."), check("2.1", points=5.0))
RIGHT = result(check(), check("2.1", points=5.0))


def compare(before, after):
    return comparing.compare(stand(before), stand(after))


def _reasons(before, after):
    return {change.handed_in.key: change.reasons for change in compare(before, after)}


@pytest.mark.costly
@given(classes())
def test_a_run_compared_with_itself(graded):
    assert compare(graded, graded) == []
    assert text(compare(graded, graded)) == "Nothing changed."


@pytest.mark.costly
@given(classes(), st.data())
def test_every_difference_is_told_and_nothing_else(graded, data):
    fates = {one[0].key: data.draw(st.sampled_from(["same", "gone", "new", "regraded", "regraded"])) for one in graded}
    again = {one[0].key: data.draw(records()) for one in graded}
    old = [one for one in graded if fates[one[0].key] != "new"]
    # Whoever is new or gone must not share an address with another one: that would be the same student.
    old = [one if fates[one[0].key] != "gone" else (replace(one[0], students=()), one[1]) for one in old]
    new = [
        (
            replace(one, students=()) if fates[one.key] == "new" else one,
            again[one.key] if fates[one.key] == "regraded" else mark,
        )
        for one, mark in graded
        if fates[one.key] != "gone"
    ]
    told = {change.handed_in.key: change for change in compare(old, new)}
    for one, mark in graded:
        fate, change = fates[one.key], told.pop(one.key, None)
        if fate in ("new", "gone"):
            assert change.reasons == ((Reason.NEW if fate == "new" else Reason.GONE),)
            continue
        after = again[one.key] if fate == "regraded" else mark
        marks = [
            (each.digest, each.score, bool(each.error), [(c.verdict, c.score, c.points) for c in each.checks])
            for each in (mark, after)
        ]
        assert (change is not None) == (marks[0] != marks[1])
        if change:
            graded_twice = not (mark.error or after.error)
            assert change.difference == (round(after.score - mark.score, 2) if graded_twice else 0)
            assert (Reason.CONTENT in change.reasons) == (mark.digest != after.digest)
            olds, news = ({c.number: c for c in each.checks} for each in (mark, after))
            moved = {n for n in olds | news if n not in olds or n not in news or olds[n].verdict != news[n].verdict}
            assert moved <= {(b or a).number for b, a in change.checks}
            assert not (Reason.CONTENT in change.reasons and Reason.VERDICT in change.reasons)
    assert not told


def test_what_another_seed_changes_is_no_change():
    other = replace(WRONG.checks[0], sentence="Output 4 should be 7.")
    assert compare([(ADA, WRONG)], [(ADA, replace(WRONG, checks=(other, *WRONG.checks[1:]), seconds=9.0))]) == []


def test_each_reason():
    assert _reasons([(ADA, WRONG)], [(ADA, RIGHT)]) == {"a": (Reason.VERDICT,)}
    assert _reasons([(ADA, WRONG)], [(ADA, replace(RIGHT, digest="e"))]) == {"a": (Reason.CONTENT,)}
    assert _reasons([(ADA, WRONG)], [(ADA, replace(WRONG, digest="e"))]) == {"a": (Reason.CONTENT,)}
    dearer = result(check(verdict="wrong"), check("2.1", points=6.0))
    assert _reasons([(ADA, WRONG)], [(ADA, dearer)]) == {"a": (Reason.POINTS,)}
    assert _reasons([(ADA, RIGHT)], [(ADA, dearer)]) == {"a": (Reason.VERDICT, Reason.POINTS)}
    assert _reasons([(ADA, WRONG)], [(ADA, replace(dearer, digest="e"))]) == {"a": (Reason.CONTENT, Reason.POINTS)}
    assert _reasons([(ADA, RIGHT)], [(ADA, result(check()))]) == {"a": (Reason.POINTS,)}
    partly = result(check(verdict="wrong", score=1.5), check("2.1", points=5.0))
    assert _reasons([(ADA, WRONG)], [(ADA, partly)]) == {"a": (Reason.SCORE,)}
    broken = result(error="the zip is damaged", points=0.0)
    assert _reasons([(ADA, broken)], [(ADA, RIGHT)]) == {"a": (Reason.VERDICT,)}
    assert _reasons([(ADA, RIGHT)], [(BOB, RIGHT)]) == {"a": (Reason.GONE,), "b": (Reason.NEW,)}


def test_a_student_with_another_key_is_matched_by_address_or_number():
    again = handed_in("submission_2", "A. Lovelace", email=" A-0@Uni.example")
    (change,) = compare([(ADA, WRONG), (BOB, RIGHT)], [(BOB, RIGHT), (again, RIGHT)])
    assert (change.before.handed_in, change.after.handed_in, change.difference) == (ADA, again, 3.0)
    numbered = [replace(ADA, key=key, students=(Student("Ada", sid="17"),)) for key in ("old", "new")]
    assert _reasons([(numbered[0], WRONG)], [(numbered[1], RIGHT)]) == {"new": (Reason.VERDICT,)}
    nobody = [replace(ADA, key=key, students=(Student("Ada"),)) for key in ("old", "new")]
    assert _reasons([(nobody[0], RIGHT)], [(nobody[1], RIGHT)]) == {"old": (Reason.GONE,), "new": (Reason.NEW,)}


def test_students_of_a_group_are_followed_each():
    pair = replace(ADA, key="pair", students=(*ADA.students, *BOB.students))
    apart = [(ADA, RIGHT), (BOB, RIGHT)]
    assert not compare([(pair, RIGHT)], apart) and not compare(apart, [(pair, RIGHT)])
    told = compare([(ADA, RIGHT), (BOB, WRONG)], [(pair, RIGHT)])
    assert [(change.handed_in.students, change.difference) for change in told] == [(BOB.students, 3.0)]
    told = compare([(ADA, RIGHT)], [(pair, RIGHT), (CLEO, RIGHT)])
    assert [(change.handed_in.students, change.reasons) for change in told] == [
        (CLEO.students, (Reason.NEW,)),
        (BOB.students, (Reason.NEW,)),
    ]
    assert "2 changed: 2 new." in text(told)


def test_the_text_tells_most_changed_first():
    partly = result(check(verdict="wrong", score=1.0, sentence="Output 3 should be\n\x1b[31m6."), check("2.1", points=5.0))
    nothing = result(check(verdict="crashed", sentence="IndexError"), check("2.1", verdict="missing", points=5.0))
    old = [(ADA, WRONG), (BOB, RIGHT), (replace(ADA, key="gone", students=()), RIGHT)]
    new = [(ADA, partly), (BOB, replace(nothing, digest="e")), (CLEO, RIGHT)]
    assert text(compare(old, new)).splitlines() == [
        "Bob (b-0@uni.example): 8 of 8 -> 0 of 8 (-8); content changed",
        "    1.1 output_size: sizes: passed 3/3 -> crashed 0/3",
        "        after: IndexError",
        "    2.1 output_size: sizes: passed 5/5 -> missing 0/5",
        "",
        "Ada (a-0@uni.example): 5 of 8 -> 6 of 8 (+1); score changed with the same content and verdicts",
        "    1.1 output_size: sizes: wrong 0/3 -> wrong 1/3",
        "        before: Output 3 should be 5.",
        "        after: Output 3 should be \N{REPLACEMENT CHARACTER}[31m6.",
        "",
        "Cleo (c-0@uni.example): 8 of 8; new",
        "",
        "gone (gone): 8 of 8; gone",
        "",
        "4 changed: 1 up, 1 down, 1 new, 1 gone. Why: content changed (1), score changed with the same content and "
        "verdicts (1).",
    ]


def test_what_people_say_is_told_apart_from_grading():
    mine = Override("email a-0@uni.example", "1.1", 3.0, "your bound is\nright too", "", "d")
    ada = Grade(ADA, WRONG)
    by_hand = replace(ada, overrides=(mine,))
    again = replace(by_hand, overrides=(replace(mine, made="later", by="eve"),))
    assert comparing.compare([by_hand], [again]) == []  # the same points, for the same reason
    total = replace(by_hand, overrides=(mine, replace(mine, check=TOTAL, points=7.5, reason="agreed")))
    late = replace(ada, loss=Loss(0.2, "Handed in 1 h after the due date."))
    praised = replace(ada, comments=(Comment("email a-0@uni.example", "well done", points=1.0),))
    second = replace(ada, attempt=2, attempts=2, result=replace(WRONG, digest="e"))
    unread = replace(ada, result=result(error="the zip is damaged", points=8.0))
    told = {
        "1.1 output_size: sizes: 0 -> 3, set by hand (your bound is right too)": (ada, by_hand, Reason.OVERRIDDEN, 3.0),
        "1.1 output_size: sizes: 3 -> 0, no longer set by hand": (by_hand, ada, Reason.OVERRIDDEN, -3.0),
        "total: 8 -> 7.5, set by hand (agreed)": (by_hand, total, Reason.OVERRIDDEN, -0.5),
        "lateness deduction 0% -> 20%": (ada, late, Reason.LATENESS, -1.0),
        "comments: +1 -> +0 points": (praised, ada, Reason.COMMENTS, -1.0),
        "attempt 1 counted before, now attempt 2": (ada, second, Reason.ATTEMPT, 0.0),
    }
    for line, (before, after, reason, difference) in told.items():
        (change,) = comparing.compare([before], [after])
        assert (change.reasons[-1], change.difference) == (reason, difference)
        assert line in [each for _, each in comparing.details(change)]
        assert f"{reason} (1)" in text([change]).splitlines()[-1]
    assert "Ada (a-0@uni.example): 5 of 8 -> not graded; verdict" in text(comparing.compare([ada], [unread]))
    assert "Ada (a-0@uni.example): not graded -> 5 of 8; verdict" in text(comparing.compare([unread], [ada]))
    assert "1 changed: 1 graded now." in text(comparing.compare([unread], [ada]))
    assert "1 changed: 1 no longer graded." in text(comparing.compare([ada], [unread]))
    assert "damaged" not in text(comparing.compare([unread], [replace(unread, attempt=2)]))


def test_only_what_counts_is_compared():
    first, second = Grade(ADA, WRONG, attempts=2), Grade(replace(ADA, key="a2"), RIGHT, attempt=2, attempts=2)
    old = [first, replace(second, counts=False)]
    (change,) = comparing.compare(old, [replace(first, counts=False), second])
    assert (change.difference, change.reasons) == (3.0, (Reason.VERDICT, Reason.ATTEMPT))


@pytest.mark.costly
@given(classes(), classes())
def test_the_table_has_a_row_for_each_student_of_what_changed(old, new):
    changes = compare(old, new)
    head, *rows = csv.reader(io.StringIO(comparing.table(changes).decode("utf-8-sig"), newline=""))
    assert head == ["key", "name", "email", "before", "after", "reasons", "details"]
    assert [row[0] for row in rows] == [each.handed_in.key for each in changes for _ in each.handed_in.students]
    told = [each for each in changes for _ in each.handed_in.students]
    for (_, _, _, before, after, reasons, _), change in zip(rows, told):
        assert reasons == ", ".join(change.reasons)
        if before and after:
            assert float(after) - float(before) == pytest.approx(change.difference, abs=0.011)


@pytest.mark.costly
@given(classes(), classes())
def test_names_do_not_steer_the_terminal(old, new):
    shown = text(compare(old, new))
    assert all(character.isprintable() or character == "\n" or ord(character) > 0x7F for character in shown)
    assert not set(shown) & set("\u202e\u2066\u2067\x9b\x85\u2028")
    shown.encode()
