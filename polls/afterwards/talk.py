"""What the talk between two rounds has changed: who moved, the gain, and the misconceptions that survived."""

from collections import Counter

from polls.afterwards.lecture import Lecture
from polls.moves import Moves, moves, rights
from polls.state import GROUP, THINK
from polls.tally import Tally


def moved(lecture: Lecture, question: int) -> Moves:
    """Return who moved between the rounds of a question; nobody if there were not two."""
    rounds = [lecture.of(question, name) for name in (THINK, GROUP)]
    right = [rights(lecture.variant(one), lecture.answers[one.number], lecture.made.quiz.language) for one in rounds if one]
    return moves(*right) if len(right) == len(rounds) else Moves()


def shares(moves: Moves) -> tuple[float, float]:
    """Return the shares of right answers before and after, of those who answered both rounds, of whom there are some."""
    both = people(moves)
    return (moves.stayed_right + moves.to_wrong) / both, (moves.stayed_right + moves.to_right) / both


def people(moves: Moves) -> int:
    """Return how many answered both rounds."""
    return moves.stayed_right + moves.to_right + moves.to_wrong + moves.stayed_wrong


def gain(moves: Moves) -> float | None:
    """Return the normalised gain: which share of what could be gained was gained. None where nothing could be.

    Source: R. Hake, Interactive-engagement versus traditional methods, Am. J. Phys. 66 (1998).
    """
    if not people(moves):
        return None
    before, after = shares(moves)
    return (after - before) / (1 - before) if before < 1 else None


def together(all_moves: list[Moves]) -> Moves:
    """Return the moves in all questions as those of one."""
    return Moves(*(sum(getattr(one, name) for one in all_moves) for name in Moves.__dataclass_fields__))


def misconceptions(tally: Tally) -> Counter[str]:
    """Return how many answers show each misconception."""
    found: Counter[str] = Counter()
    for bar in tally.bars:
        if bar.name and bar.count:
            found[bar.name] += bar.count
    return found
