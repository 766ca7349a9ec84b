"""Regrade requests: a table of them is returned with the points when it was first read, the points now, and why."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from autograder.lateness import Loss
from batch import comparing, people
from batch.comparing import points_of
from batch.display_names import on_one_line
from batch.grades import TOTAL, Comment, Grade, Grades, Override, cell
from batch.instructor import overrides, student_table
from batch.instructor.student_table import Line
from batch.ledger import Ledger
from batch.models import HandedIn, Result
from common.errors import UserError
from common.records import to_json
from quizzes import tables
from quizzes.roster import heading_of

FILE = "requests.csv"
SAVED_AS = "requests"  # in the ledger
COLUMNS = {"check": (*overrides.COLUMNS["check"], "problem", "item")}
ADDED = ["old", "new", "why"]  # columns
AUTOGRADER = "autograder"  # Gradescope's name for all checks together


@dataclass(frozen=True)
class Request:
    """One request. student: as `people.person` names them. check: its number, or TOTAL. row: as in the table.

    The other fields are the grade when the request was first read, and the options that it was graded with.
    """

    student: str
    check: str
    row: tuple[str, ...]
    handed_in: HandedIn
    result: Result
    overrides: tuple[Override, ...]
    comments: tuple[Comment, ...]
    loss: Loss | None
    attempt: int
    options: str

    @property
    def before(self) -> Grade:
        """The grade at that time."""
        return Grade(self.handed_in, self.result, self.overrides, self.comments, loss=self.loss, attempt=self.attempt)


@dataclass(frozen=True)
class Requests:
    """A table of requests."""

    headings: tuple[str, ...] = ()
    requests: tuple[Request, ...] = ()


def saved(ledger: Ledger) -> Requests:
    """Return the saved requests."""
    return ledger.saved_as(Requests, SAVED_AS) or Requests()


def read(ledger: Ledger, path: Path, grades: Grades) -> Requests:
    """Return a table of requests, with a column for the student and, unless all checks are meant, one for the check.

    A request that was read before keeps its old grade. Raises UserError, which names invalid lines. Gradescope has no such
    table to download, but the one on its page of regrade requests can be copied into a spreadsheet: its columns are
    Student, Sections, Question, Grader, Completed and Review.
    Source: smartspot2/gradescope-regrade-analytics, utils/parse.py.
    """
    if not grades:
        raise UserError(f"{ledger.file.parent} has no grades yet: run the same command without --requests first")
    known = {(each.student, each.check): each for each in saved(ledger).requests}
    counted, options = overrides.CountedGrades(grades), ledger.options()
    headings, found = student_table.read(path, {}, COLUMNS)
    own = [place for place, heading in enumerate(headings) if heading_of(heading) not in ADDED]

    def request(line: Line) -> Request:
        student, grade = counted.find(*line.who)
        check = _check(line.cells["check"], grade)
        row = tuple(tables.text_of(line.row[place]) if place < len(line.row) else "" for place in own)
        stood = grade.handed_in, grade.result, grade.overrides, grade.comments, grade.loss, grade.attempt
        asked = Request(student, check, row, *stood, options[grade.result.digest])
        return replace(known.get((student, check), asked), row=row)

    return Requests(tuple(headings[place] for place in own), tuple(student_table.each(path, found, request)))


def keep(ledger: Ledger, asked: Requests) -> None:
    """Replace the saved requests."""
    ledger.save(SAVED_AS, to_json(asked))


def table(ledger: Ledger, grades: Grades) -> bytes:
    """Return the requests as a CSV: the given columns and the answers."""
    asked, options = saved(ledger), ledger.options()
    rows: list[Sequence[tables.Cell]] = [[*asked.headings, *ADDED]]
    for request in asked.requests:
        after = next((each for each in grades if each.counts and people.owns(request.student, each.handed_in)), None)
        points = [cell(points_of(each, request.check) if each else None) for each in (request.before, after)]
        reason = why(request, after, options[after.result.digest]) if after else "no longer in the class"
        rows.append([*request.row, *points, reason])
    return tables.MARK + tables.table(rows)


def why(request: Request, after: Grade, options: str) -> str:
    """Return in one line why the points are what they are now. options: those that the work was graded with now."""
    change = comparing.change(request.before, after)
    about = [line.strip() for check, line in comparing.details(change) if request.check in (check, TOTAL)] if change else []
    causes = ["newer work"] * (request.before.result.content != after.result.content)
    causes += ["the checks or their points have changed"] * (request.options != options)
    same = "the result is the same" if causes else "nothing changed"
    return "; ".join([*causes, *(about or [same, *_standing(request.check, after)])])


def _standing(number: str, grade: Grade) -> list[str]:
    """Return one sentence about why a check failed or the work was not graded; an empty list if there is nothing to say."""
    by_hand = [f"set by hand ({each.reason})" for each in grade.overrides if each.check in (number, TOTAL)]
    ended = [f"still {each.verdict}: {each.sentence}" for each in grade.result.checks if each.number == number]
    return [on_one_line(sentence).rstrip(": ") for sentence in (*by_hand, *ended, grade.result.error) if sentence][:1]


def _check(text: str, grade: Grade) -> str:
    everything = not text or AUTOGRADER in text.casefold() or not grade.result.checks
    return TOTAL if everything else overrides.check_of(text, grade)
