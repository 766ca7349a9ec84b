"""Renames: files that are graded under another name, in all submissions or in one student's."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from autograder import renames
from autograder.assignment import Assignment
from autograder.renames import Rename
from autograder.verdicts import Verdict
from batch import people
from batch.instructor import REMOVE, student_table
from batch.ledger import Ledger
from batch.models import CONTENT, HandedIn, Result
from common.records import to_json

SAVED_AS = "renames"  # in the ledger
COLUMNS = {"old name": ("old", "old name"), "new name": ("new", "new name")}


@dataclass(frozen=True)
class Renames:
    """Renames for all submissions, and for those of some students, as `people.person` names them, which come first."""

    for_all: tuple[Rename, ...] = ()
    for_some: dict[str, tuple[Rename, ...]] = field(default_factory=dict)

    def of(self, handed_in: HandedIn) -> tuple[Rename, ...]:
        """Return the renames for a submission."""
        own = [rename for person, some in self.for_some.items() if people.owns(person, handed_in) for rename in some]
        return tuple(dict.fromkeys([*own, *self.for_all]))

    def __str__(self) -> str:
        some = [f"and more for {len(self.for_some)} student{'s' * (len(self.for_some) > 1)}"] if self.for_some else []
        return ", ".join([*map(str, self.for_all), *some])


NO_RENAMES = Renames()


def in_force(
    ledger: Ledger,
    for_all: Sequence[Rename] | None,
    table: Path | None,
    handed_in: Sequence[HandedIn],
    files: Sequence[str],
) -> Renames:
    """Return the renames in force: those given now, else the saved ones.

    table: a CSV with the columns student, old and new, or "none". files: of the homework. Raises UserError, which names
    invalid lines.
    """
    now = ledger.saved_as(Renames, SAVED_AS) or NO_RENAMES
    if for_all is not None:
        now = replace(now, for_all=tuple(for_all))
    if table:
        now = replace(now, for_some={} if str(table) == REMOVE else _read(table, handed_in, files))
    return now


def keep(ledger: Ledger, now: Renames) -> None:
    """Save the renames for later runs."""
    ledger.save(SAVED_AS, to_json(now))


def _read(table: Path, handed_in: Sequence[HandedIn], files: Sequence[str]) -> dict[str, tuple[Rename, ...]]:
    directory = people.Directory(handed_in)

    def said(line: student_table.Line) -> tuple[str, Rename]:
        return directory.owner(line.who), renames.checked(line.cells["old name"], line.cells["new name"], files)

    _, given = student_table.read(table, COLUMNS)
    found: dict[str, tuple[Rename, ...]] = {}
    for person, rename in student_table.each(table, given, said):
        found[person] = (*found.get(person, ()), rename)
    return found


def that_matter(wanted: Sequence[Rename], result: Result | None, assigned: Assignment) -> tuple[Rename, ...]:
    """Return the renames that may affect how a content is graded: those to a file that it lacks.

    result: of grading it without renames; None if it was not graded.
    """
    if result is None or result.error:
        return tuple(wanted)
    missing = {check.part for check in result.checks if check.verdict == Verdict.MISSING.value}
    files = {part.module for part in assigned.parts if part.title in missing}
    return tuple(rename for rename in wanted if rename.new.rpartition(".")[0] in files)


def digest(content: str, wanted: Sequence[Rename]) -> str:
    """Return the digest of a content that is graded with renames: its first half still identifies the content."""
    named = "".join(f"\n{rename.old!r} {rename.new!r}" for rename in wanted)
    return content[:CONTENT] + hashlib.sha256(f"{content}{named}".encode()).hexdigest()[CONTENT:] if wanted else content
