"""A lecture as recorded in its journal: the rounds of each question, and the answers that count."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import reduce

from polls.journal import Answer, Journal
from polls.state import Round, State, after
from polls.tally import Reader, Reply, Tally
from quizzes.grading.marking import Mark
from quizzes.quiz import GeneratedQuiz
from quizzes.variant import Variant


@dataclass(frozen=True)
class Lecture:
    """What happened in a poll. A question that somebody left out or cleared is not answered."""

    made: GeneratedQuiz  # the questions in their two forms
    people: Mapping[str, str]  # everybody on the roster with their names; without a roster, everybody who answered
    has_roster: bool
    rounds: tuple[Round, ...]  # in the order of time
    answers: Mapping[int, Mapping[str, Reply]]  # for each round by its number: each person's last reply
    first: Mapping[int, list[float]]  # when each of them answered first, in seconds since the round opened
    readers: Mapping[tuple[int, int], Reader]  # of each question in each form

    def of(self, question: int) -> list[Round]:
        """Return the rounds of a question."""
        return [each for each in self.rounds if each.question == question]

    def answered(self, person: str, question: int) -> list[Round]:
        """Return the rounds of a question that somebody has answered."""
        return [each for each in self.of(question) if person in self.answers[each.number]]

    def variant(self, round: Round) -> Variant:
        """Return what was asked in a round."""
        return self.made.versions[round.form].variants[round.question]

    def tally(self, round: Round) -> Tally:
        """Count the answers of a round."""
        return self.reader(round).tally(self.answers[round.number].values())

    def mark(self, round: Round, person: str) -> Mark:
        """Return the mark of somebody's reply in a round."""
        return self.reader(round).mark(self.answers[round.number].get(person, {}))

    def reader(self, round: Round) -> Reader:
        """Return the reader of the replies in a round."""
        return self.readers[round.question, round.form]


def read(journal: Journal) -> Lecture:
    """Return the lecture in a journal so far."""
    about = journal.about
    rounds = reduce(after, journal.done(), State(len(about.made.quiz.questions))).rounds
    latest: dict[int, dict[str, Answer]] = {each.number: {} for each in rounds}
    first: dict[tuple[int, str], float] = {}
    for answer in journal.answers():
        before = latest[answer.round].get(answer.person)
        if before is None or before.change < answer.change:
            latest[answer.round][answer.person] = answer
        if _says_something(answer):
            first.setdefault((answer.round, answer.person), answer.at)
    counting = {number: list(filter(_says_something, one.values())) for number, one in latest.items()}
    return Lecture(
        made=about.made,
        people=dict(about.roster) or {person: "" for _, person in first},
        has_roster=bool(about.roster),
        rounds=rounds,
        answers={number: {one.person: one.given for one in answers} for number, answers in counting.items()},
        first={
            each.number: sorted(max(0.0, first[each.number, one.person] - each.opened) for one in counting[each.number])
            for each in rounds
        },
        readers={
            (question, form): Reader(variant, about.made.quiz.language)
            for form, version in enumerate(about.made.versions)
            for question, variant in enumerate(version.variants)
        },
    )


def _says_something(answer: Answer) -> bool:
    return any(text.strip() for text in answer.given.values())
