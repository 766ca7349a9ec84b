"""Write the outputs of a graded class from its ledger: tables, the class page, reports."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from autograder import datasets
from autograder.assignment import Assignment, folder_of, load_at
from autograder.config import FILE, Config
from batch.exports import gradescope as gradescope_export
from batch.exports import moodle as moodle_export
from batch.final_grades import Adjustments, final_grades
from batch.grades import Grade, Grades
from batch.grading.schedule import CONTENTS
from batch.instructor import comments, requests, roster
from batch.instructor.policy import Policy
from batch.instructor.roster import Attendance, Present, Roster
from batch.ledger import Ledger
from batch.pages import page, reports
from batch.pages.html import SUBMISSIONS
from batch.platforms import canvas, gradebook, moodle, sending
from common.errors import UserError
from common.files import remove_unfinished, write_whole
from common.records import to_json

CLASS, SIMILAR = "class.html", "similarity.html"
SEED, KIND, CANVAS_COLUMN = "seed", "kind", "canvas_column"  # names in the ledger
HOMEWORK, ROSTER, PRESENT, FEEDBACK = "homework", "roster", "present", "feedback"


@dataclass(frozen=True)
class Homework:
    """What a ledger keeps to find the assignment again: its address, and the content of its assignment.toml."""

    address: str
    config: Config


def save_homework(ledger: Ledger, assigned: Assignment) -> None:
    """Save which assignment the class was graded with."""
    ledger.save(HOMEWORK, to_json(Homework(str(assigned.address), assigned.plain_config())))


def homework(ledger: Ledger) -> Assignment:
    """Return the assignment that the class was last graded with; raises UserError if it is missing."""
    kept = ledger.saved_as(Homework, HOMEWORK)
    if not kept:
        raise UserError(
            f"the class in {ledger.file.parent} is not graded yet: repeat the convgrade batch command to finish it"
        )
    if not (folder_of(kept.address) / FILE).is_file():
        raise UserError(
            f"{ledger.file.parent} was graded with the homework in {kept.address}, which is missing: put it back, "
            "or run convgrade batch again with --assignment"
        )
    return load_at(kept.address, kept.config)


def grades(ledger: Ledger) -> list[Grade]:
    """Return the final grades of all attempts of the students in the class."""
    graded, options = ledger.graded(), ledger.options()
    used = {options[result.digest] for _, result in graded}
    stale = {digest for digest, by in options.items() if by not in used}
    adjustments = Adjustments(ledger.overrides(), comments.saved(ledger))
    return final_grades(graded, Policy.of(ledger), adjustments, ledger.earlier(), stale)


def attendance(ledger: Ledger) -> Attendance | None:
    """Compare the last export with the class list; None if there is no list."""
    known, present = ledger.saved_as(Roster, ROSTER), ledger.saved_as(Present, PRESENT)
    return roster.attendance(known, present.handed_in, ledger.saved(KIND)) if known and present else None


def write(folder: Path, ledger: Ledger, assigned: Assignment) -> list[Grade]:
    """Write all outputs to the folder of a class, and return the grades. Raises UserError if they cannot be written."""
    remove_unfinished(folder, (CONTENTS, SUBMISSIONS, sending.TEXTS))
    found, listed = grades(ledger), attendance(ledger)
    gradebook.write(folder, found, _canvas_column(ledger, assigned, listed), ledger.saved(KIND), listed)
    write_page(folder, ledger, assigned, found, listed)
    reports.write(folder, found)
    if how := ledger.saved(FEEDBACK):
        sending.write(folder, found, assigned, how, listed)
    if requests.saved(ledger).requests:
        write_whole(folder / requests.FILE, [requests.table(ledger, found)])
    return found


def write_page(folder: Path, ledger: Ledger, assigned: Assignment, found: Grades, listed: Attendance | None) -> None:
    """Write the class page, with a link to similarity.html if that exists."""
    similar = SIMILAR if (folder / SIMILAR).is_file() else ""
    missing = [each.student for each in listed.absent] if listed else []
    html = page.render(found, assigned, ledger.setting(SEED, ""), similar, missing)
    write_whole(folder / CLASS, [html.encode("utf-8", "replace")])


def remarks(ledger: Ledger, grades: Grades, assigned: Assignment) -> list[str]:
    """Return what instructors should know before they upload grades and feedback."""
    listed, kind = attendance(ledger), ledger.saved(KIND)
    grades = [each for each in grades if each.counts]
    said = [*_not_final(grades), *(roster.remarks(listed) if listed else [])]
    if kind == moodle_export.KIND:
        said += moodle.remarks(grades, listed)
    else:
        column = _canvas_column(ledger, assigned, listed)
        said += canvas.remarks(grades, column, kind, listed.roster if listed else None)
    return said + sending.remarks(grades, ledger.saved(FEEDBACK), listed)


def _not_final(grades: Grades) -> Iterator[str]:
    """Yield a sentence about grades that lack data sets."""
    lacking = [grade for grade in grades if grade.counts and grade.lacked]
    if lacked := sorted({name for grade in lacking for name in grade.lacked}):
        yield (
            f"{len(lacking)} {'grade is' if len(lacking) == 1 else 'grades are'} not final, because "
            f"{datasets.titles(lacked)} is missing. Set {datasets.VARIABLE} to the folder with the data, or get it with "
            f"{' and '.join(f'`convgrade data fetch {name}`' for name in lacked)}; then repeat the command to grade "
            "these submissions again."
        )


def files(folder: Path, kind: str) -> dict[str, Path]:
    """Return the output files in the folder, by what they are for. kind: of the export."""
    found = {"The class": CLASS, "Grades": gradebook.FILE}
    if kind == gradescope_export.KIND:
        found["For scripts"] = gradebook.GRADESCOPE
    if kind == moodle_export.KIND:
        found["For Moodle"] = moodle.FILE
    else:
        found["For Canvas"] = canvas.FILE
    found |= {"Requests": requests.FILE, "Similarity": SIMILAR}
    found["Feedback"] = next((name for name in sending.FILES.values() if (folder / name).is_file()), "")
    return {title: folder / name for title, name in found.items() if (folder / name).is_file()}


def _canvas_column(ledger: Ledger, assigned: Assignment, listed: Attendance | None) -> str:
    return canvas.column(ledger.saved(CANVAS_COLUMN) or assigned.title, listed.roster if listed else None)
