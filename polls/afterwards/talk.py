"""What the discussion between the two rounds of a question changed."""

from collections import Counter

from polls.afterwards.lecture import Lecture
from polls.moves import Moves, moves, rights
from polls.tally import Tally


def moved(lecture: Lecture, question: int) -> Moves:
    """Return who moved between the rounds of a question; nobody unless there were two."""
    right = [rights(lecture.reader(one), lecture.answers[one.number]) for one in lecture.of(question)]
    return moves(*right) if len(right) == 2 else Moves()


def misconceptions(tally: Tally) -> Counter[str]:
    """Return how many answers show each misconception."""
    found: Counter[str] = Counter()
    for bar in tally.bars:
        if bar.name:
            found[bar.name] += bar.count
    return +found  # those that anybody has
