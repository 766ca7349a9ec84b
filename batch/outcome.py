"""Everything that a graded class comes to, written from its ledger: tables, the page about the class, reports."""

from dataclasses import dataclass
from pathlib import Path

from autograder.assignment import Assignment, folder_of, load_at
from autograder.config import FILE, Config
from batch import comments, gradebook, page, reports, requests, settling
from batch.grades import Grade
from batch.ledger import Ledger
from batch.policy import Policy
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
            f"{ledger.file.parent} was graded with the homework in {kept.address}, which is gone: put it back, "
            "or run convgrade batch again with --assignment"
        )
    return load_at(kept.address, kept.config)


def grades(ledger: Ledger) -> list[Grade]:
    """Return what stands, by what the ledger holds: the grades of all attempts of those who are in the class."""
    graded, options = ledger.graded(), ledger.options()
    current = {(handed_in.key, record.digest) for handed_in, record in graded}
    earlier = [pair for pair in ledger.attempts() if (pair[0].key, pair[1].digest) not in current]
    used = {options[digest] for _, digest in current}
    stale = {digest for digest, by in options.items() if by not in used}
    return settling.settle(graded, Policy.of(ledger), ledger.overrides(), comments.given(ledger), earlier, stale)


def write(folder: Path, ledger: Ledger, assigned: Assignment) -> list[Grade]:
    """Write what the class comes to into its folder, and return the grades. Raises UserError where that cannot be done."""
    found = grades(ledger)
    gradebook.write(folder, found, ledger.given(CANVAS_COLUMN) or assigned.title, ledger.given(KIND))
    similar = SIMILAR if (folder / SIMILAR).is_file() else ""
    html = page.render(found, assigned.title, assigned, ledger.setting(SEED, ""), similar)
    write_whole(folder / CLASS, [html.encode("utf-8", "replace")])
    reports.write(folder, found)
    if requests.given(ledger).requests:
        write_whole(folder / requests.FILE, [requests.table(ledger, found)])
    return found
