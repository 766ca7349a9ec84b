"""Who is meant: the students of a class, as a table or a command names them."""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from difflib import get_close_matches

from batch.display_names import identities
from batch.records import HandedIn, Student
from common.errors import UserError
from quizzes.roster import identity

MOST_NAMED = 5


def person(handed_in: HandedIn) -> str:
    """Return what tells a submission's owner from all others, in each export: an address, a number, or the key."""
    return next(iter(identities(handed_in)), _by_key(handed_in))


def each_of(handed_in: HandedIn) -> list[str]:
    """Return what tells each student of a submission from all others, in their order; those without an id share the key."""
    alone = [replace(handed_in, students=(student,)) for student in handed_in.students]
    return [person(one) for one in alone or [handed_in]]


def owns(person: str, handed_in: HandedIn) -> bool:
    """Return whether a submission is this person's, as `person` named them, alone or in a group."""
    return person in (*identities(handed_in), _by_key(handed_in))


class Directory:
    """The students of a class, found by what tables call them."""

    def __init__(self, handed_in: Iterable[HandedIn]) -> None:
        """Note all ids first, then all names; `person` says who is meant by each."""
        self._known: list[dict[str, dict[str, Student]]] = [{}, {}, {}]  # text: person: as the export has them
        for one in handed_in:
            self._note(0, one.key, person(one), Student(""))
            for student, who in zip(one.students, each_of(one)):
                for kind, texts in enumerate((_ids(student), [student.name], _letters_of(student))):
                    for text in texts:
                        self._note(kind, text, who, student)

    def find(self, cells: Sequence[str]) -> str | None:
        """Return who is meant by a line of a table, by the first cell that is an id, else a name; None for nobody here.

        cells: those that may name a student. A name does not count where the line has another address than the student, or
        another of Moodle's numbers; and a number is an id, for anyone can take another's number as a name. Canvas's
        "lovelaceada" is Ada Lovelace, and so is "Lovelace, Ada". Raises UserError if it may be any of several.
        """
        addresses = {identity(cell.strip()) for cell in cells if "@" in cell}
        numbers = {number[1] for cell in cells if (number := re.fullmatch(r"Participant (\d+)", cell.strip()))}
        for kind, ways in enumerate((_as_it_is, _as_it_is, _in_any_order)):
            for cell in cells if kind == 0 else (cell for cell in cells if not cell.strip().isdigit()):
                known = (pair for text in ways(cell) for pair in self._known[kind].get(plain(text), {}).items())
                found = sorted({who for who, student in known if not kind or _may_be(student, addresses, numbers)})
                if len(found) > 1:
                    shown = ", ".join(found[:MOST_NAMED])
                    raise UserError(f"{cell!r} may be any of {shown}: give an address, a number or the submission's key")
                if found:
                    return found[0]
        return None

    def owner(self, cells: Sequence[str]) -> str:
        """Return who is meant, as `find` does; raises UserError, with those of similar names, for nobody here, too."""
        if not any(cells):
            raise UserError("no student is named")
        if who := self.find(cells):
            return who
        known = dict.fromkeys(text for texts in self._known[:2] for text in texts if text != plain(cells[0]))
        near = get_close_matches(plain(cells[0]), list(known), MOST_NAMED, 0.7)
        raise UserError(f"no submission is by {cells[0]!r}" + (f"; there is {', '.join(near)}" if near else ""))

    def _note(self, kind: int, text: str, who: str, student: Student) -> None:
        if spelled := plain(text):
            self._known[kind].setdefault(spelled, {})[who] = student


def _may_be(student: Student, addresses: Collection[str], numbers: Collection[str]) -> bool:
    """Return whether a line with these addresses, and numbers of Moodle's, can be about a student of this name."""
    own = (plain(student.email), addresses), (student.sid, numbers)
    return all(not id or not ids or id in ids for id, ids in own)


def plain(text: str) -> str:
    """Return a text in the one spelling that counts, with single blanks."""
    return identity(" ".join(text.split()))


def _as_it_is(text: str) -> Iterable[str]:
    return (text,)


def _ids(student: Student) -> Iterable[str]:
    """Return a student's ids; Moodle's worksheet says "Participant 7"."""
    return (student.email, student.sid, f"{student.name} {student.sid}" if student.sid else "")


def _letters_of(student: Student) -> Iterator[str]:
    """Give the letters of a name, and with the number those of two students whom a platform spells alike."""
    yield from _in_any_order(student.name)
    if student.sid:
        yield from _in_any_order(f"{student.name} {student.sid}")


def _in_any_order(name: str) -> Iterable[str]:
    """Return the letters of a name from each of its words on, the words before it last."""
    words = ["".join(filter(str.isalnum, identity(word))) for word in name.split()]
    return ("".join(words[start:] + words[:start]) for start in range(len(words)))


def _by_key(handed_in: HandedIn) -> str:
    return f"key {handed_in.key}"
