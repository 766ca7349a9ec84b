"""A ledger with rows that cannot be read: what is lost, and how it comes back."""

from batch import outcome
from batch.display_names import counted
from batch.given import comments, policy, renames, requests, roster
from batch.grades import Override
from batch.ledger import Ledger
from batch.records import HandedIn, Record

WRITTEN = (("graded", "record", Record), ("class", "handed_in", HandedIn), ("class", "record", Record),
           ("attempts", "handed_in", HandedIn))  # fmt: skip
GIVEN = {
    policy.GIVEN: policy.Policy,
    renames.GIVEN: renames.Renames,
    requests.GIVEN: requests.Requests,
    comments.GIVEN: comments.Comments,
    outcome.ROSTER: roster.Roster,
}


def mend(ledger: Ledger) -> list[str]:
    """Delete the rows that cannot be read, and return sentences about them. A run writes again what another wrote."""
    said = []
    if lost := sum(len(ledger.drop_unreadable(*each)) for each in WRITTEN):
        rows = counted(lost, "row")
        said.append(f"{rows} of {ledger.file.name} could not be read; work that the export still has is graded again.")
    for student, check, *_ in ledger.drop_unreadable("overrides", "override", Override):
        said.append(f"The override of {check} for {student} could not be read and is lost: set the points again.")
    for name, kind in GIVEN.items():
        for _ in ledger.drop_unreadable("given", "content", kind, name):
            said.append(f"What you gave as {name} could not be read and is lost: give it again.")
    return said
