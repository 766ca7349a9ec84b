"""The questions of a poll: each as it is asked first, and in another form for the second round.

Both forms are of one template and equally hard. They differ in their numbers, or in their options where nothing else
varies. Numbers that an instructor pinned are in the first form only; pinned words and truth values are in both, as
they make another question.
"""

from dataclasses import replace

from quizzes import making
from quizzes.quiz import Entry, GeneratedQuiz, Quiz
from quizzes.roster import numbered

FIRST, OTHER = 0, 1  # the forms, which are versions of the quiz


def draw(quiz: Quiz, seed: str) -> GeneratedQuiz:
    """Return a quiz in two versions: its questions as they are asked first, and in their other form.

    The same seed gives the same questions. Raises UserError as `making.make` does.
    """
    if not any(entry.seed or entry.numbers or entry.templates for entry in quiz.entries):
        return making.make(quiz, seed, numbered(2))
    first = making.make(quiz, seed, numbered(1)).versions[FIRST]
    entries = tuple(_free(entry, asked.template) for entry, asked in zip(quiz.questions, first.variants))
    other = making.make(replace(quiz, entries=entries), seed, numbered(2)).versions[OTHER]
    return making.made(quiz, [first, other], seed, "")


def _free(entry: Entry, template: str) -> Entry:
    """Return what draws a question of the template again, with other numbers."""
    return replace(entry, template=template, count=1, templates=(), pick=1, seed="", numbers=_words(entry))


def _words(entry: Entry) -> dict[str, bool | str]:
    """Return what is pinned of an entry, but its numbers."""
    if isinstance(entry.numbers, str):  # the lecture's
        return {}
    return {name: value for name, value in entry.numbers.items() if isinstance(value, bool | str)}
