"""Grade what students answered."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from common.errors import UserError
from quizzes.grading.attempts import newest
from quizzes.grading.marking import Mark, mark
from quizzes.grading.responses import Responses
from quizzes.language import ENGLISH, Language
from quizzes.quiz import GeneratedQuiz, Version
from quizzes.roster import Owner, identity


@dataclass(frozen=True)
class Graded:
    """A student's marks."""

    version: Version
    student: str
    marks: tuple[Mark, ...]  # in the order of the questions
    points: tuple[float, ...]  # the mark of each question
    notes: tuple[str, ...]  # what was not understood

    @property
    def score(self) -> float:
        """Return the points of all questions."""
        return round(sum(self.points), 2)


def grade(generated: GeneratedQuiz, given: Responses, language: Language = ENGLISH) -> Graded:
    """Grade one student's replies; raises UserError if they cannot count or belong to no version of this quiz.

    language: of notes; what is said of an answer is in the quiz's.
    """
    if given.problem:
        raise UserError(given.problem)
    version = _version(generated, given, language)
    notes = list(given.notes)
    strange = sorted(set(given.replies) - set(range(1, len(version.variants) + 1)))
    if strange:
        notes.append(
            language.say(
                "there is no question {number}: the quiz has {count}", number=strange[0], count=len(version.variants)
            )
        )
    marks = []
    for number, variant in enumerate(version.variants, start=1):
        one = mark(variant, given.replies.get(number, {}), generated.quiz.language)
        marks.append(one)
        notes += [language.say("question {number}: {note}", number=number, note=note) for note in one.notes]
    student = given.student or (given.source if version.owner.numbered else version.owner.id)
    return Graded(version, student, tuple(marks), points(generated, marks), tuple(notes))


def points(generated: GeneratedQuiz, marks: Sequence[Mark]) -> tuple[float, ...]:
    """Return the points for each question."""
    return tuple(
        round(float(one.credit * Fraction(entry.points)), 2) for one, entry in zip(marks, generated.quiz.questions)
    )


def grade_all(generated: GeneratedQuiz, answers: Sequence[Responses]) -> tuple[list[Graded], list[str]]:
    """Grade a class, one attempt of each student; also returns, in sentences, what does not count."""
    attempts: dict[tuple[str, str], list[tuple[Responses, Graded]]] = {}
    graded, problems, unnamed = [], [], 0
    for given in answers:
        try:
            one = grade(generated, given)
        except UserError as problem:
            problems.append(f"{given.source}: {problem}")
        else:
            attempts.setdefault(_who(given, one), []).append((given, one))
            unnamed += not given.version and not given.picked
    if unnamed:
        problems.append(
            f"{unnamed} answers name no version: their grades are right only if this is the quiz that the students had"
        )
    for same in attempts.values():
        counting, said = newest([given for given, _ in same], same[0][1].student)
        problems += said
        for given, one in same:
            if given is counting:
                graded.append(one)
                problems += [f"{given.source}: {note}" for note in one.notes]
    return graded, problems


def _who(given: Responses, graded: Graded) -> tuple[str, str]:
    """Return a key that only the attempts of one student share."""
    owner = graded.version.owner
    if not owner.numbered and not given.picked:
        return "on the roster", identity(owner.id)
    if given.student:
        return "named", identity(given.student)
    return ("uploaded as", given.name) if given.name else ("from", given.source)


def _version(generated: GeneratedQuiz, given: Responses, language: Language) -> Version:
    owned = {identity(version.owner.id): version for version in generated.versions if not version.owner.numbered}
    own = owned.get(identity(given.student))
    if given.picked:  # by a platform, separately for each question
        first = generated.versions[0].variants
        variants = tuple(given.picked.get(number, variant) for number, variant in enumerate(first, start=1))
        return Version(own.owner if own else Owner(given.student), "", variants)
    if not given.version and not given.student and not given.replies:
        raise UserError("it holds no answers")
    if given.version:
        version = generated.version(given.version)
        if own and own is not version:
            raise UserError(f"{given.student} answered version {version.code}, but has version {own.code}")
        if owned and given.student and not own:
            raise UserError(f"{given.student} is not on the roster of this quiz")
        return version
    if own:
        return own
    if len(generated.versions) == 1:
        return generated.versions[0]
    who = f"{given.student} is not on the roster of this quiz, and " if owned and given.student else ""
    raise UserError(who + language.say("the answers do not say which version they belong to"))
