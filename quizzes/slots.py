"""What each question of a version is drawn from: its template, and the names that its numbers come from.

A student's version depends on seed, salt and the student's id alone. Numbered versions take turns, so that over all of
them each place of the key, and each template of a hand, comes equally often.
"""

from hashlib import sha256

from quizzes import options_order
from quizzes.quiz import Entry, Quiz
from quizzes.rng import Seeded
from quizzes.roster import Owner, identity
from quizzes.search import Slot

PREVIEWED = Owner("1", "", True)  # whose question `quiz preview` shows; everybody gets a pinned one


def secret_of(seed: str, salt: str = "") -> str:
    """Return what all numbers of a generated quiz are drawn from."""
    return sha256(f"{len(seed)} {seed} {salt}".encode()).hexdigest()


def slots(quiz: Quiz, secret: str, owner: Owner) -> list[tuple[str, Slot]]:
    """Return the template and the slot of each question of a version."""
    found = []
    for number, entry in enumerate(quiz.entries):
        if entry.seed:
            found += _of_entry(entry, f"{secret_of(entry.seed)} 0", PREVIEWED)
        else:
            found += _of_entry(entry, f"{secret} {number}", owner)
    return found


def _of_entry(entry: Entry, seed: str, owner: Owner) -> list[tuple[str, Slot]]:
    whose = owner.id if owner.numbered else f"student {identity(owner.id)}"
    before = int(owner.id) - 1 if owner.numbered else None  # numbered versions
    found = []
    for nth in range(entry.size):
        name, turn = entry.template, None if before is None else before * entry.size + nth
        if entry.templates:
            hand = _hands(entry, seed)[nth]
            if before is None:
                name = hand[Seeded(seed, f"hand {nth}", whose).below(len(hand))]
            else:
                name = hand[options_order.turn(f"hand {nth}", seed, "", before, len(hand))]
                turn = before // len(hand)
        found.append((name, Slot(entry, seed, f"{whose}/{nth}", turn)))
    return found


def _hands(entry: Entry, seed: str) -> list[list[str]]:
    """Deal the templates of an entry into as many hands as it picks; each question has a template of one hand."""
    dealt = Seeded(seed, "hands").shuffled(entry.templates)
    return [dealt[hand :: entry.pick] for hand in range(entry.pick)]
