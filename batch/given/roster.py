"""The list of a class: who should hand in, and what a platform calls each of them."""

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from batch.display_names import on_one_line
from batch.exports import canvas, gradescope, moodle
from batch.exports.raw_submissions import in_short
from batch.people import Directory, each_of, plain
from batch.records import HandedIn, Student
from common.errors import UserError
from quizzes import roster as rosters
from quizzes.spreadsheets import read_csv

# Headings of numbers that a school gives.
OF_SCHOOL = ("sid", "sis user id", "student id", "id number", "id-nummer", "matrikelnummer")
GITHUB = "github_username"  # of GitHub Classroom's roster
LOGINS = (*OF_SCHOOL, "id", "sis login id", "login id", "username", "benutzername", "anmeldename", GITHUB)
IDENTIFIER, GROUP = "identifier", "group"  # of Moodle's worksheet: "Participant 7001", and in an assignment for groups
# Where a list has the ids that a platform's export gives; its other numbers may be somebody else's by accident.
IDS = {canvas.KIND: ("id",), moodle.KIND: (), gradescope.KIND: (*OF_SCHOOL, "sis login id")}
# The ids in lists of platforms, which each student has there, by headings that only such a list has.
PLATFORMS = {
    ("student", "id", "section"): "id",
    ("lastname", "firstname", "id", "section"): "id",
    (IDENTIFIER, "last modified (grade)"): IDENTIFIER,
}
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

    @property
    def participant(self) -> str:
        """The number of "Participant 7001"; "" where Moodle's own worksheet is not here."""
        return self.cells.get(IDENTIFIER, "").removeprefix("Participant ")

    @property
    def student(self) -> Student:
        """The student as an export would name them: "Byron, Ada" is Ada Byron."""
        name = " ".join(reversed(self.name.split(", "))) if self.name.count(", ") == 1 else self.name
        return Student(name or self.id, next(iter(self.addresses), ""), next(iter(self.under(OF_SCHOOL)), ""))

    def under(self, headings: Iterable[str]) -> list[str]:
        """Return what stands below these headings."""
        return [cell for heading in headings if (cell := self.cells.get(heading, ""))]

    def repositories(self, slug: str) -> list[str]:
        """Return what GitHub Classroom calls the student's work. slug: that it puts before all user names, "" for none."""
        return [slug + name for name in self.under([GITHUB]) if slug]

    @property
    def groups(self) -> set[str]:
        """What the folder of the student's group may be called in Moodle's export, in the one spelling that counts."""
        return {plain(name) for name in moodle.folder_names(self.cells.get(GROUP, ""))} - {""}

    def is_in(self, group: str) -> bool:
        """Return whether a student is in the group of Moodle's that a folder is called like."""
        return plain(group) in self.groups

    def ids(self, kind: str) -> list[str]:
        """Return what a kind of export may call this student and nobody else.

        A number of Moodle's counts with the name beside it: in an assignment for groups it is a group's, and may be a
        student's by accident. In blind marking, numbers are all that there is.
        """
        numbers = [" ".join(filter(None, (self.name, self.participant)))] if kind == moodle.KIND else []
        return [*self.addresses, *self.under(IDS.get(kind, LOGINS)), *numbers]


@dataclass(frozen=True)
class Roster:
    """A class list. headings: as it spells them."""

    headings: tuple[str, ...]
    enrolled: tuple[Enrolled, ...]

    def has(self, *headings: str) -> bool:
        """Return whether it has all of these columns, named in lower case."""
        return set(headings) <= set(map(rosters.heading_of, self.headings))

    @property
    def is_gradebook(self) -> bool:
        """Whether it is Canvas's own gradebook, in which each student has Canvas's number."""
        return any(self.has(*headings) for headings, own in PLATFORMS.items() if own == "id")


@dataclass(frozen=True)
class Present:
    """What was handed in, by the export, graded or not."""

    handed_in: tuple[HandedIn, ...]


@dataclass(frozen=True)
class Attendance:
    """An export held against a class list.

    found: who of the list a student of the export is, or the members, where the export names a group; unknown: students
    who are not on it; absent: who handed in nothing; unclear: who of the list may have handed in, sentences.
    """

    roster: Roster
    found: dict[Student, list[Enrolled]]
    unknown: list[Student]
    absent: list[Enrolled]
    unclear: list[str]


def read(path: Path) -> tuple[Roster, list[str]]:
    """Return a list as platforms and spreadsheets save it, and remarks on it. Raises UserError, which names the line."""
    rows = read_csv(path)
    headings = [cell.strip() for row in rows[:1] for cell in row]
    names = set(map(rosters.heading_of, headings))
    own = next((name for needed, name in PLATFORMS.items() if names.issuperset(needed)), "")
    if not own and _is_translated(names, [row[0] for row in rows[1:] if row]):
        raise UserError(
            f"{path} seems to be Moodle's grading worksheet in another language: set your language in Moodle to English, "
            "and download it again"
        )
    students, remarks = rosters.with_rows(path, own, option="")
    enrolled = (Enrolled(owner.id, owner.name, dict(row)) for owner, row in students)
    return Roster(tuple(headings), tuple(enrolled)), remarks


