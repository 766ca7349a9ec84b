"""What stands: due dates, extensions, lateness and attempts, against the rules and an oracle of their own."""

import math
import random
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.assignment import find
from autograder.config import Late
from batch import outputs
from batch.final_grades import Adjustments, final_grades
from batch.grades import Override
from batch.instructor import extensions
from batch.instructor.extensions import NO_DATE, Extension
from batch.instructor.policy import BEST, SAVED_AS, Policy, Rules
from batch.ledger import Ledger
from batch.models import HandedIn, Student
from batch.people import each_of
from common.errors import UserError
from common.records import to_json
from gradescope import policy as on_gradescope
from gradescope.metadata import Metadata
from tests.batch.classes import check, result

DUE = datetime(2026, 11, 22, 18, tzinfo=timezone.utc)
HOUR = timedelta(hours=1)
LATE = Late(loss_per_day=0.1, largest_loss=0.5, grace_minutes=10)
STUDENTS = tuple(Student(name, f"{name}@uni.example") for name in ("ada", "bob", "eve"))

moments = st.integers(-3 * 86_400, 9 * 86_400).map(lambda seconds: DUE + timedelta(seconds=seconds)) | st.none()
scores = st.integers(0, 1200).map(lambda cents: cents / 100)
lates = st.builds(Late, *[st.integers(0, 100).map(lambda percent: percent / 100)] * 2, st.integers(0, 90).map(float))


def work(score, at, *students, key="k", digest="d", late=False):
    """Return a submission by ada, or others, with so many points of 12."""
    submitted = at.isoformat() if at else ""
    who = students or STUDENTS[:1]
    return HandedIn(key, who, submitted, Path("nowhere"), late=late), result(
        check(score=score, points=12.0), digest=digest.ljust(64, "0")
    )


def extension(who="ada", **given):
    return Extension("a line", (who,), **given)


def policy(late=LATE, due=DUE, **given):
    return Policy(late, due.isoformat() if due else "", **given)


def settled(*graded, **options):
    """Return what counts, of the last of these submissions; the others are earlier."""
    rules = options.pop("rules", None) or policy(**options)
    return [grade for grade in final_grades(graded[-1:], rules, earlier=graded[:-1]) if grade.counts]


extended = st.builds(
    extension,
    st.sampled_from([student.name for student in STUDENTS]),
    due=st.just("") | st.just(NO_DATE) | moments.filter(bool).map(datetime.isoformat),
) | st.builds(extension, st.just("ada"), days=st.integers(0, 8), hours=st.integers(0, 90))


@st.composite
def histories(draw):
    """What two runs saw: each student alone or in a group, some again and again, times known or not."""
    runs = []
    for run in range(2):
        class_, left = [], list(STUDENTS)
        while left:
            members = [left.pop() for _ in range(min(len(left), draw(st.integers(1, 2))))]
            for attempt in range(draw(st.integers(1 - run, 2))):
                key, digest = f"{members[0].name}{attempt}", f"{run}{members[0].name}{attempt}"
                class_.append(work(draw(scores), draw(moments), *members, key=key, digest=digest))
        runs.append(class_)
    return runs


@given(scores, moments, lates)
def test_lateness_by_hand(score, at, late):
    (grade,) = settled(work(score, at), late=late)
    seconds = (at - DUE).total_seconds() if at else 0
    share = Fraction(0)
    if seconds > 60 * late.grace_minutes:
        share = min(math.ceil(Fraction(int(seconds), 86_400)) * Fraction(late.loss_per_day), Fraction(late.largest_loss))
    assert grade.score == score
    assert grade.lost == pytest.approx(float(score * share), abs=0.0051)
    assert bool(grade.loss) == bool(share) and bool(grade.late) == (seconds > 0)


@given(scores, moments.filter(bool), moments.filter(bool), lates)
def test_gradescope_takes_off_the_same(score, at, due, late):
    rules = on_gradescope.Policy(replace(find("cnn").config, late=late), "this", Metadata(at, due))
    there = rules.applied({"score": score, "output": "", "extra_data": {}})
    (here,) = settled(work(score, at), due=due, late=late)
    assert here.total == there["score"]
    assert not here.loss or here.loss.sentence in there["output"]


@given(scores, moments.filter(bool), moments.filter(bool), lates)
def test_the_total_is_the_score_minus_what_is_lost_and_later_never_gains(score, one, other, late):
    early, later = (settled(work(score, at), late=late)[0] for at in sorted((one, other)))
    for grade in (early, later):
        assert grade.total == round(grade.score - grade.lost, 2)
        assert 0 <= grade.total <= grade.score and math.copysign(1, grade.total) == 1
    assert later.total <= early.total


