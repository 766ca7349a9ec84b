"""Turn a poll into a generated quiz with replies, for `quiz grade` and `quiz history`."""

from dataclasses import replace
from fractions import Fraction

from polls.afterwards.lecture import Lecture
from polls.drawing import FIRST
from polls.state import ROUNDS, THINK
from quizzes import quiz_json
from quizzes.grading import history
from quizzes.grading.grade import Graded, points
from quizzes.grading.marking import Mark
from quizzes.grading.statistics import items
from quizzes.quiz import Entry, GeneratedQuiz
from quizzes.roster import Owner

LEFT_OUT = Mark(Fraction(0), "", answered=False)


def files(lecture: Lecture) -> dict[str, bytes]:
    """Return the quiz as JSON, and once somebody has answered, the grading of the first rounds for history."""
    made = as_asked(lecture)
    found = {"teacher/quiz.json": quiz_json.written(made)}
    if graded := _graded(lecture, made):
        found[history.FILE] = history.written(made, graded, items(made, graded, only_answered=True))
    return found


def as_asked(lecture: Lecture) -> GeneratedQuiz:
    """Return the quiz in two versions, one for each kind of round: each question in the form that was asked in it.

    A question without such a round is in the form that was drawn for it; one that was never asked gives no points.
    """
    made, met = lecture.made, {each.question for each in lecture.rounds}
    questions = zip(made.quiz.questions, made.versions[FIRST].variants)
    entries = tuple(_alone(entry, variant.template, place in met) for place, (entry, variant) in enumerate(questions))
    versions = []
    for name, version in zip(ROUNDS, made.versions):
        asked = {each.question: lecture.variant(each) for each in lecture.rounds if each.name == name}
        variants = [asked.get(question, drawn) for question, drawn in enumerate(version.variants)]
        versions.append(replace(version, owner=Owner(name, numbered=True), variants=tuple(variants)))
    return replace(made, quiz=replace(made.quiz, entries=entries), versions=tuple(versions))


def _alone(entry: Entry, template: str, was_asked: bool) -> Entry:
    """Return the entry of one question, whose points count if it was asked."""
    return replace(entry, template=template, count=1, templates=(), pick=1, points=entry.points if was_asked else 0)


def _graded(lecture: Lecture, made: GeneratedQuiz) -> list[Graded]:
    """Return the marks of everybody who has answered in a first round."""
    asked = {each.question: each for each in lecture.rounds if each.name == THINK}
    found = []
    for person in lecture.people:
        if any(person in lecture.answers[each.number] for each in asked.values()):
            marks = [
                lecture.mark(asked[question], person) if question in asked else LEFT_OUT
                for question in range(len(made.quiz.questions))
            ]
            found.append(Graded(made.versions[0], person, tuple(marks), points(made, marks), ()))
    return found
