"""What a teacher gets back of a graded class: tables, and one page with charts."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from common import pages
from quizzes.drawing.svg import INK, SERIES, SOFT, Sheet
from quizzes.grading.grade import Graded, Item, items, topics
from quizzes.quiz import Made
from quizzes.tables import MARK, Cell, table

Rows = Iterable[Sequence[Cell]]
ROW, LABEL, BAR = 26, 330, 260  # pixels of a chart


@dataclass(frozen=True)
class Chart:
    """A drawing with its heading."""

    title: str
    svg: str


def files(made: Made, graded: Sequence[Graded], problems: Sequence[str]) -> dict[str, bytes]:
    """Return grades.csv, feedback.csv, items.csv, misconceptions.csv and report.html."""
    found = items(made, graded)
    return {
        "grades.csv": _grades(made, graded),
        "feedback.csv": _feedback(graded),
        "items.csv": _items(found),
        "misconceptions.csv": _misconceptions(found),
        "report.html": _page(made, graded, found, problems).encode(),
    }


def _grades(made: Made, graded: Sequence[Graded]) -> bytes:
    numbers = [str(number) for number in range(1, len(made.quiz.questions) + 1)]
    rows: Rows = ([one.student, one.version.owner.name, one.version.code, one.score, *one.points] for one in graded)
    return _table(["student", "name", "version", "score", *numbers], rows)


def _feedback(graded: Sequence[Graded]) -> bytes:
    rows: Rows = (
        [one.student, one.version.code, number, points, mark.sentence, mark.misconception]
        for one in graded
        for number, (mark, points) in enumerate(zip(one.marks, one.points), start=1)
    )
    return _table(["student", "version", "question", "points", "sentence", "misconception"], rows)


def _items(found: Sequence[Item]) -> bytes:
    rows: Rows = (
        [
            item.number,
            item.template,
            item.topic,
            item.answered,
            round(item.difficulty, 3),
            "" if item.discrimination is None else round(item.discrimination, 3),
            sum(item.misconceptions.values()),
        ]
        for item in found
    )
    return _table(["question", "template", "topic", "answered", "difficulty", "discrimination", "misconceptions"], rows)


def _misconceptions(found: Sequence[Item]) -> bytes:
    rows: Rows = (
        [topic, name, times]
        for topic, counts in topics(found).items()
        for name, times in sorted(counts.items(), key=_often)
    )
    return _table(["topic", "misconception", "students"], rows)


def _table(headings: Sequence[str], rows: Rows) -> bytes:
    return MARK + table([headings, *rows])


def _page(made: Made, graded: Sequence[Graded], found: Sequence[Item], problems: Sequence[str]) -> str:
    charts = [_scores(made, graded), _difficulties(found)]
    charts += [_bars(topic, counts) for topic, counts in topics(found).items() if counts]
    mean = sum(one.score for one in graded) / max(len(graded), 1)
    return _template().render(
        quiz=made.quiz,
        graded=graded,
        items=found,
        mean=mean,
        problems=problems,
        charts=charts,
        points=f"{made.quiz.points:g}",
    )


def _scores(made: Made, graded: Sequence[Graded]) -> Chart:
    """Draw how many students reached which tenth of the points."""
    tenths = [0] * 10
    for one in graded:
        tenths[min(int(10 * one.score / made.quiz.points), 9)] += 1
    labels = [f"{10 * tenth} to {10 * tenth + 10} % of the points" for tenth in range(10)]
    return Chart("Scores", _horizontal(labels, tenths, [str(count) for count in tenths], "How many students reached"))


def _difficulties(found: Sequence[Item]) -> Chart:
    labels = [f"{item.number}  {item.template}" for item in found]
    texts = [
        f"{item.difficulty:.0%}" + ("" if item.discrimination is None else f", discrimination {item.discrimination:.2f}")
        for item in found
    ]
    return Chart(
        "Mean credit of each question", _horizontal(labels, [item.difficulty for item in found], texts, "Mean credit")
    )


def _bars(topic: str, counts: Any) -> Chart:
    often = sorted(counts.items(), key=_often)
    labels, times = [name for name, _ in often], [count for _, count in often]
    return Chart(f"Misconceptions: {topic}", _horizontal(labels, times, [str(each) for each in times], topic))


def _horizontal(labels: Sequence[str], values: Sequence[float], texts: Sequence[str], title: str) -> str:
    """Draw bars from left to right, with what they stand for and how much it is."""
    sheet = Sheet(LABEL + BAR + 190, ROW * len(labels) + 8)
    most = max([*values, 1e-9])
    for place, (label, value, text) in enumerate(zip(labels, values, texts)):
        middle = 4 + ROW * (place + 0.5)
        sheet.text(LABEL - 10, middle, label, 13, INK, "end")
        sheet.box(LABEL, middle - 8, BAR * value / most, 16, SERIES[0], SERIES[0])
        sheet.text(LABEL + BAR * value / most + 8, middle, text, 12, SOFT, "start")
    described = "; ".join(f"{label}: {text}" for label, text in zip(labels, texts))
    return sheet.picture(f"{title}. {described}.").svg


def _often(pair: tuple[str, int]) -> tuple[int, str]:
    return -pair[1], pair[0]


@cache
def _template() -> Any:
    return pages.template("quizzes.grading", "report.html.jinja")
