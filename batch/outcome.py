"""Everything that a graded class comes to, written from its ledger: tables, the page about the class, reports."""

from dataclasses import dataclass
from pathlib import Path

from autograder.assignment import Assignment, folder_of, load_at
from autograder.config import FILE, Config
from batch import comments, gradebook, page, reports, settling
from batch.grades import Grade
from batch.ledger import Ledger
from batch.settling import Policy
from common.errors import UserError
from common.files import write_whole
from common.records import from_json, to_json

CLASS, SIMILAR = "class.html", "similarity.html"
SEED, KIND, CANVAS_COLUMN = "seed", "kind", "canvas_column"  # in the ledger: settings, and what the caller gave
HOMEWORK = "homework"


@dataclass(frozen=True)
class Homework:
    """What a ledger keeps of the assignment, to find it again: its address, and what its assignment.toml said."""

    address: str
    config: Config


def give_homework(ledger: Ledger, assigned: Assignment) -> None:
    """Let the ledger know by which assignment its class was graded last."""
    ledger.give(HOMEWORK, to_json(Homework(str(assigned.address), assigned.plain_config())))


def homework(ledger: Ledger) -> Assignment:
    """Return the assignment by which the class was graded last; raises UserError if it is gone."""
    kept = from_json(Homework, ledger.given(HOMEWORK), str(ledger.file))
    if not (folder_of(kept.address) / FILE).is_file():
        raise UserError(
            f"the homework's folder {kept.address} is gone, by which {ledger.file.parent} was graded: "
            "put it back, or run convgrade batch again with --assignment"
        )
    return load_at(kept.address, kept.config)


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
