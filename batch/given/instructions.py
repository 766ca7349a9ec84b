"""What the caller says about a class: it holds from run to run, until something else is said."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from autograder.assignment import Assignment
from autograder.renames import Rename
from batch import outcome, people
from batch.display_names import called
from batch.exports import Export
from batch.exports.raw_submissions import in_short
from batch.given import comments, policy, renames, roster
from batch.given.extensions import NONE
from batch.given.policy import Policy, Rules
from batch.given.renames import Renames
from batch.given.roster import Present, Roster
from batch.grades import Comment
from batch.ledger import Ledger
from batch.outcome import CANVAS_COLUMN, FEEDBACK, KIND, PRESENT, ROSTER
from batch.platforms import sending
from batch.records import Graded
from common.records import to_json


@dataclass(frozen=True)
class Instructions:
    """What is said now; what was said before holds where that is None.

    rules: about due dates and attempts. comments: a table. roster: a class list, as platforms and spreadsheets save it, or
    NONE. feedback: one of sending.KINDS, or NONE. canvas_column: the assignment as Canvas's own gradebook calls it.
    rename: files that count under another name, in all submissions. renames: a table with those of some students, or NONE.
    """

    rules: Rules = field(default_factory=Rules)
    comments: Path | None = None
    roster: Path | None = None
    feedback: str | None = None
    canvas_column: str | None = None
    rename: Sequence[Rename] | None = None
    renames: Path | None = None


@dataclass(frozen=True)
class Understood:
    """Instructions as they are meant for an export. comments, roster: None where nothing is said of them now."""

    instructions: Instructions
    export: Export
    policy: Policy
    named: Renames
    comments: list[Comment] | None
    roster: Roster | None
    remarks: tuple[str, ...]

    def keep(self, ledger: Ledger, graded: Graded) -> None:
        """Let the ledger know what holds for its class from now on. graded: the class, which it knows already."""
        said = self.instructions
        ledger.give(policy.GIVEN, to_json(self.policy.about(graded)))
        ledger.give(KIND, self.export.kind)
        renames.keep(ledger, self.named)
        ledger.give(PRESENT, to_json(Present(self.export.handed_in)))
        if self.comments is not None:
            comments.keep(ledger, self.comments, outcome.grades(ledger))
        if said.roster:
            ledger.give(ROSTER, to_json(self.roster) if self.roster else "")
        for name, text in ((CANVAS_COLUMN, said.canvas_column), (FEEDBACK, said.feedback)):
            if text:
                ledger.give(name, text)


def understand(said: Instructions, ledger: Ledger, export: Export, assigned: Assignment) -> Understood:
    """Hold instructions against an export before anything runs; raise UserError for what cannot be followed."""
    listed, remarks = roster.read(said.roster) if said.roster and str(said.roster) != NONE else (None, [])
    if not said.roster and ledger.given(ROSTER):
        remarks.append("The class list is the one given before.")
    about_work = comments.read(said.comments, export.handed_in, assigned) if said.comments else None
    sending.require_export(said.feedback or ledger.given(FEEDBACK), export.kind)
    before = Policy.of(ledger)
    rules = before.with_rules(said.rules, assigned.config.late)
    if ledger.given(policy.GIVEN) and before.late != rules.late:
        remarks.append(f"What lateness costs has changed since the last run: {before.cost} -> {rules.cost}.")
    if gone := _gone(ledger, export):
        remarks.append(f"In the last run but not in this export, so in no table any more: {in_short(gone)}.")
    rules.terms(export.handed_in)  # a line may mean several students
    named = renames.settled(ledger, said.rename, said.renames, export.handed_in, assigned.files)
    return Understood(said, export, rules, named, about_work, listed, tuple(remarks))


def _gone(ledger: Ledger, export: Export) -> list[str]:
    """Return the names of those who were in the class when it was graded last, and are not in an export."""
    here = {who for each in export.handed_in for who in people.each_of(each)}
    return [
        called(replace(each, students=each.students[place : place + 1]))
        for each, _ in ledger.graded()
        for place, who in enumerate(people.each_of(each))
        if who not in here
    ]
