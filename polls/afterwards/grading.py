"""A poll as a quiz that was made and answered: what `quiz grade` and `quiz history` take."""

from dataclasses import replace

from polls.afterwards.lecture import Lecture
from polls.state import ROUNDS, THINK
from quizzes import record
from quizzes.grading import history
from quizzes.grading.answers import Given
from quizzes.grading.grade import grade_all
from quizzes.grading.statistics import items
from quizzes.quiz import Made
from quizzes.roster import Owner


def files(lecture: Lecture) -> dict[str, bytes]:
    """Return the record of the quiz, and once somebody has answered, what history keeps of the first rounds."""
    made = as_asked(lecture)
    found = {"teacher/quiz.json": record.written(made)}
    graded, _ = grade_all(made, _given(lecture, THINK, made.versions[0].code))
    if graded:
        found[history.FILE] = history.written(made, graded, items(made, graded, only_answered=True))
    return found


def as_asked(lecture: Lecture) -> Made:
    """Return the quiz in two versions, one for each kind of round: each question in the form that was asked in it.

    A question without such a round is in the form that was drawn for it.
    """
    versions = []
    for name, version in zip(ROUNDS, lecture.made.versions):
        asked = {each.question: lecture.variant(each) for each in lecture.rounds if each.name == name}
        variants = [asked.get(question, drawn) for question, drawn in enumerate(version.variants)]
        versions.append(replace(version, owner=Owner(name, name, numbered=True), variants=tuple(variants)))
    return replace(lecture.made, versions=tuple(versions))


def _given(lecture: Lecture, name: str, version: str) -> list[Given]:
    """Return what everybody answered in the rounds of one name."""
    rounds = [each for each in lecture.rounds if each.name == name]
    found = []
    for person in lecture.people:
        own = {each.question + 1: lecture.answers[each.number].get(person, {}) for each in rounds}
        if any(own.values()):
            found.append(Given(person, version, own, person))
    return found
