"""A quiz as instructors make theirs: all templates in German, with practice, picks, and numbers that students share."""

from pathlib import Path

from quizzes.languages import catalogue
from quizzes.making import make
from quizzes.quiz import Entry, GeneratedQuiz, Quiz
from quizzes.roster import Owner
from quizzes.template import templates

STUDENTS = 2


def as_made() -> GeneratedQuiz:
    """Return it, made for a few students."""
    names = list(templates())
    entries = [
        Entry(name, points=(1.0, 0.0, 2.5)[place % 3], ask=("typed", "choice")[place % 2])
        for place, name in enumerate(names)
    ]
    entries += [
        Entry(templates=tuple(names[10:17]), pick=3, points=0.5),
        Entry(templates=tuple(names[30:34]), pick=2, points=0.0),
        Entry("output-shape", count=2, seed="of everybody"),
    ]
    quiz = Quiz("german", "Prüfung", "Ohne *Hilfsmittel*.", tuple(entries), language=catalogue.find("de", Path()))
    return make(quiz, "a seed", [Owner(f"student {number}") for number in range(STUDENTS)])
