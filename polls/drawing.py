"""The questions of a poll: each as it is asked first, and in another form for the second round.

Both forms are of one template and equally hard. They differ in their numbers, or in their options where nothing else
varies; numbers that an instructor pinned stand in the first form only.
"""

from dataclasses import replace

from quizzes import making
from quizzes.quiz import Entry, Made, Quiz
from quizzes.roster import numbered

FIRST, OTHER = 0, 1  # the forms, which are versions of the quiz


def draw(quiz: Quiz, seed: str) -> Made:
    """Return a quiz in two versions: its questions as they are asked first, and in their other form.

    The same seed gives the same questions. Raises UserError as `making.make` does.
    """
    first = making.make(quiz, seed, numbered(1))
    if all(not _pinned(entry) for entry in quiz.entries):
        return making.make(quiz, seed, numbered(2))
    free = replace(quiz, entries=tuple(replace(entry, seed="", numbers={}) for entry in quiz.entries))
    other = making.make(free, seed, numbered(2)).versions[OTHER]
    return making.made(quiz, [first.versions[FIRST], other], seed, "")


def _pinned(entry: Entry) -> bool:
    return bool(entry.seed or entry.numbers)