@given(scores, moments, st.lists(extended, max_size=3), st.integers(1, 2), st.booleans(), lates)
def test_an_extension_never_costs_anything(score, at, more, members, marked, late):
    graded = work(score, at, *STUDENTS[:members], late=marked)
    (without,) = settled(graded, late=late)
    (longer,) = settled(graded, late=late, extensions=tuple(more))
    assert longer.total >= without.total


@given(st.integers(0, 10**6), st.lists(st.tuples(extended, moments), min_size=1, max_size=6))
def test_the_order_of_lines_does_not_matter(tmp_path_factory, seed, said):
    lines = [
        f"{each.who[0]},{each.due},{each.days or ''},{each.hours or ''},{at.isoformat() if at else ''}" for each, at in said
    ]
    if not any(line.split(",", 1)[1].strip(",") for line in lines):
        return
    table = tmp_path_factory.mktemp("lines") / "extensions.csv"
    found = []
    for order in (lines, random.Random(seed).sample(lines, len(lines))):
        table.write_text("\n".join(["student,due,days,hours,handed in", *order]))
        graded = [work(12.0, DUE + 30 * HOUR, one, key=one.name) for one in STUDENTS]
        rules = policy(extensions=extensions.read(table)).about(graded)
        found.append([(grade.due, grade.late, grade.total) for grade in final_grades(graded, rules)])
    assert found[0] == found[1]


def test_an_extension_before_the_due_date_is_none():
    early = extension(due=(DUE - 60 * HOUR).isoformat())
    assert settled(work(12.0, DUE), extensions=(early,))[0].lost == 0
    rules = policy(extensions=(early,))
    said = " ".join(rules.remarks([], final_grades([work(12.0, DUE)], rules), Rules()))
    assert "a line: 2026-11-20 06:00 UTC is before the due date, so the due date counts." in said


@given(scores, scores, moments, st.lists(extended, max_size=2))
def test_a_regrade_changes_nothing_of_lateness(before, after, at, more):
    one, other = (settled(work(score, at), extensions=tuple(more))[0] for score in (before, after))
    assert (one.due, one.late, one.loss) == (other.due, other.late, other.loss)


@given(histories(), st.lists(extended, max_size=2), lates)
def test_one_attempt_counts_for_each_student_and_the_best_is_never_worse(runs, more, late):
    earlier, now = runs
    totals = {}
    for attempt in ("latest", BEST):
        rules = policy(late=late, extensions=tuple(more), attempt=attempt)
        grades = final_grades(now, rules, earlier=earlier)
        counting = [(who, grade) for grade in grades if grade.counts for who in each_of(grade.handed_in)]
        totals[attempt] = {who: grade.total for who, grade in counting}
        here = {who for handed_in, _ in now for who in each_of(handed_in)}
        assert len(counting) == len(totals[attempt]) and totals[attempt].keys() == here
        assert all(1 <= grade.attempt <= grade.attempts for grade in grades)
    assert all(totals[BEST][who] >= total for who, total in totals["latest"].items())


def test_what_one_tried_alone_counts_for_nobody_else():
    ada, bob, _ = STUDENTS
    alone, together = work(12, DUE, ada, key="a", digest="1"), work(5, DUE + HOUR, ada, bob, key="b", digest="2")
    best = settled(alone, together, attempt=BEST)
    assert {each_of(grade.handed_in)[0]: (grade.total, grade.attempt, grade.attempts) for grade in best} == {
        "email ada@uni.example": (12, 1, 2),
        "email bob@uni.example": (4.5, 1, 1),
    }
    assert [(len(grade.handed_in.students), grade.total) for grade in settled(alone, together)] == [(2, 4.5)]
    both = [each for each in final_grades([together], policy(attempt=BEST), earlier=[alone]) if each.folder == "b"]
    assert [each.counts for each in both] == [False, True]  # the report of those for whom it counts is written last


def test_those_who_are_not_in_the_class_are_in_no_grade():
    earlier = work(12, DUE, *STUDENTS[:2], key="a", digest="1")
    grades = final_grades([work(5, DUE)], policy(attempt=BEST), earlier=[earlier])
    assert [(grade.handed_in.students, grade.counts) for grade in grades] == [(STUDENTS[:1], False), (STUDENTS[:1], True)]
    assert final_grades([work(5, DUE, STUDENTS[2])], policy(), earlier=[earlier])[0].attempts == 1


