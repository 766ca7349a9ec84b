"""Who is meant: the students of a class, as a table or a command names them."""

from collections.abc import Iterable, Sequence
from difflib import get_close_matches

from batch.display_names import called, identities
from batch.records import HandedIn
from common.errors import UserError
from quizzes.roster import identity

MOST_NAMED = 5


def person(handed_in: HandedIn) -> str:
    """Return what tells a submission's owner from all others, in each export: an address, a number, or the key."""
    return next(iter(identities(handed_in)), _by_key(handed_in))


def owns(person: str, handed_in: HandedIn) -> bool:
    """Tell whether a submission is this person's, as `person` named them, alone or in a group."""
    return person in (*identities(handed_in), _by_key(handed_in))


def find(text: str, handed_in: Sequence[HandedIn]) -> HandedIn:
    """Return the submission of the student with this address, number, name or key.

    Of several attempts of one student, the last in the sequence. Raises UserError if there is none, or more than one.
    """
    wanted = identity(text.strip())
    for names in (_addresses, _numbers, _keys, _names):
        found = [each for each in handed_in if wanted in map(identity, names(each))]
        if len({person(each) for each in found}) > 1:
            who = ", ".join(f"{called(each)} ({person(each)})" for each in found[:MOST_NAMED])
            raise UserError(f"{text!r} may be any of {who}: give the address, the number or the submission's key")
        if found:
            return found[-1]
    known = {name: name for each in handed_in for kind in (_addresses, _names, _keys) for name in kind(each)}
    near = get_close_matches(text, known, MOST_NAMED, 0.7)
    raise UserError(f"no submission is by {text!r}" + (f"; there is {', '.join(near)}" if near else ""))


def _by_key(handed_in: HandedIn) -> str:
    return f"key {handed_in.key}"


def _addresses(handed_in: HandedIn) -> Iterable[str]:
    return (student.email.strip() for student in handed_in.students if student.email.strip())


def _numbers(handed_in: HandedIn) -> Iterable[str]:
    return (student.sid.strip() for student in handed_in.students if student.sid.strip())


def _keys(handed_in: HandedIn) -> Iterable[str]:
    return (handed_in.key,)


def _names(handed_in: HandedIn) -> Iterable[str]:
    return (" ".join(student.name.split()) for student in handed_in.students if student.name.strip())
