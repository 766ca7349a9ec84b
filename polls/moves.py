"""Who moved between two rounds of a question: from wrong to right, and back."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, fields

from polls.tally import Reader, Reply


@dataclass(frozen=True)
class Moves:
    """How many of those who answered both rounds moved which way."""

    stayed_right: int = 0
    to_right: int = 0
    to_wrong: int = 0
    stayed_wrong: int = 0

    def __add__(self, other: "Moves") -> "Moves":
        """Return the moves in two questions as those in one."""
        return Moves(*(getattr(self, each.name) + getattr(other, each.name) for each in fields(self)))

    @property
    def people(self) -> int:
        """Return how many answered both rounds."""
        return self.stayed_right + self.to_right + self.to_wrong + self.stayed_wrong

    @property
    def before(self) -> float:
        """Return the share of right answers in the first round, from 0 to 1."""
        return (self.stayed_right + self.to_wrong) / self.people if self.people else 0.0

    @property
    def after(self) -> float:
        """Return the share of right answers in the second round."""
        return (self.stayed_right + self.to_right) / self.people if self.people else 0.0

    @property
    def gain(self) -> float | None:
        """Return the normalised gain: the share of the possible gain that was reached. None where none was possible.

        Source: R. Hake, Interactive-engagement versus traditional methods, Am. J. Phys. 66 (1998).
        """
        return (self.after - self.before) / (1 - self.before) if self.people and self.before < 1 else None


def moves(before: Mapping[str, bool], after: Mapping[str, bool]) -> Moves:
    """Count the moves of those who are in both: who was right before, and who after."""
    counted = Counter((before[person], after[person]) for person in before.keys() & after.keys())
    return Moves(counted[True, True], counted[False, True], counted[True, False], counted[False, False])


def rights(reader: Reader, answers: Mapping[str, Reply]) -> dict[str, bool]:
    """Return, for each person who answered, whether the answer has full credit; empty answers are omitted."""
    marks = {person: reader.mark(given) for person, given in answers.items()}
    return {person: mark.credit == 1 for person, mark in marks.items() if mark.answered}
