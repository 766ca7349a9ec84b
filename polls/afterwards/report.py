"""The page about a lecture for its teacher: each question before and after the discussion."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from math import ceil

from common import pages, window
from polls.afterwards.lecture import Lecture
from polls.afterwards.talk import misconceptions, moved
from polls.moves import Moves
from polls.state import Round
from polls.tally import Tally, compared
from quizzes.drawing.plots import Axis, Curve, plot
from quizzes.grading.charts import counted
from quizzes.text.markdown import html
from quizzes.variant import Variant

PAGE = "poll.html"
STEPS = 60  # of a curve
MOST_TICKS = 6


@dataclass(frozen=True)
class Asked:
    """A round as the page shows it."""

    round: Round
    variant: Variant
    tally: Tally

    @property
    def lasted(self) -> str:
        """Return how long the round took, in words."""
        if self.round.closed is None:
            return "never closed"
        minutes, seconds = divmod(round(self.round.closed - self.round.opened), 60)
        return f"in {minutes}:{seconds:02} min"


@dataclass(frozen=True)
class Row:
    """An answer in both rounds, or its equivalent with other numbers."""

    answers: Sequence[str]  # HTML: one where both rounds have the same numbers
    right: bool
    misconception: str
    counts: Sequence[int | None]  # in each round; None if the round lacks this answer


@dataclass(frozen=True)
class Question:
    """A question as the page shows it."""

    number: int
    title: str
    rounds: Sequence[Asked]
    rows: Sequence[Row]
    moves: Moves
    survived: Sequence[tuple[str, int, int]]  # misconceptions: how many had them before and after the discussion
    plot: str  # of the answers over time, as SVG

    @property
    def has_other_form(self) -> bool:
        """Return whether the second round asked with other numbers."""
        return len({each.variant.id for each in self.rounds}) > 1


def files(lecture: Lecture) -> dict[str, bytes]:
    """Return the self-contained page."""
    questions = [_question(lecture, number) for number in range(len(lecture.made.quiz.questions))]
    style = "".join([window.style(), pages.text("polls", "page_files/common.css"), pages.text(__package__, "report.css")])
    template = pages.template(__package__, "report.html.jinja", {"counted": counted, "html": html})
    page = template.render(
        quiz=lecture.made.quiz,
        questions=questions,
        moves=sum((each.moves for each in questions), Moves()),
        when=_when(lecture.rounds),
        people=len(lecture.people),
        answered=len({person for answers in lecture.answers.values() for person in answers}),
        has_roster=lecture.has_roster,
        **pages.inlined(style, ""),
    )
    return {PAGE: page.encode()}


def _question(lecture: Lecture, question: int) -> Question:
    rounds = lecture.of(question)
    tallies = [lecture.tally(each) for each in rounds]
    return Question(
        question + 1,
        lecture.made.versions[0].variants[question].title,
        [Asked(each, lecture.variant(each), tally) for each, tally in zip(rounds, tallies)],
        _rows([(each.form, tally) for each, tally in zip(rounds, tallies)]) if rounds else [],
        moved(lecture, question),
        _survived(*tallies) if len(tallies) == 2 else [],
        _plot(lecture, rounds),
    )


def _rows(rounds: Sequence[tuple[int, Tally]]) -> list[Row]:
    """Return the answers of rounds, given their forms and tallies."""
    rows = []
    for bars in zip(*compared(rounds, whole=True)):
        known = [bar for bar in bars if bar.answer]
        answers = dict.fromkeys(f"<b>{bar.letter}</b> {bar.answer}" if bar.letter else bar.answer for bar in known)
        counts = [bar.count if bar.answer else None for bar in bars]
        rows.append(Row(list(answers), known[0].right, known[0].name, counts))
    return rows


def _survived(before: Tally, after: Tally) -> list[tuple[str, int, int]]:
    """Return the misconceptions that somebody had in both rounds, the most frequent first."""
    then, now = misconceptions(before), misconceptions(after)
    return [(name, then[name], times) for name, times in now.most_common() if name in then]


def _plot(lecture: Lecture, rounds: Sequence[Round]) -> str:
    """Draw how many had answered after how many seconds; "" if nobody has."""
    times = {each.name: lecture.first[each.number] for each in rounds if lecture.first[each.number]}
    if not times:
        return ""
    across = _axis("Seconds since the round opened", max(times[name][-1] for name in times))
    up = _axis("Students who had answered", max(map(len, times.values())))
    seconds = sorted({*across.ticks, *(across.high * step / STEPS for step in range(STEPS + 1))})
    curves = [
        Curve(name, [(second, float(sum(each <= second for each in arrived))) for second in seconds])
        for name, arrived in times.items()
    ]
    return plot(across, up, curves, across.ticks).svg


def _axis(label: str, most: float) -> Axis:
    """Return a scale from 0 that holds a number, with few and round ticks."""
    steps = (factor * 10**power for power in count() for factor in (1, 2, 5))
    step = next(step for step in steps if most <= step * (MOST_TICKS - 1))
    return Axis(label, [float(step * tick) for tick in range(max(ceil(most / step), 1) + 1)])


def _when(rounds: Sequence[Round]) -> str:
    """Return when the lecture was, in the time of this machine; "" if nothing was asked."""
    if not rounds:
        return ""
    first = datetime.fromtimestamp(rounds[0].opened)
    last = datetime.fromtimestamp(max(each.closed or each.opened for each in rounds))
    return f"{first.day} {first:%B %Y, %H:%M} to {last:%H:%M}"
