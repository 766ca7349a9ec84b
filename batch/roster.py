"""The list of a class: who should hand in, and what a platform calls each of them."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from batch.display_names import on_one_line
from batch.exports import canvas, gradescope, moodle
from batch.records import Student
from quizzes import roster as rosters
from quizzes.roster import identity
from quizzes.spreadsheets import read_csv

OF_SCHOOL = ("sid", "sis user id", "student id", "id number", "id")  # headings of numbers that a school gives
LOGINS = (*OF_SCHOOL, "sis login id", "login id", "username", "github_username", "identifier")
# Where a list has the number that a platform's export gives each student.
NUMBERS = {canvas.KIND: ("id",), moodle.KIND: ("identifier",), gradescope.KIND: OF_SCHOOL}

# The ids in lists of platforms, which each student has there, by headings that only such a list has.
PLATFORMS = {("student", "id", "section"): "id", ("identifier", "last modified (grade)"): "identifier"}
MOST_NAMED = 5


@dataclass(frozen=True)
class Enrolled:
    """A student of the list. id: that tells them apart there; cells: the row, by its headings in lower case."""

    id: str
    name: str
    cells: dict[str, str]

    @property
    def addresses(self) -> list[str]:
        """Every cell that is an e-mail address."""
        return [cell for cell in self.cells.values() if re.fullmatch(r"[^@\s]+@[^@\s]+", cell)]

    def numbers(self, headings: Iterable[str]) -> list[str]:
        """Return what stands below these headings; of Moodle's "Participant 7001" the number."""
        cells = [self.cells.get(heading, "") for heading in headings]
        return [re.sub(r"^Participant (?=\d+$)", "", cell) for cell in cells if cell]

    @property
    def student(self) -> Student:
        """The student as an export would name them."""
        address = next(iter(self.addresses), "")
        return Student(self.name or self.id, address, next((each for each in self.numbers(OF_SCHOOL)), ""))


@dataclass(frozen=True)
class Roster:
    """A class list. headings: as it spells them."""

    headings: tuple[str, ...]
    enrolled: tuple[Enrolled, ...]

    def has(self, *headings: str) -> bool:
        """Return whether it has all of these columns, named in lower case."""
        return set(headings) <= set(map(rosters.heading_of, self.headings))


@dataclass(frozen=True)
class Present:
    """Who handed in, by the export, graded or not."""

    students: tuple[Student, ...]


@dataclass(frozen=True)
class Attendance:
    """An export held against a class list. found: who of the list a student of the export is; unknown: who is not on it."""

    roster: Roster
    found: dict[Student, Enrolled]
    absent: list[Enrolled]
    unknown: list[Student]


def read(path: Path) -> tuple[Roster, list[str]]:
    """Return a list as platforms and spreadsheets save it, and remarks on it. Raises UserError, which names the line."""
    headings = [cell.strip() for row in read_csv(path)[:1] for cell in row]
    names = set(map(rosters.heading_of, headings))
    own = next((name for needed, name in PLATFORMS.items() if names.issuperset(needed)), "")
    students, remarks = rosters.with_rows(path, own)
    enrolled = (Enrolled(owner.id, owner.name, dict(row)) for owner, row in students)
    # Which column has the ids does not matter here: any cell may name a student.
    return Roster(tuple(headings), tuple(enrolled)), [remark for remark in remarks if ", line " in remark]


def attendance(roster: Roster, present: Present, kind: str) -> Attendance:
    """Return who of the list handed in. kind: of the export, which says whose numbers its students have."""
    index, students = _Index(roster, kind), dict.fromkeys(present.students)
    found = {student: enrolled for student in students if (enrolled := index.find(student))}
    ids = {enrolled.id for enrolled in found.values()}
    absent = [enrolled for enrolled in roster.enrolled if enrolled.id not in ids]
    return Attendance(roster, found, absent, [student for student in students if student not in found])


def remarks(found: Attendance) -> list[str]:
    """Return how the class list and the export differ."""
    said = []
    if found.absent:
        names = _named([each.student.name for each in found.absent])
        said.append(f"{len(found.absent)} of {len(found.roster.enrolled)} on the class list handed in nothing: {names}.")
    if found.unknown:
        said.append(f"{len(found.unknown)} are not on the class list: {_named([each.name for each in found.unknown])}.")
    return said


def _named(names: list[str]) -> str:
    shown = [on_one_line(name) for name in names[:MOST_NAMED]]
    return ", ".join([*shown, *(["..."] if len(names) > MOST_NAMED else [])])


@dataclass
class _Index:
    """The students of a list by what an export may call them."""

    roster: Roster
    kind: str
    addresses: dict[str, list[Enrolled]] = field(default_factory=lambda: defaultdict(list))
    numbers: dict[str, list[Enrolled]] = field(default_factory=lambda: defaultdict(list))
    logins: dict[str, list[Enrolled]] = field(default_factory=lambda: defaultdict(list))
    names: dict[str, list[Enrolled]] = field(default_factory=lambda: defaultdict(list))

    def __post_init__(self) -> None:
        for each in self.roster.enrolled:
            for index, keys in (
                (self.addresses, map(identity, each.addresses)),
                (self.numbers, map(identity, each.numbers(NUMBERS.get(self.kind, OF_SCHOOL)))),
                (self.logins, map(identity, [*each.addresses, *each.numbers(LOGINS), each.id])),
                (self.names, _spellings(each.name)),
            ):
                for key in set(keys):
                    index[key].append(each)

    def find(self, student: Student) -> Enrolled | None:
        """Return the student of the list, by address, number or name; None if nobody or more than one can be meant."""
        for found in self._candidates(student):
            if found:
                return found[0] if len(found) == 1 else None
        return None

    def _candidates(self, student: Student) -> Iterator[list[Enrolled]]:
        spellings = _spellings(student.name)
        yield self.addresses.get(identity(student.email), [])
        numbered = self.numbers.get(identity(student.sid), [])
        if self.kind == moodle.KIND:  # in an assignment for groups, a group's number may be a student's by accident
            numbered = [each for each in numbered if not each.name or spellings & _spellings(each.name)]
        yield numbered
        yield self.logins.get(identity(student.name), [])
        yield list({each.id: each for spelling in spellings for each in self.names.get(spelling, [])}.values())


def _spellings(name: str) -> set[str]:
    """Return a name's letters with any of its words in front: "Byron, Ada" is "Ada Byron", and "byronada" of Canvas's."""
    words = [
        "".join(filter(str.isalnum, word))
        for word in unicodedata.normalize("NFC", identity(name)).replace("_", " ").split()
    ]
    words = [word for word in words if word]
    return {"".join(words[place:] + words[:place]) for place in range(len(words))}
