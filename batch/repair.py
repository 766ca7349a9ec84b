"""Repair a ledger with rows that cannot be read."""

from batch import outputs
from batch.display_names import counted
from batch.grades import Override
from batch.instructor import comments, policy, renames, requests, roster
from batch.ledger import Ledger
from batch.models import HandedIn, Result

RESULTS = (("graded", "result", Result), ("class", "handed_in", HandedIn), ("class", "result", Result),
           ("attempts", "handed_in", HandedIn))  # fmt: skip
INSTRUCTIONS = {
    policy.SAVED_AS: policy.Policy,
    renames.SAVED_AS: renames.Renames,
    requests.SAVED_AS: requests.Requests,
    comments.SAVED_AS: comments.Comments,
    outputs.ROSTER: roster.Roster,
}


def repair(ledger: Ledger) -> list[str]:
    """Delete rows that cannot be read, and return sentences about what is lost. A run recreates what it can."""
    said = []
    if lost := sum(len(ledger.drop_unreadable(*each)) for each in RESULTS):
        rows = counted(lost, "row")
        said.append(
            f"{rows} of {ledger.file.name} could not be read; submissions that are still in the export are graded again."
        )
    for student, check, *_ in ledger.drop_unreadable("overrides", "override", Override):
        said.append(f"The override of {check} for {student} could not be read and is lost: set the points again.")
    for name, kind in INSTRUCTIONS.items():
        for _ in ledger.drop_unreadable("saved", "content", kind, name):
            said.append(f"The saved {name} could not be read and is lost: give it again.")
    return said
