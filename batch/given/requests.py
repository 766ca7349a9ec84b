"""Regrade requests: a table of them comes back with what stood when it was first read, what stands now, and why."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from autograder.lateness import Loss
from batch import comparing, people
from batch.comparing import stands
from batch.display_names import on_one_line
from batch.given import lines, overrides
from batch.given.lines import Line
from batch.grades import TOTAL, Comment, Grade, Grades, Override, cell
from batch.ledger import Ledger
from batch.records import HandedIn, Record
from common.errors import UserError
from common.records import to_json
from quizzes import tables
from quizzes.roster import heading_of

FILE = "requests.csv"
GIVEN = "requests"  # in the ledger
COLUMNS = {"check": (*overrides.COLUMNS["check"], "problem", "item")}
ANSWERS = ["old", "new", "why"]  # the columns that are added
AUTOGRADER = "autograder"  # what Gradescope calls all checks together, as a question


@dataclass(frozen=True)
class Request:
    """What a student wants looked at. student: as `people.person` names them; check: the number of one, or TOTAL.

    row: as the table has it. The others say what stood when the request was read first; options: by which it was graded.
    """

    student: str
    check: str
    row: tuple[str, ...]
    handed_in: HandedIn
    record: Record
    overrides: tuple[Override, ...]
    comments: tuple[Comment, ...]
    loss: Loss | None
    attempt: int
    options: str

    @property
    def before(self) -> Grade:
        """What stood then."""
        return Grade(self.handed_in, self.record, self.overrides, self.comments, loss=self.loss, attempt=self.attempt)


@dataclass(frozen=True)
class Requests:
    """A table of requests."""

    headings: tuple[str, ...] = ()
    requests: tuple[Request, ...] = ()


def given(ledger: Ledger) -> Requests:
    """Return the requests that were read last."""
    return ledger.given_as(Requests, GIVEN) or Requests()


def read(ledger: Ledger, path: Path, grades: Grades) -> Requests:
    """Return a table of requests, with columns for the student and, unless all is meant, the check.

    A request that was read before keeps what stood then. Raises UserError that names the lines which cannot be used.
    Gradescope offers no such table, but the one on its page of regrade requests can be copied into a spreadsheet: its
    columns are Student, Sections, Question, Grader, Completed and Review.
    Source: smartspot2/gradescope-regrade-analytics, utils/parse.py.
    """
    if not grades:
        raise UserError(f"{ledger.file.parent} holds no grades yet: run the same command without --requests first")
    known = {(each.student, each.check): each for each in given(ledger).requests}
    counted, options = overrides.Counted(grades), ledger.options()
    headings, found = lines.read(path, {}, COLUMNS)
    own = [place for place, heading in enumerate(headings) if heading_of(heading) not in ANSWERS]

    def request(line: Line) -> Request:
        student, grade = counted.find(*line.who)
        check = _check(line.cells["check"], grade)
        row = tuple(tables.text_of(line.row[place]) if place < len(line.row) else "" for place in own)
        stood = grade.handed_in, grade.record, grade.overrides, grade.comments, grade.loss, grade.attempt
        asked = Request(student, check, row, *stood, options[grade.record.digest])
        return replace(known.get((student, check), asked), row=row)

    return Requests(tuple(headings[place] for place in own), tuple(lines.each(path, found, request)))


def keep(ledger: Ledger, asked: Requests) -> None:
    """Keep requests in place of those that were read before."""
    ledger.give(GIVEN, to_json(asked))


def table(ledger: Ledger, grades: Grades) -> bytes:
    """Return the requests as a CSV: the columns as they were given, and the answers."""
    asked, options = given(ledger), ledger.options()
    rows: list[Sequence[tables.Cell]] = [[*asked.headings, *ANSWERS]]
    for request in asked.requests:
        after = next((each for each in grades if each.counts and people.owns(request.student, each.handed_in)), None)
        points = [cell(stands(each, request.check) if each else None) for each in (request.before, after)]
        reason = why(request, after, options[after.record.digest]) if after else "not in the class now"
        rows.append([*request.row, *points, reason])
    return tables.MARK + tables.table(rows)


def why(request: Request, after: Grade, options: str) -> str:
    """Return why the points are what they are now, in a line. options: by which the work is graded now."""
    change = comparing.change(request.before, after)
    about = [line.strip() for check, line in comparing.details(change) if request.check in (check, TOTAL)] if change else []
    causes = ["newer work"] * (request.before.record.content != after.record.content)
    causes += ["the checks or their points were changed"] * (request.options != options)
    same = "the result is the same" if causes else "nothing changed"
    return "; ".join([*causes, *(about or [same, *_standing(request.check, after)])])


def _standing(number: str, grade: Grade) -> list[str]:
    """Return what is the matter with a check, or why the whole was not graded, in a list of one sentence or none."""
    by_hand = [f"set by hand ({each.reason})" for each in grade.overrides if each.check in (number, TOTAL)]
    ended = [f"still {each.verdict}: {each.sentence}" for each in grade.record.checks if each.number == number]
    return [on_one_line(sentence).rstrip(": ") for sentence in (*by_hand, *ended, grade.record.error) if sentence][:1]


def _check(text: str, grade: Grade) -> str:
    everything = not text or AUTOGRADER in text.casefold() or not grade.record.checks
    return TOTAL if everything else overrides.check_of(text, grade)
