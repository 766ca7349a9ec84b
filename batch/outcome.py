"""Everything that a graded class comes to, written from its ledger: tables, the page about the class, reports."""

from pathlib import Path

from autograder.assignment import Assignment
from batch import comments, gradebook, page, reports, settling
from batch.grades import Grade
from batch.ledger import Ledger
from batch.settling import Policy
from common.files import write_whole

CLASS, SIMILAR = "class.html", "similarity.html"
SEED, KIND, CANVAS_COLUMN = "seed", "kind", "canvas_column"  # in the ledger: settings, and what the caller gave


def grades(ledger: Ledger) -> list[Grade]:
    """Return what stands, by what the ledger holds: one grade for each submission, in the order of keys."""
    return settling.settle(ledger.graded(), Policy(), ledger.overrides(), comments.given(ledger))


def write(folder: Path, ledger: Ledger, assigned: Assignment) -> list[Grade]:
    """Write what the class comes to into its folder, and return the grades. Raises UserError where that cannot be done."""
    found = grades(ledger)
    gradebook.write(folder, found, ledger.given(CANVAS_COLUMN) or assigned.title, ledger.given(KIND))
    similar = SIMILAR if (folder / SIMILAR).is_file() else ""
    html = page.render(found, assigned.title, assigned, ledger.setting(SEED, ""), similar)
    write_whole(folder / CLASS, [html.encode("utf-8", "replace")])
    reports.write(folder, found)
    return found
