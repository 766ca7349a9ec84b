"""The students who may take part for credit, and how they log in."""

from pathlib import Path
from typing import NamedTuple

from common.errors import UserError
from quizzes import roster
from quizzes.roster import EMAIL_HEADINGS, identity

CODE = "code"


class Roster(NamedTuple):
    """The students of a course."""

    students: tuple[tuple[str, str], ...]  # ids and names
    logins: dict[str, str]  # the id by what a student says, as `identity` spells it


def read(path: Path, id_heading: str = "") -> tuple[Roster, list[str]]:
    """Read a roster as `quizzes.roster.read` does.

    Students say their code, if it has such a column, else their id or e-mail address.
    Raises UserError for a student without a code, and where two would say the same.
    """
    students, remarks = roster.with_rows(path, id_heading)
    has_codes = any(CODE in row for _, row in students)
    logins: dict[str, str] = {}
    for owner, row in students:
        for said in [row[CODE]] if has_codes else [owner.id, *(row[name] for name in EMAIL_HEADINGS if row.get(name))]:
            if not said:
                raise UserError(f"{path}: {owner.name or owner.id} has no code")
            if logins.setdefault(identity(said), owner.id) != owner.id:
                raise UserError(f"{path}: {said!r} belongs to two students")
    return Roster(tuple((owner.id, owner.name) for owner, _ in students), logins), remarks
