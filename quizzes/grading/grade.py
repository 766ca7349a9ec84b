"""Grade what students answered."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from common.errors import UserError
from quizzes.grading.answers import Given
from quizzes.grading.attempts import newest
from quizzes.grading.marking import Mark, mark
from quizzes.language import ENGLISH, Language
from quizzes.quiz import Made, Version
from quizzes.roster import Owner, identity


@dataclass(frozen=True)
class Graded:
    """The marks of one student."""

    version: Version
    student: str
    marks: tuple[Mark, ...]  # in the order of the questions
    points: tuple[float, ...]  # what each question brought
    notes: tuple[str, ...]  # what could not be understood

    @property
    def score(self) -> float:
        """Return the points of all questions."""
        return round(sum(self.points), 2)


def grade(made: Made, given: Given, language: Language = ENGLISH) -> Graded:
    """Grade one student's answers; raises UserError where they cannot count, or belong to no version of this quiz.

    language: of notes; what is said of an answer is in the quiz's.
    """
    if given.problem:
        raise UserError(given.problem)
    version = _version(made, given, language)
    notes = list(given.notes)
    strange = sorted(set(given.answers) - set(range(1, len(version.variants) + 1)))
    if strange:
        notes.append(
            language.say(
                "there is no question {number}: the quiz has {count}", number=strange[0], count=len(version.variants)
            )
        )
    marks = []
    for number, variant in enumerate(version.variants, start=1):
        one = mark(variant, given.answers.get(number, {}), made.quiz.language)
        marks.append(one)
        notes += [language.say("question {number}: {note}", number=number, note=note) for note in one.notes]
    student = given.student or (given.source if version.owner.numbered else version.owner.id)
    return Graded(version, student, tuple(marks), points(made, marks), tuple(notes))


def points(made: Made, marks: Sequence[Mark]) -> tuple[float, ...]:
    """Return what the marks of each question are worth."""
    return tuple(round(float(one.credit * Fraction(entry.points)), 2) for one, entry in zip(marks, made.quiz.questions))


def grade_all(made: Made, answers: Sequence[Given]) -> tuple[list[Graded], list[str]]:
    """Grade a class, one attempt of each student; returns too, in sentences, what does not count."""
    attempts: dict[tuple[str, str], list[tuple[Given, Graded]]] = {}
    graded, problems, unnamed = [], [], 0
    for given in answers:
        try:
            one = grade(made, given)
        except UserError as problem:
            problems.append(f"{given.source}: {problem}")
        else:
            attempts.setdefault(_who(given, one), []).append((given, one))
            unnamed += not given.version and not given.picked
    if unnamed:
        problems.append(f"{unnamed} answers name no version: their grades are right only if they are to this very making")
    for same in attempts.values():
        counting, said = newest([given for given, _ in same], same[0][1].student)
        problems += said
        for given, one in same:
            if given is counting:
                graded.append(one)
                problems += [f"{given.source}: {note}" for note in one.notes]
    return graded, problems


def _who(given: Given, graded: Graded) -> tuple[str, str]:
    """Return what all attempts of one student have in common, and no other student's."""
    owner = graded.version.owner
    if not owner.numbered and not given.picked:
        return "on the roster", identity(owner.id)
    if given.student:
        return "named", identity(given.student)
    return ("uploaded as", given.name) if given.name else ("from", given.source)


def _version(made: Made, given: Given, language: Language) -> Version:
    owned = {identity(version.owner.id): version for version in made.versions if not version.owner.numbered}
    own = owned.get(identity(given.student))
    if given.picked:  # by a platform, for each question by itself
        first = made.versions[0].variants
        variants = tuple(given.picked.get(number, variant) for number, variant in enumerate(first, start=1))
        return Version(own.owner if own else Owner(given.student), "", variants)
    if not given.version and not given.student and not given.answers:
        raise UserError("it holds no answers")
    if given.version:
        version = made.version(given.version)
        if own and own is not version:
            raise UserError(f"{given.student} answered version {version.code}, but has version {own.code}")
        if owned and given.student and not own:
            raise UserError(f"{given.student} is not on the roster of this quiz")
        return version
    if own:
        return own
    if len(made.versions) == 1:
        return made.versions[0]
    who = f"{given.student} is not on the roster of this quiz, and " if owned and given.student else ""
    raise UserError(who + language.say("the answers do not say which version they belong to"))
