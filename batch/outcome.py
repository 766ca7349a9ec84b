"""Everything that a graded class comes to, written from its ledger: tables, the page about the class, reports."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from autograder import datasets
from autograder.assignment import Assignment, folder_of, load_at
from autograder.config import FILE, Config
from batch import settling
from batch.exports import gradescope as gradescope_export
from batch.exports import moodle as moodle_export
from batch.given import comments, requests, roster
from batch.given.policy import Policy
from batch.given.roster import Attendance, Present, Roster
from batch.grades import Grade, Grades
from batch.grading.schedule import CONTENTS
from batch.ledger import Ledger
from batch.pages import page, reports
from batch.platforms import canvas, gradebook, moodle, sending
from common.errors import UserError
from common.files import remove_unfinished, write_whole
from common.records import to_json

CLASS, SIMILAR = "class.html", "similarity.html"
SEED, KIND, CANVAS_COLUMN = "seed", "kind", "canvas_column"  # in the ledger: settings, and what the caller gave
HOMEWORK, ROSTER, PRESENT, FEEDBACK = "homework", "roster", "present", "feedback"


@dataclass(frozen=True)
class Homework:
    """What a ledger keeps of the assignment, to find it again: its address, and what its assignment.toml said."""

    address: str
    config: Config


def give_homework(ledger: Ledger, assigned: Assignment) -> None:
    """Let the ledger know by which assignment its class was graded last."""
    ledger.give(HOMEWORK, to_json(Homework(str(assigned.address), assigned.plain_config())))


def homework(ledger: Ledger) -> Assignment:
    """Return the assignment by which the class was graded last; raises UserError if it is gone, or never was."""
    kept = ledger.given_as(Homework, HOMEWORK)
    if not kept:
        raise UserError(f"no run in {ledger.file.parent} has come to its end: go on with the same convgrade batch command")
    if not (folder_of(kept.address) / FILE).is_file():
        raise UserError(
            f"{ledger.file.parent} was graded with the homework in {kept.address}, which is gone: put it back, "
            "or run convgrade batch again with --assignment"
        )
    return load_at(kept.address, kept.config)


def grades(ledger: Ledger) -> list[Grade]:
    """Return what stands, by what the ledger holds: the grades of all attempts of those who are in the class."""
    graded, options = ledger.graded(), ledger.options()
    used = {options[record.digest] for _, record in graded}
    stale = {digest for digest, by in options.items() if by not in used}
    return settling.settle(graded, Policy.of(ledger), ledger.overrides(), comments.given(ledger), ledger.earlier(), stale)


def attendance(ledger: Ledger) -> Attendance | None:
    """Return the last export held against the class list; None where no list was given."""
    known, present = ledger.given_as(Roster, ROSTER), ledger.given_as(Present, PRESENT)
    return roster.attendance(known, present.handed_in, ledger.given(KIND)) if known and present else None


def write(folder: Path, ledger: Ledger, assigned: Assignment) -> list[Grade]:
    """Write what the class comes to into its folder, and return the grades. Raises UserError where that cannot be done."""
    remove_unfinished(folder, (CONTENTS, reports.SUBMISSIONS, sending.TEXTS))
    found, listed = grades(ledger), attendance(ledger)
    gradebook.write(folder, found, _canvas_column(ledger, assigned, listed), ledger.given(KIND), listed)
    write_page(folder, ledger, assigned, found, listed)
    reports.write(folder, found)
    if how := ledger.given(FEEDBACK):
        sending.write(folder, found, assigned, how, listed)
    if requests.given(ledger).requests:
        write_whole(folder / requests.FILE, [requests.table(ledger, found)])
    return found


def write_page(folder: Path, ledger: Ledger, assigned: Assignment, found: Grades, listed: Attendance | None) -> None:
    """Write the page about the class, which leads to similarity.html where there is one."""
    similar = SIMILAR if (folder / SIMILAR).is_file() else ""
    missing = [each.student for each in listed.absent] if listed else []
    html = page.render(found, assigned.title, assigned, ledger.setting(SEED, ""), similar, missing)
    write_whole(folder / CLASS, [html.encode("utf-8", "replace")])


def remarks(ledger: Ledger, grades: Grades, assigned: Assignment) -> list[str]:
    """Return what to know before grades and feedback go to a platform."""
    listed, kind = attendance(ledger), ledger.given(KIND)
    grades = [each for each in grades if each.counts]
    said = [*_not_final(grades), *(roster.remarks(listed) if listed else [])]
    if kind == moodle_export.KIND:
        said += moodle.remarks(grades, listed)
    else:
        column = _canvas_column(ledger, assigned, listed)
        said += canvas.remarks(grades, column, kind, listed.roster if listed else None)
    return said + sending.remarks(grades, ledger.given(FEEDBACK), listed)


def _not_final(grades: Grades) -> Iterator[str]:
    """Say which grades another run would change, and what that takes."""
    lacking = [grade for grade in grades if grade.counts and grade.lacked]
    if lacked := sorted({name for grade in lacking for name in grade.lacked}):
        yield (
            f"{len(lacking)} {'grade is' if len(lacking) == 1 else 'grades are'} not final, for lack of "
            f"{datasets.titles(lacked)}. Set {datasets.VARIABLE} to the folder with the data, or get them with "
            f"{' and '.join(f'`convgrade data fetch {name}`' for name in lacked)}; the same command then grades these "
            "again."
        )


def files(folder: Path, kind: str) -> dict[str, Path]:
    """Return what lies in the folder, by what it is for. kind: of the export."""
    found = {"The class": CLASS, "Grades": gradebook.FILE}
    if kind == gradescope_export.KIND:
        found["For scripts"] = gradebook.GRADESCOPE
    if kind == moodle_export.KIND:
        found["For Moodle"] = moodle.FILE
    else:
        found["For Canvas"] = canvas.FILE
    found |= {"Requests": requests.FILE, "Similar ones": SIMILAR}
    found["Feedback"] = next((name for name in sending.FILES.values() if (folder / name).is_file()), "")
    return {title: folder / name for title, name in found.items() if (folder / name).is_file()}


def _canvas_column(ledger: Ledger, assigned: Assignment, listed: Attendance | None) -> str:
    return canvas.column(ledger.given(CANVAS_COLUMN) or assigned.title, listed.roster if listed else None)
