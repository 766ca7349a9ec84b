"""Overrides: find what an instructor wants to change, check it, and save it."""

import getpass
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from difflib import get_close_matches
from pathlib import Path

from batch import people
from batch.display_names import called, on_one_line
from batch.grades import TOTAL, Grade, Grades, Override
from batch.instructor import student_table
from batch.instructor.student_table import Line
from batch.ledger import Ledger
from batch.people import Directory
from common.errors import UserError

COLUMNS = {
    "check": ("check", "question", "test", "number"),
    "point": ("points", "score", "grade", "new score"),
    "reason": ("reason", "why", "comment"),
}
LONGEST_REASON = 500
MOST_NAMED = 8

Made = tuple[Grade, Override]


class CountedGrades:
    """The grades that count, found by student."""

    def __init__(self, grades: Grades) -> None:
        self._grades = [each for each in grades if each.counts]
        # Including earlier attempts: their keys may be other students' names.
        self._directory = Directory(each.handed_in for each in grades if not each.apart)

    def find(self, *student: str) -> tuple[str, Grade]:
        """Return the student that these texts name by address, number, name or key, with the grade.

        The student is named as `people.person` does. Raises UserError if there is none, or more than one.
        """
        who = self._directory.owner(student)
        return who, next(each for each in self._grades if people.owns(who, each.handed_in))


def check_of(text: str, grade: Grade) -> str:
    """Return the number of the check that a text names, or TOTAL: "1.3", or as in tables, "1.3 conv2d: images".

    Raises UserError, with similar names, if the submission has no such check.
    """
    wanted = " ".join(text.split()).casefold()
    if wanted == TOTAL:
        return TOTAL
    for check in grade.result.checks:
        if re.fullmatch(rf"{re.escape(check.number)}([: ].*)?", wanted):
            return check.number
    if not grade.result.checks:
        raise UserError(
            f"the work of {called(grade.handed_in)} has no checks, because it could not be graded: set its {TOTAL}"
        )
    numbers = [check.number for check in grade.result.checks]
    names = {check.name.casefold(): check.number for check in grade.result.checks}
    near = get_close_matches(wanted, numbers, MOST_NAMED) + [names[name] for name in get_close_matches(wanted, names)]
    shown = ", ".join([*list(dict.fromkeys(near or numbers))[:MOST_NAMED], TOTAL])
    raise UserError(f"unknown check {text!r}; {'similar' if near else 'available'}: {shown}")


def override(grade: Grade, check: str, points: str, reason: str, extra: bool = False) -> Override:
    """Return an override of a check or of the total, for the first student of a submission.

    extra: allow more points than the check or the homework is worth. Raises UserError if the override is invalid.
    """
    number, reason = check_of(check, grade), on_one_line(reason)
    if not re.fullmatch(r"-?[0-9]{1,5}([.,][0-9]{1,2})?", points.strip()):
        raise UserError(f"points are a number with at most two decimals, such as 2.5, not {points!r}")
    given = float(points.strip().replace(",", "."))
    worth = {check.number: check.points for check in grade.result.checks}.get(number, grade.result.points)
    if given > worth and not extra:
        raise UserError(f"{number} is worth {worth:g} points: add --extra to give {given:g}")
    if not reason or len(reason) > LONGEST_REASON:
        raise UserError(f"an override needs a reason for the student to read, of at most {LONGEST_REASON} characters")
    return Override(people.person(grade.handed_in), number, given, reason, _now(), grade.result.content, _login())


def read(path: Path, grades: Grades, extra: bool = False) -> list[Made]:
    """Return the overrides in a table, each with the grade that it changes.

    Raises UserError, which names invalid lines; then none should be saved.
    """
    _, found = student_table.read(path, COLUMNS)
    counted, first = CountedGrades(grades), dict[tuple[str, str], int]()

    def made(line: Line) -> Made:
        _, grade = counted.find(*line.who)
        one = override(grade, line.cells["check"], line.cells["point"], line.cells["reason"], extra)
        if (before := first.setdefault((one.student, one.check), line.number)) != line.number:
            raise UserError(f"{one.check} of this submission is already on line {before}")
        return grade, one

    return student_table.each(path, found, made)


def keep(ledger: Ledger, made: Iterable[Made]) -> None:
    """Save overrides for each student of the submission, replacing others of the same check."""
    with ledger.transaction():
        standing = {replace(each, made="", by="") for each in ledger.overrides()}
        for grade, one in made:
            wanted = [replace(one, student=who) for who in people.each_of(grade.handed_in)]
            if not standing.issuperset(replace(each, made="", by="") for each in wanted):
                end(ledger, grade, one.check)
                for each in wanted:
                    ledger.override(each)


def remove(ledger: Ledger, grade: Grade, check: str) -> None:
    """Remove the override of a check or of the total; raises UserError if there is none."""
    overridden = [each.check for each in grade.overrides]
    if not end(ledger, grade, check if check in overridden else check_of(check, grade)):
        others = f"; {', '.join(overridden)} can be removed" if overridden else ""
        raise UserError(f"the points of {check} were not set by hand for {called(grade.handed_in)}{others}")


def end(ledger: Ledger, grade: Grade, check: str) -> list[Override]:
    """End the overrides of a check for each student of the submission, and return them."""
    students = people.each_of(grade.handed_in)
    found = [each for each in ledger.overrides() if each.check == check and each.student in students]
    for each in found:
        ledger.end_override(each, f"{_now()} by {_login()}")
    return found


def text(standing: Sequence[Override], ended: Sequence[tuple[Override, str]], grades: Grades) -> str:
    """Return the overrides of a class for a terminal, by student. ended: those that were replaced or removed."""
    owners = {who: grade for grade in grades if grade.counts for who in people.each_of(grade.handed_in)}
    said = {
        (who, each.check): line for who, grade in owners.items() for each, line in zip(grade.overrides, grade.overridden)
    }
    blocks: dict[str, list[str]] = defaultdict(list)
    for each in standing:
        line = said.get(
            (each.student, each.check), f"{each.check}: {each.points:g} ({each.reason}); no longer in the class"
        )
        blocks[each.student].append(f"{line}, by {each.by} on {each.made[:10]}")
    for each, when in ended:
        blocks[each.student].append(
            f"{each.check}: {each.points:g} ({each.reason}), by {each.by} on {each.made}, until {when}"
        )
    names = {who: called(grade.handed_in) for who, grade in owners.items()}
    shown = [
        "\n    ".join([f"{names.get(student, '')} ({student})".strip(), *map(on_one_line, found)])
        for student, found in blocks.items()
    ]
    return "\n\n".join(shown) or "There are no overrides."


def _now() -> str:
    return datetime.now().astimezone().isoformat(timespec="seconds")


def _login() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # the user may have no name on this machine
        return "somebody"
