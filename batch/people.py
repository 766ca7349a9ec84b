"""Find the students of a class by what tables and commands call them."""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from difflib import get_close_matches

from batch.display_names import identities
from batch.models import HandedIn, Student
from common.errors import UserError
from quizzes.roster import identity

MOST_NAMED = 5


def person(handed_in: HandedIn) -> str:
    """Return what identifies a submission's owner in every export: an address, a number, or the key."""
    return next(iter(identities(handed_in)), _by_key(handed_in))


def each_of(handed_in: HandedIn) -> list[str]:
    """Return what identifies each student of a submission, in their order; those without an ID share the key."""
    alone = [replace(handed_in, students=(student,)) for student in handed_in.students]
    return [person(one) for one in alone or [handed_in]]


def owns(person: str, handed_in: HandedIn) -> bool:
    """Return whether a submission belongs to a person, as `person` names them, alone or in a group."""
    return person in (*identities(handed_in), _by_key(handed_in))


class Directory:
    """Finds the students of a class by what tables call them."""

    def __init__(self, handed_in: Iterable[HandedIn]) -> None:
        """Take all students of these submissions."""
        self._known: list[dict[str, dict[str, Student]]] = [{}, {}, {}]  # text: person: as the export has them
        for one in handed_in:
            self._note(0, one.key, person(one), Student(""))
            for student, who in zip(one.students, each_of(one)):
                for kind, texts in enumerate((_ids(student), _names(student), _letters_of(student))):
                    for text in texts:
                        self._note(kind, text, who, student)

    def find(self, cells: Sequence[str]) -> str | None:
        """Return the student that a line of a table names, by the first cell that is an ID, else a name; None if not found.

        cells: those that may name a student. A name is ignored if the line has a different address or a different Moodle
        number than the student. A number is always an ID, since anyone can take another's number as their name. Canvas's
        "lovelaceada" is Ada Lovelace, and so is "Lovelace, Ada". Raises UserError if several students match.
        """
        addresses = {identity(cell.strip()) for cell in cells if "@" in cell}
        numbers = {number[1] for cell in cells if (number := re.fullmatch(r"Participant (\d+)", cell.strip()))}
        for kind, ways in enumerate((_as_it_is, _as_it_is, _in_any_order)):
            for cell in cells if kind == 0 else (cell for cell in cells if not cell.strip().isdigit()):
                known = (pair for text in ways(cell) for pair in self._known[kind].get(normalized(text), {}).items())
                found = sorted({who for who, student in known if not kind or _may_be(student, addresses, numbers)})
                if len(found) > 1:
                    shown = ", ".join(found[:MOST_NAMED])
                    raise UserError(f"{cell!r} could be any of {shown}: give an address, a number or the submission's key")
                if found:
                    return found[0]
        return None

    def owner(self, cells: Sequence[str]) -> str:
        """Return the student as `find` does; raises UserError, with similar names, if there is no such student."""
        if not any(cells):
            raise UserError("no student is named")
        if who := self.find(cells):
            return who
        known = dict.fromkeys(text for texts in self._known[:2] for text in texts if text != normalized(cells[0]))
        near = get_close_matches(normalized(cells[0]), list(known), MOST_NAMED, 0.7)
        raise UserError(f"found no submission by {cells[0]!r}" + (f"; did you mean {', '.join(near)}?" if near else ""))

    def _note(self, kind: int, text: str, who: str, student: Student) -> None:
        if spelled := normalized(text):
            self._known[kind].setdefault(spelled, {})[who] = student


def _may_be(student: Student, addresses: Collection[str], numbers: Collection[str]) -> bool:
    """Return whether a line with these addresses and Moodle numbers can be about a student."""
    own = (normalized(student.email), addresses), (student.sid, numbers)
    return all(not id or not ids or id in ids for id, ids in own)


def normalized(text: str) -> str:
    """Return text normalized for comparison, with single spaces."""
    return identity(" ".join(text.split()))


def _as_it_is(text: str) -> Iterable[str]:
    return (text,)


def _ids(student: Student) -> Iterable[str]:
    """Return a student's IDs, with and without the name, as Moodle's folders have them."""
    return (student.email, student.sid, f"{student.name} {student.sid}" if student.sid else "", *student.listed_emails)


def _names(student: Student) -> Iterable[str]:
    return (student.name, student.listed_name)


def _letters_of(student: Student) -> Iterator[str]:
    """Yield a name as letters only, and also with the number, in case two students' names are spelled alike."""
    for name in _names(student):
        yield from _in_any_order(name)
    if student.sid:
        yield from _in_any_order(f"{student.name} {student.sid}")


def _in_any_order(name: str) -> Iterable[str]:
    """Return a name as letters only, starting at each of its words, with the words before that at the end."""
    words = ["".join(filter(str.isalnum, identity(word))) for word in name.split()]
    return ("".join(words[start:] + words[:start]) for start in range(len(words)))


def _by_key(handed_in: HandedIn) -> str:
    return f"key {handed_in.key}"