def test_attempts_are_in_the_order_of_their_times_or_else_of_the_runs():
    first, second = work(1, DUE + HOUR, key="a", digest="1"), work(2, DUE, key="b", digest="2")
    assert settled(first, second)[0].handed_in.key == "a"
    assert settled((replace(first[0], submitted=""), first[1]), second)[0].handed_in.key == "b"


def test_of_equal_attempts_the_latest_counts():
    (grade,) = settled(work(5, DUE, key="a", digest="1"), work(5, DUE, key="b", digest="2"), attempt=BEST)
    assert grade.attempt == 2


def test_a_group_has_the_latest_date_of_its_members():
    graded = work(12.0, DUE + 30 * HOUR, *STUDENTS[:2])
    one, two = extension(days=1), extension("bob", days=2)
    assert [settled(graded, extensions=more)[0].lost for more in ((), (one,), (one, two))] == [2.4, 1.2, 0]
    assert settled(graded, extensions=(extension("bob", due=NO_DATE),))[0].due is None


def test_earlier_work_under_the_same_key_has_a_folder_of_its_own():
    old, new = work(1, None, digest="1"), work(2, None, digest="2")
    assert [(each.folder, each.attempt) for each in final_grades([new], policy(), earlier=[old])] == [
        ("k", 2),
        ("k/attempt-1", 1),
    ]


def test_what_was_graded_by_other_points_never_counts():
    old, new = work(12, DUE, digest="1"), work(2, DUE + HOUR, digest="2")
    rules = policy(attempt=BEST)
    grades = final_grades([new], rules, earlier=[old], stale={old[1].digest})
    assert [(each.total, each.counts, each.stale) for each in grades] == [(1.8, True, False), (12, False, True)]
    remarks = list(rules.remarks([], grades, Rules()))
    assert "Not counted, because of other points or options: 1 earlier attempt." in remarks


def test_the_whole_grade_that_a_person_sets_is_not_reduced():
    graded = work(2, DUE + 30 * HOUR)
    override = Override("email ada@uni.example", "total", 9.0, "agreed", "2026-11-30", "d")
    (grade,) = final_grades([graded], policy(), Adjustments([override]))
    assert (grade.total, grade.lost, grade.late) == (9.0, 0.0, "1 d 6 h")


@pytest.mark.parametrize(
    ("more", "due", "lost"),
    [
        ((), DUE, 1.2),  # one day, for nobody knows
        ((), None, 1.2),
        ([extension(days=1)], DUE, 0),
        ([extension(due=NO_DATE)], None, 0),
        ([extension(handed_in=DUE.isoformat())], DUE, 0),
        ([extension(handed_in=(DUE + 30 * HOUR).isoformat())], DUE, 2.4),
        ([extension(handed_in=(DUE + 30 * HOUR).isoformat())], None, 1.2),  # the time alone does not say that it was late
    ],
)
def test_what_is_marked_as_late_without_a_time(more, due, lost):
    graded = work(12.0, None, late=True)
    rules = policy(due=due, extensions=tuple(more)).about([graded])
    assert settled(graded, rules=rules)[0].lost == lost
    assert settled(graded, rules=replace(rules, due=NO_DATE))[0].lost == 0


def test_a_time_is_of_the_work_that_was_there_and_of_no_later_attempt():
    graded = work(12.0, None, late=True)
    rules = policy(extensions=(extension(handed_in=DUE.isoformat()),)).about([graded])
    again = work(12.0, None, digest="2", late=True)
    assert settled(again, rules=rules.about([again]))[0].lost == 1.2


def test_a_day_more_ends_at_the_same_hour_when_clocks_change(monkeypatch):
    import time

    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    try:
        due = datetime(2026, 10, 24, 18).astimezone()
        longer = extension(days=1).due_date(due)
        assert (longer.hour, longer - due) == (18, 25 * HOUR)
    finally:
        monkeypatch.undo()
        time.tzset()


def class_of(folder, *runs, rules=None):
    with Ledger(folder) as ledger:
        for graded, options in runs:
            for _, known in graded:
                ledger.put(known, options)
            ledger.put_class(graded)
        ledger.save(SAVED_AS, to_json(rules or policy(attempt=BEST)))
    with Ledger.to_read(folder) as ledger:
        return outputs.grades(ledger)


def test_what_earlier_runs_saw_is_in_the_ledger(tmp_path):
    one, two, three = (work(points, None, key=key, digest=key) for points, key in ((9, "z"), (3, "y"), (1, "x")))
    grades = class_of(tmp_path, ([one], "o"), ([two], "o"), ([one], "o"), ([two], "o"), ([three], "o"))
    assert [(each.total, each.attempt, each.counts) for each in grades] == [(1, 3, False), (9, 1, True), (3, 2, False)]
    (grade,) = [each for each in class_of(tmp_path, ([three], "other")) if each.counts]
    assert grade.total == 1


