"""An instructor's instructions for a class, which stay in force from run to run until they are given again."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from autograder.assignment import Assignment
from autograder.renames import Rename
from batch import outputs, people
from batch.display_names import called
from batch.exports import Export
from batch.exports.raw_submissions import in_short
from batch.grades import Comment
from batch.instructor import REMOVE, comments, policy, renames, roster
from batch.instructor.policy import Policy, Rules
from batch.instructor.renames import Renames
from batch.instructor.roster import Present, Roster
from batch.ledger import Ledger
from batch.models import Graded
from batch.outputs import CANVAS_COLUMN, FEEDBACK, KIND, PRESENT, ROSTER
from batch.platforms import sending
from common.records import to_json


@dataclass(frozen=True)
class Instructions:
    """Instructions for this run. Where they are None, the saved ones stay in force; "none" removes those.

    rules: due dates and attempts. comments: a table. roster: a class list, as platforms and spreadsheets save it, or
    "none". feedback: one of sending.KINDS. canvas_column: the assignment's column in Canvas's gradebook. rename: renames of
    files in all submissions. renames: a table of renames for some students, or "none".
    """

    rules: Rules = field(default_factory=Rules)
    comments: Path | None = None
    roster: Path | None = None
    feedback: str | None = None
    canvas_column: str | None = None
    rename: Sequence[Rename] | None = None
    renames: Path | None = None


@dataclass(frozen=True)
class Resolved:
    """Instructions, resolved for an export. comments, roster: None if they are not given now."""

    instructions: Instructions
    export: Export
    policy: Policy
    named: Renames
    comments: list[Comment] | None
    roster: Roster | None
    remarks: tuple[str, ...]

    def save(self, ledger: Ledger, graded: Graded) -> None:
        """Save the instructions for later runs. graded: the class, which the ledger has saved already."""
        said = self.instructions
        ledger.save(policy.SAVED_AS, to_json(self.policy.about(graded)))
        ledger.save(KIND, self.export.kind)
        renames.keep(ledger, self.named)
        ledger.save(PRESENT, to_json(Present(self.export.handed_in)))
        if self.comments is not None:
            comments.keep(ledger, self.comments, outputs.grades(ledger))
        if said.roster:
            ledger.save(ROSTER, to_json(self.roster) if self.roster else "")
        for name, text in ((CANVAS_COLUMN, said.canvas_column), (FEEDBACK, said.feedback)):
            if text:
                ledger.save(name, text)


def resolve(said: Instructions, ledger: Ledger, export: Export, assigned: Assignment) -> Resolved:
    """Resolve instructions for an export before anything runs; raises UserError if one cannot be followed."""
    listed, remarks = roster.read(said.roster) if said.roster and str(said.roster) != REMOVE else (None, [])
    if not said.roster and ledger.saved(ROSTER):
        remarks.append("The class list is the one from an earlier run.")
    known = listed if said.roster else ledger.saved_as(Roster, ROSTER)
    if known:
        handed_in = roster.with_listed(export.handed_in, roster.attendance(known, export.handed_in, export.kind))
        export = replace(export, handed_in=handed_in)
    about_work = comments.read(said.comments, export.handed_in, assigned) if said.comments else None
    sending.require_export(said.feedback or ledger.saved(FEEDBACK), export.kind)
    before = Policy.of(ledger)
    rules = before.with_rules(said.rules, assigned.config.late)
    if ledger.saved(policy.SAVED_AS) and before.late != rules.late:
        remarks.append(f"The late policy has changed since the last run: {before.cost} -> {rules.cost}.")
    if gone := _gone(ledger, export):
        remarks.append(f"In the last run but not in this export, and so no longer in any table: {in_short(gone)}.")
    rules.terms(export.handed_in)  # raises UserError if a line could be about several students
    named = renames.in_force(ledger, said.rename, said.renames, export.handed_in, assigned.files)
    return Resolved(said, export, rules, named, about_work, listed, tuple(remarks))


def _gone(ledger: Ledger, export: Export) -> list[str]:
    """Return the names of students who were in the last run but are not in this export."""
    here = {who for each in export.handed_in for who in people.each_of(each)}
    return [
        called(replace(each, students=each.students[place : place + 1]))
        for each, _ in ledger.graded()
        for place, who in enumerate(people.each_of(each))
        if who not in here
    ]