def _is_translated(headings: Collection[str], identifiers: Collection[str]) -> bool:
    """Return whether a list looks like Moodle's worksheet, with "Participant7" and "Last modified (grade)" translated."""
    is_about_grades = any(other.endswith(f"({heading})") for heading in headings for other in headings)
    return is_about_grades and all(re.fullmatch(r"\D{4,}\d+", identifier) for identifier in identifiers)


def attendance(roster: Roster, handed_in: Sequence[HandedIn], kind: str) -> Attendance:
    """Return who of the list handed in. kind: of the export, which says whose numbers its students have.

    Names count only for students whom no id identifies: of two students of one name, one may have handed in nothing. A
    student with a number in Canvas's export is in Canvas's gradebook by that number or not at all.
    """
    students = [pair for each in handed_in for pair in zip(each.students, each_of(each))]
    if kind == canvas.KIND and any(canvas.is_anonymous(student) for student, _ in students):
        return Attendance(roster, {}, [], [], ["the export is anonymous"])
    groups = _groups(roster) if kind == moodle.KIND else {}
    found = {student: groups[name] for student, _ in students if (name := plain(student.name)) in groups}
    there = {each.id for several in found.values() for each in several}
    rest = [each for each in roster.enrolled if each.id not in there]
    slug = _slug(roster, [student.name for student, _ in students])
    meant, rest, unclear = _meant(rest, Directory(handed_in), lambda each: [*each.ids(kind), *each.repositories(slug)])
    known = {
        who for student, who in students if who in meant or (student.sid and kind == canvas.KIND and roster.is_gradebook)
    }
    others = Directory(_others(handed_in, known))
    named, rest, more = _meant(rest, others, lambda each: [*each.addresses, each.name])
    meant, unclear = {**meant, **named}, [*unclear, *more]
    unclear += [f"{who} may be any of {_shown(each.id for each in all)}" for who, all in meant.items() if all[1:]]
    found |= {student: meant[who] for student, who in students if len(meant.get(who, ())) == 1}
    unknown = [student for student, who in students if who not in meant and student not in found]
    return Attendance(roster, found, unknown, rest, unclear)


def _meant(
    enrolled: Iterable[Enrolled], directory: Directory, called: Callable[[Enrolled], list[str]]
) -> tuple[dict[str, list[Enrolled]], list[Enrolled], list[str]]:
    """Return who of the list each person is, who is nobody here, and a sentence about each who may be several."""
    meant: dict[str, list[Enrolled]] = {}
    nobody, unclear = [], []
    for each in enrolled:
        try:
            if who := directory.find(called(each)):
                meant.setdefault(who, []).append(each)
            else:
                nobody.append(each)
        except UserError as error:
            unclear.append(str(error))
    return meant, nobody, unclear


def _groups(roster: Roster) -> dict[str, list[Enrolled]]:
    """Return the members of Moodle's groups, by all that the folder of each may be called."""
    members: dict[str, list[Enrolled]] = {}
    for each in roster.enrolled if roster.has(IDENTIFIER, GROUP) else ():
        for group in each.groups:
            members.setdefault(group, []).append(each)
    return members


def _slug(roster: Roster, names: Sequence[str]) -> str:
    """Return what stands in most names before a user name of GitHub Classroom's roster: "homework-3-"; else ""."""
    ends = [f"-{name.casefold()}" for each in roster.enrolled for name in each.under([GITHUB])]
    found = Counter(name[: 1 - len(end)] for name in names for end in ends if name.casefold().endswith(end))
    return max(found, key=found.__getitem__, default="")


def _others(handed_in: Iterable[HandedIn], known: Collection[str]) -> Iterator[HandedIn]:
    """Give each submission with those of its students who are not known yet."""
    for one in handed_in:
        students = tuple(student for student, who in zip(one.students, each_of(one)) if who not in known)
        if students:
            yield replace(one, students=students)


def remarks(found: Attendance) -> list[str]:
    """Return how the class list and the export differ."""
    said = [f"It is not clear who on the class list handed in: {sentence}." for sentence in found.unclear[:MOST_NAMED]]
    if found.absent:
        names = _shown(each.student.name for each in found.absent)
        said.append(f"{len(found.absent)} of {len(found.roster.enrolled)} on the class list handed in nothing: {names}.")
    if found.unknown:
        said.append(f"Not on the class list: {_shown(each.name for each in found.unknown)}.")
    return said


def _shown(names: Iterable[str]) -> str:
    return in_short([*map(on_one_line, names)])