def test_a_content_that_is_graded_under_other_names_is_no_second_attempt(tmp_path):
    plain, renamed = work(3, None, digest="1" * 32), work(9, None, digest="1" * 32 + "2")
    (grade,) = class_of(tmp_path, ([plain], "o"), ([renamed], "o"))
    assert (grade.total, grade.attempts) == (9, 1)


@pytest.mark.parametrize(
    ("table", "sentence"),
    [
        ("", "no column"),
        ("name,points\nada,3", "has no column due, days, hours or handed in: its first line has 'name', 'points'"),
        ("due\n2026-11-22", "no column of students"),
        ("name,due\nada,", "has no extensions"),
        ("name,due\nada,\nbob,11/22/2026", "line 3: '11/22/2026' is not a time such as 2026-11-22 18:00"),
        ("name,days\nada,soon", "line 2: 'soon' is not a number of days"),
        ("name,days\nada,-1", "line 2: extra time must be 0 to 400 days, not -1"),
        ("name,days\nada,nan", "line 2: extra time must be 0 to 400 days, not nan"),
        ("name,days,due\nada,1,2026-11-22", "line 2: it has both a due date and extra time"),
        ("name,days\n,1", "line 2: no student is named"),
        ("name,due\nada,0001-01-01", "line 2: '0001-01-01' is not a time"),
    ],
)
def test_a_line_that_cannot_be_used_is_named(tmp_path, table, sentence):
    (tmp_path / "more.csv").write_text(table)
    with pytest.raises(UserError) as raised:
        Policy().with_rules(Rules(DUE.isoformat(), tmp_path / "more.csv"), LATE)
    assert sentence in str(raised.value)


def test_more_time_counts_from_a_due_date(tmp_path):
    (tmp_path / "more.csv").write_text("name,hours\nada,2,5")
    with pytest.raises(UserError, match=r"more\.csv, line 2 gives extra time, but there is no due date"):
        Policy().with_rules(Rules(extensions=tmp_path / "more.csv"), LATE)


def test_what_is_not_given_again_holds_and_none_takes_it_back(tmp_path):
    (tmp_path / "more.csv").write_text("name,hours\nada,2")
    first = Policy().with_rules(Rules(DUE.isoformat(), tmp_path / "more.csv", BEST), LATE)
    assert first.with_rules(Rules(), LATE) == first
    assert first.with_rules(Rules(), Late()).late == Late()
    assert first.with_rules(Rules(NO_DATE, Path(NO_DATE), "latest"), LATE) == Policy(LATE, NO_DATE)
    said = " ".join(first.remarks([], [], Rules(attempt=BEST)))
    assert "2026-11-22 18:00 UTC (from an earlier run), 1 extension (from an earlier run), the best attempt counts." in said


def test_moodles_worksheet_tells_two_of_one_name_apart(tmp_path):
    heading = 'Identifier,"Full name","Last modified (submission)"'
    line = '"Participant {}",Ada,"Monday, 23 November 2026, {}:00 PM"'
    (tmp_path / "grades.csv").write_text("\n".join([heading, line.format(7, 1), line.format(8, 2)]))
    twins = [work(5, None, Student("Ada", sid=sid), key=f"Ada_{sid}", digest=sid) for sid in "87"]
    rules = policy(extensions=extensions.read(tmp_path / "grades.csv")).about(twins)
    found = {grade.handed_in.students[0].sid: grade.handed_in.submitted_at.hour for grade in final_grades(twins, rules)}
    assert found["8"] - found["7"] == 1


def test_a_line_about_nobody_here_is_said_and_one_about_two_is_refused():
    twins = [work(5, None, Student("Ada", f"{n}@x.y", str(n)), key=str(n)) for n in range(2)]
    with pytest.raises(UserError, match="a line: 'Ada' could be any of email 0@x"):
        policy(extensions=(extension("Ada"),)).terms([handed_in for handed_in, _ in twins])
    many = policy(extensions=tuple(extension(f"nobody{n}") for n in range(7)))
    said = list(many.remarks([handed_in for handed_in, _ in twins], [], Rules()))
    assert "a line: found no submission by 'nobody0'." in said and "The same applies to 2 more lines." in said


def test_an_assignment_in_which_lateness_is_free_says_so():
    rules = policy(late=Late())
    said = " ".join(rules.remarks([], final_grades([work(5, DUE + HOUR)], rules), Rules()))
    assert "nobody lost points, because [late] in assignment.toml has loss_per_day = 0." in said
