"""Who moved between two rounds of a question: from wrong to right, and back."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from quizzes.grading.marking import mark
from quizzes.language import ENGLISH, Language
from quizzes.variant import Variant


@dataclass(frozen=True)
class Moves:
    """How many of those who answered both rounds moved which way."""

    stayed_right: int = 0
    to_right: int = 0
    to_wrong: int = 0
    stayed_wrong: int = 0


def moves(before: Mapping[str, bool], after: Mapping[str, bool]) -> Moves:
    """Count the moves of those who are in both: who was right before, and who after."""
    counted = Counter((before[person], after[person]) for person in before.keys() & after.keys())
    return Moves(counted[True, True], counted[False, True], counted[True, False], counted[False, False])


def rights(variant: Variant, answers: Mapping[str, Mapping[str, str]], language: Language = ENGLISH) -> dict[str, bool]:
    """Return for each person who gave an answer whether it has full credit; those who left all of it out are omitted."""

    @cache  # a hall of hundreds gives few different answers
    def marked(given: tuple[tuple[str, str], ...]) -> bool | None:
        found = mark(variant, dict(given), language)
        return found.credit == 1 if found.answered else None

    found = {person: marked(tuple(sorted(given.items()))) for person, given in answers.items()}
    return {person: right for person, right in found.items() if right is not None}
