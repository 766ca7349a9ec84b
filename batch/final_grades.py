"""From the autograder's results to final grades: attempts, lateness, overrides and comments."""

import math
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from autograder import lateness
from batch import people
from batch.grades import Comment, Grade, Override
from batch.instructor.extensions import NO_DATE, Extension
from batch.instructor.policy import LATEST, Policy
from batch.instructor.times import parse_time
from batch.models import Graded, HandedIn, Result

Terms = Mapping[str, Sequence[Extension]]  # by students
MARKED = "yes"  # late, by an unknown time


@dataclass(frozen=True)
class Adjustments:
    """What people change about the autograder's results, for any student of the class."""

    overrides: Sequence[Override] = ()
    comments: Sequence[Comment] = ()


UNADJUSTED = Adjustments()


@dataclass(frozen=True)
class Place:
    """An attempt among those of one student."""

    attempt: int
    attempts: int
    counts: bool


def final_grades(
    graded: Graded,
    policy: Policy,
    adjustments: Adjustments = UNADJUSTED,
    earlier: Graded = (),
    stale: Collection[str] = (),
) -> list[Grade]:
    """Return the grades of all attempts of the students in a class: their current submissions, then earlier ones.

    earlier: submissions of earlier runs that the last one did not see, oldest first. stale: digests that were graded with
    other points or options than the class; such an attempt never counts.

    An attempt belongs to each student who submitted it: what Ada submitted alone is not an attempt of Bob, who has joined
    her group since. So a submission may count for some of its students and not for others; it then has two grades. A
    student's attempts are ordered by time if all have one, else in the order in which runs saw them. Either the latest
    counts, or the one with the highest total and, of equal ones, the latest. Overrides belong to students, too.
    """
    terms = policy.terms([handed_in for handed_in, _ in graded])
    here = {who for handed_in, _ in graded for who in people.each_of(handed_in)}
    earlier = [(handed_in, result) for handed_in, result in earlier if here.intersection(people.each_of(handed_in))]
    found = []
    for handed_in, result in [*earlier, *graded]:
        overrides = tuple(_of(handed_in, adjustments.overrides))
        grade = Grade(handed_in, result, overrides, _comments(handed_in, result, adjustments.comments))
        found.append(_with_lateness(replace(grade, stale=result.digest in stale), policy, terms))
    placed = list(zip(found, _places(found, here, policy), _apart([each.handed_in.key for each in found])))
    return [grade for each in [*placed[len(earlier) :], *placed[: len(earlier)]] for grade in _split(*each)]


def _with_lateness(grade: Grade, policy: Policy, terms: Terms) -> Grade:
    """Return a grade with its deduction for lateness. A known due date or arrival time overrides the platform's mark."""
    own = [each for who in people.each_of(grade.handed_in) for each in terms.get(who, ())]
    times = [parse_time(each.handed_in) for each in own if each.handed_in and each.content == grade.result.content]
    handed_in = replace(grade.handed_in, submitted=max(times).isoformat()) if times else grade.handed_in
    due = _due(handed_in, policy, terms)
    late, loss = "", None
    if due and handed_in.submitted_at:
        if handed_in.submitted_at > due:
            late = lateness.in_words(handed_in.submitted_at - due)
            loss = lateness.loss(handed_in.submitted_at, due, policy.late)
    elif handed_in.late and policy.due != NO_DATE and not any(each.gives_time for each in own):
        late, loss = MARKED, lateness.least_loss(policy.late)
    return replace(grade, handed_in=handed_in, due=due, late=late, loss=loss)


def _due(handed_in: HandedIn, policy: Policy, terms: Terms) -> datetime | None:
    """Return the latest of the students' due dates, as on Gradescope; None if one of them has no due date."""
    if policy.due == NO_DATE:
        return None
    dates: list[datetime | None] = []
    for who in people.each_of(handed_in):
        own = [each.due_date(policy.due_date) for each in terms.get(who, ()) if each.gives_time]
        dates += own or [policy.due_date]
    return None if None in dates else max(filter(None, dates))


def _places(grades: Sequence[Grade], here: set[str], policy: Policy) -> list[dict[str, Place]]:
    """Return the place of each grade among the attempts of each of its students in the class."""
    tries: dict[str, list[int]] = {}
    for index, grade in enumerate(grades):
        for who in here.intersection(people.each_of(grade.handed_in)):
            tries.setdefault(who, []).append(index)
    places: list[dict[str, Place]] = [{} for _ in grades]
    for who, own in tries.items():
        times = {index: moment for index in own if (moment := grades[index].handed_in.submitted_at)}
        if len(times) == len(own):
            own.sort(key=times.__getitem__)
        able = [index for index in own if not grades[index].stale]
        ranks = {index: _rank(_of_these(grades[index], {who})) for index in able}
        counting = able[-1] if policy.attempt == LATEST else max(reversed(able), key=ranks.__getitem__)
        for number, index in enumerate(own, start=1):
            places[index][who] = Place(number, len(own), index == counting)
    return places


def _rank(grade: Grade) -> float:
    return -math.inf if grade.total is None else grade.total


def _apart(keys: Sequence[str]) -> list[bool]:
    """Return for each key whether it occurs again later."""
    last = {key: index for index, key in enumerate(keys)}
    return [last[key] != index for index, key in enumerate(keys)]


def _split(grade: Grade, places: Mapping[str, Place], apart: bool) -> Iterator[Grade]:
    """Yield the grade once for the students for whom it does not count, and once for those for whom it does."""
    owners = list(zip(grade.handed_in.students, people.each_of(grade.handed_in)))
    for counts in (False, True):
        these = {who: place for who, place in places.items() if place.counts is counts}
        if these:
            students = tuple(student for student, who in owners if who in these)
            place = max(these.values(), key=lambda place: place.attempt)
            yield replace(
                _of_these(grade, these),
                handed_in=replace(grade.handed_in, students=students),
                attempt=place.attempt,
                attempts=place.attempts,
                counts=counts,
                apart=apart,
            )


def _of_these(grade: Grade, students: Collection[str]) -> Grade:
    """Return a grade with only the overrides of these students, and for each check the last one made."""
    own = sorted((each for each in grade.overrides if each.student in students), key=lambda each: each.made)
    standing = {each.check: each for each in own}
    order = [*(check.number for check in grade.result.checks), *standing]
    return replace(grade, overrides=tuple(sorted(standing.values(), key=lambda each: order.index(each.check))))


def _of(handed_in: HandedIn, said: Iterable[Override]) -> Iterator[Override]:
    return (each for each in said if people.owns(each.student, handed_in))


def _comments(handed_in: HandedIn, result: Result, comments: Sequence[Comment]) -> tuple[Comment, ...]:
    owners = people.each_of(handed_in)
    return tuple(each for each in comments if each.applies_to(owners, result.digest))
