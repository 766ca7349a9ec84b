"""Tables of a poll: what everybody answered in each kind of round, who took part, and how each round went."""

from collections.abc import Iterable, Sequence

from polls.afterwards.grading import as_asked
from polls.afterwards.lecture import Lecture
from polls.afterwards.talk import misconceptions, moved
from polls.drawing import FIRST
from polls.moves import Moves
from polls.state import GROUP, ROUNDS, Round
from quizzes.grading.marking import blanks
from quizzes.quiz import Version
from quizzes.tables import MARK, Cell, table

Rows = Iterable[Sequence[Cell]]


def files(lecture: Lecture) -> dict[str, bytes]:
    """Return think.csv and group.csv, which `quiz grade` takes, participation.csv and rounds.csv."""
    answers = {f"{name}.csv": _answers(lecture, name, version) for name, version in zip(ROUNDS, as_asked(lecture).versions)}
    return {**answers, "participation.csv": _participation(lecture), "rounds.csv": _rounds(lecture)}


def _answers(lecture: Lecture, name: str, version: Version) -> bytes:
    """Return what was answered in the rounds of one name, a line for each person who has answered in one of them."""
    given = {each.question: lecture.answers[each.number] for each in lecture.rounds if each.name == name}
    columns = [(question, blank) for question, variant in enumerate(version.variants) for blank in blanks(variant)]
    rows: Rows = (
        [
            *(person, version.code),
            *(given.get(question, {}).get(person, {}).get(blank, "") for question, blank in columns),
        ]
        for person in lecture.people
        if any(person in answers for answers in given.values())
    )
    return _table(["student", "version", *(f"{question + 1} {blank}".strip() for question, blank in columns)], rows)


def _participation(lecture: Lecture) -> bytes:
    """Return in which rounds of each question everybody has answered, and the points for that."""
    questions = range(len(lecture.made.quiz.questions))
    rows: list[list[Cell]] = []
    for person, name in lecture.people.items():
        answered = [lecture.answered(person, question) for question in questions]
        points = lecture.made.quiz.poll.taking_part * sum(map(bool, answered))
        rounds = [" ".join(each.name for each in one) for one in answered]
        rows.append([person, *([name] if lecture.has_roster else []), *rounds, round(points, 2)])
    named = ["name"] if lecture.has_roster else []
    return _table(["student", *named, *(str(question + 1) for question in questions), "points"], rows)


def _rounds(lecture: Lecture) -> bytes:
    rows = []
    for question in range(len(lecture.made.quiz.questions)):
        moves = moved(lecture, question)
        rows += [_round(lecture, each, moves) for each in lecture.of(question)]
    headings = ["question", "template", "round", "form", "seconds", "answered", "right", "share"]
    return _table([*headings, "answered both", "gain", "misconceptions"], rows)


def _round(lecture: Lecture, each: Round, moves: Moves) -> Sequence[Cell]:
    """Return how a round went; what the discussion changed is in the line of the second one."""
    tally = lecture.tally(each)
    is_second, gain = each.name == GROUP, moves.gain
    return [
        *(each.question + 1, lecture.variant(each).template, each.name, "first" if each.form == FIRST else "other"),
        "" if each.closed is None else round(each.closed - each.opened),
        *(tally.answered, tally.right, round(tally.share, 3) if tally.answered else ""),
        *(moves.people if is_second else "", round(gain, 3) if is_second and gain is not None else ""),
        "; ".join(f"{name}: {times}" for name, times in misconceptions(tally).most_common()),
    ]


def _table(headings: Sequence[str], rows: Rows) -> bytes:
    return MARK + table([headings, *rows])
