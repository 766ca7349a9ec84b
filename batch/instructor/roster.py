"""The class list: who should submit, and what platforms call each student."""

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from batch.display_names import on_one_line
from batch.exports import canvas, gradescope, moodle
from batch.exports.raw_submissions import in_short
from batch.models import HandedIn, Student
from batch.people import Directory, each_of, normalized
from common.errors import UserError
from quizzes import roster as rosters
from quizzes.spreadsheets import read_csv

# Headings of student numbers given by the school.
OF_SCHOOL = ("sid", "sis user id", "student id", "id number", "id-nummer", "matrikelnummer")
GITHUB = "github_username"  # in GitHub Classroom's roster
LOGINS = (*OF_SCHOOL, "id", "sis login id", "login id", "username", "benutzername", "anmeldename", GITHUB)
IDENTIFIER, GROUP = "identifier", "group"  # of Moodle's worksheet: "Participant 7001", and in an assignment for groups
# The columns with the IDs that are in a platform's export; other numbers could belong to somebody else by coincidence.
IDS = {canvas.KIND: ("id",), moodle.KIND: (), gradescope.KIND: (*OF_SCHOOL, "sis login id")}
# The ID columns of platforms' own lists, by headings that only those lists have.
PLATFORMS = {
    ("student", "id", "section"): "id",
    ("lastname", "firstname", "id", "section"): "id",
    (IDENTIFIER, "last modified (grade)"): IDENTIFIER,
}
MOST_NAMED = 5


@dataclass(frozen=True)
class Enrolled:
    """A student on the list. id: unique in the list. cells: the row, by headings in lower case."""

    id: str
    name: str
    cells: dict[str, str]

    @property
    def addresses(self) -> list[str]:
        """All cells that are e-mail addresses."""
        return [cell for cell in self.cells.values() if re.fullmatch(r"[^@\s]+@[^@\s]+", cell)]

    @property
    def participant(self) -> str:
        """The number of "Participant 7001"; "" if the list is not Moodle's worksheet."""
        return self.cells.get(IDENTIFIER, "").removeprefix("Participant ")

    @property
    def student(self) -> Student:
        """The student as an export would name them: "Byron, Ada" is Ada Byron."""
        name = " ".join(reversed(self.name.split(", "))) if self.name.count(", ") == 1 else self.name
        return Student(name or self.id, next(iter(self.addresses), ""), next(iter(self.under(OF_SCHOOL)), ""))

    def under(self, headings: Iterable[str]) -> list[str]:
        """Return the cells under these headings that are not empty."""
        return [cell for heading in headings if (cell := self.cells.get(heading, ""))]

    def repositories(self, slug: str) -> list[str]:
        """Return GitHub Classroom's names of the student's work. slug: its prefix of user names, or ""."""
        return [slug + name for name in self.under([GITHUB]) if slug]

    @property
    def groups(self) -> set[str]:
        """The normalized names that the folder of the student's group may have in Moodle's export."""
        return {normalized(name) for name in moodle.folder_names(self.cells.get(GROUP, ""))} - {""}

    def is_in(self, group: str) -> bool:
        """Return whether the student is in the Moodle group that a folder is named after."""
        return normalized(group) in self.groups

    def ids(self, kind: str) -> list[str]:
        """Return the names that only this student can have in a kind of export.

        A Moodle number must come with the name: in a group assignment it is the group's, and could equal another student's
        by coincidence. In blind marking there are only numbers.
        """
        numbers = [" ".join(filter(None, (self.name, self.participant)))] if kind == moodle.KIND else []
        return [*self.addresses, *self.under(IDS.get(kind, LOGINS)), *numbers]


@dataclass(frozen=True)
class Roster:
    """A class list. headings: as spelled in it."""

    headings: tuple[str, ...]
    enrolled: tuple[Enrolled, ...]

    def has(self, *headings: str) -> bool:
        """Return whether it has all of these columns, named in lower case."""
        return set(headings) <= set(map(rosters.heading_of, self.headings))

    @property
    def is_gradebook(self) -> bool:
        """Whether it is Canvas's own gradebook, where each student has Canvas's number."""
        return any(self.has(*headings) for headings, own in PLATFORMS.items() if own == "id")


@dataclass(frozen=True)
class Present:
    """All submissions in the export, graded or not."""

    handed_in: tuple[HandedIn, ...]


@dataclass(frozen=True)
class Attendance:
    """An export compared with a class list.

    found: the entry of each student in the export, or the entries of a group's members. unknown: students who are not on
    the list. absent: who has not submitted anything. unclear: sentences about students who may have submitted.
    """

    roster: Roster
    found: dict[Student, list[Enrolled]]
    unknown: list[Student]
    absent: list[Enrolled]
    unclear: list[str]


def read(path: Path) -> tuple[Roster, list[str]]:
    """Return a class list as platforms and spreadsheets save it, and remarks on it. Raises UserError with the line."""
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
    """Return whether a list looks like Moodle's worksheet with translated headings."""
    is_about_grades = any(other.endswith(f"({heading})") for heading in headings for other in headings)
    return is_about_grades and all(re.fullmatch(r"\D{4,}\d+", identifier) for identifier in identifiers)


def attendance(roster: Roster, handed_in: Sequence[HandedIn], kind: str) -> Attendance:
    """Compare a class list with an export. kind: of the export, which determines whose numbers its students have.

    Names are used only for students without a known ID: of two students with the same name, one may not have submitted. A
    student with a number in Canvas's export is in Canvas's gradebook by that number or not at all.
    """
    students = [pair for each in handed_in for pair in zip(each.students, each_of(each))]
    if kind == canvas.KIND and any(canvas.is_anonymous(student) for student, _ in students):
        return Attendance(roster, {}, [], [], ["the export is anonymous"])
    groups = _groups(roster) if kind == moodle.KIND else {}
    found = {student: groups[name] for student, _ in students if (name := normalized(student.name)) in groups}
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
    unclear += [f"{who} could be any of {_shown(each.id for each in all)}" for who, all in meant.items() if all[1:]]
    found |= {student: meant[who] for student, who in students if len(meant.get(who, ())) == 1}
    unknown = [student for student, who in students if who not in meant and student not in found]
    return Attendance(roster, found, unknown, rest, unclear)


def with_listed(handed_in: Iterable[HandedIn], found: Attendance) -> tuple[HandedIn, ...]:
    """Return submissions whose students also have their names and addresses on the class list."""
    return tuple(replace(one, students=tuple(_with_listed(each, found) for each in one.students)) for one in handed_in)


def _with_listed(student: Student, found: Attendance) -> Student:
    entries = found.found.get(student, ())
    if len(entries) != 1 or entries[0].is_in(student.name):  # a group has members, even if it is only one
        return student
    (entry,) = entries
    name = entry.student.name if entry.name else ""
    return replace(student, listed_name=name, listed_emails=tuple(entry.addresses))


def _meant(
    enrolled: Iterable[Enrolled], directory: Directory, called: Callable[[Enrolled], list[str]]
) -> tuple[dict[str, list[Enrolled]], list[Enrolled], list[str]]:
    """Return the entries that each person may have, the entries without a person, and sentences about unclear ones."""
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
    """Return the members of Moodle's groups, by each possible folder name."""
    members: dict[str, list[Enrolled]] = {}
    for each in roster.enrolled if roster.has(IDENTIFIER, GROUP) else ():
        for group in each.groups:
            members.setdefault(group, []).append(each)
    return members


def _slug(roster: Roster, names: Sequence[str]) -> str:
    """Return the prefix, such as "homework-3-", that most names have before a GitHub user name on the list; else ""."""
    ends = [f"-{name.casefold()}" for each in roster.enrolled for name in each.under([GITHUB])]
    found = Counter(name[: 1 - len(end)] for name in names for end in ends if name.casefold().endswith(end))
    return max(found, key=found.__getitem__, default="")


def _others(handed_in: Iterable[HandedIn], known: Collection[str]) -> Iterator[HandedIn]:
    """Yield the submissions with only their unknown students."""
    for one in handed_in:
        students = tuple(student for student, who in zip(one.students, each_of(one)) if who not in known)
        if students:
            yield replace(one, students=students)


def remarks(found: Attendance) -> list[str]:
    """Return sentences about differences between class list and export."""
    said = [f"It is not clear who on the class list has submitted: {sentence}." for sentence in found.unclear[:MOST_NAMED]]
    if found.absent:
        names = _shown(each.student.name for each in found.absent)
        said.append(f"{len(found.absent)} of {len(found.roster.enrolled)} on the class list have not submitted: {names}.")
    if found.unknown:
        said.append(f"Not on the class list: {_shown(each.name for each in found.unknown)}.")
    return said


def _shown(names: Iterable[str]) -> str:
    return in_short([*map(on_one_line, names)])
