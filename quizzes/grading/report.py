"""What a teacher gets for a graded class: tables, the saved grading, and a page with charts."""

from collections.abc import Iterable, Sequence

from quizzes.grading import history
from quizzes.grading.charts import Chart, bars, counted, page
from quizzes.grading.grade import Graded
from quizzes.grading.statistics import Comparison, Item, Statistics, alpha, fairness, topics
from quizzes.quiz import GeneratedQuiz
from quizzes.tables import MARK, Cell, table

Rows = Iterable[Sequence[Cell]]


def files(
    generated: GeneratedQuiz, graded: Sequence[Graded], found: Statistics, problems: Sequence[str]
) -> dict[str, bytes]:
    """Return grades.csv, feedback.csv, items.csv, misconceptions.csv, fairness.csv, report.html, and what history reads."""
    return {
        "grades.csv": _grades(generated, graded),
        "feedback.csv": _feedback(graded),
        "items.csv": _items(generated, graded, found.items),
        "misconceptions.csv": _misconceptions(found.items),
        "fairness.csv": _fairness(found.comparisons),
        history.FILE: history.written(generated, graded, found.items),
        "report.html": _page(generated, graded, found, problems).encode(),
    }


def _rounded(value: float | None) -> float | str:
    """Return a number for a table, or an empty cell."""
    return "" if value is None else round(value, 3)


def _grades(generated: GeneratedQuiz, graded: Sequence[Graded]) -> bytes:
    numbers = [str(number) for number in range(1, len(generated.quiz.questions) + 1)]
    rows: Rows = ([one.student, one.version.owner.name, one.version.code, one.score, *one.points] for one in graded)
    return _table(["student", "name", "version", "score", *numbers], rows)


def _feedback(graded: Sequence[Graded]) -> bytes:
    rows: Rows = (
        [one.student, one.version.code, number, points, mark.sentence, mark.misconception]
        for one in graded
        for number, (mark, points) in enumerate(zip(one.marks, one.points), start=1)
    )
    return _table(["student", "version", "question", "points", "sentence", "misconception"], rows)


def _items(generated: GeneratedQuiz, graded: Sequence[Graded], found: Sequence[Item]) -> bytes:
    rows: Rows = (
        [
            item.number,
            item.template,
            item.topic,
            item.tally.asked,
            item.answered,
            _rounded(item.tally.difficulty),
            _rounded(item.tally.discrimination),
            _rounded(alpha(generated, graded, without=item.number - 1)),
            sum(item.misconceptions.values()),
            round(sum(item.lost.values()), 2),
        ]
        for item in found
    )
    headings = ["question", "template", "topic", "students", "answered", "difficulty", "discrimination"]
    return _table([*headings, "alpha without", "misconceptions", "points lost by them"], rows)


def _misconceptions(found: Sequence[Item]) -> bytes:
    rows: Rows = ([topic, *one] for topic, listed in topics(found).items() for one in listed)
    return _table(["topic", "misconception", "students", "points lost"], rows)


def _fairness(compared: Sequence[Comparison]) -> bytes:
    rows: Rows = (
        [each.what, group.name, group.students, round(group.mean, 3), round(each.mean, 3), each.points, round(group.p, 4)]
        for each in compared
        for group in each.groups
    )
    return _table(["compared", "group", "students", "mean", "mean of all", "points", "p"], rows)


def _table(headings: Sequence[str], rows: Rows) -> bytes:
    return MARK + table([headings, *rows])


def _page(generated: GeneratedQuiz, graded: Sequence[Graded], found: Statistics, problems: Sequence[str]) -> str:
    charts = [*([_scores(generated, graded)] if generated.quiz.points else []), _difficulties(found.items)]
    charts += [_misconceptions_of(topic, listed) for topic, listed in topics(found.items).items()]
    return page(
        "report.html.jinja",
        quiz=generated.quiz,
        graded=graded,
        questions=range(1, len(generated.quiz.questions) + 1),
        mean=sum(one.score for one in graded) / max(len(graded), 1),
        problems=problems,
        charts=charts,
        alpha=found.alpha,
        counting=sum(entry.points > 0 for entry in generated.quiz.questions),
        fairness=fairness(found.comparisons),
        points=f"{generated.quiz.points:g}",
    )


def _scores(generated: GeneratedQuiz, graded: Sequence[Graded]) -> Chart:
    """Draw how many students are in each tenth of the points."""
    tenths = [0] * 10
    for one in graded:
        tenths[min(int(10 * one.score / generated.quiz.points), 9)] += 1
    labels = [f"{10 * tenth} to {10 * tenth + 10} % of the points" for tenth in range(10)]
    return bars("Scores", labels, tenths, [counted(count, "student") for count in tenths])


def _difficulties(found: Sequence[Item]) -> Chart:
    values = [item.tally.difficulty for item in found]
    texts = []
    for item in found:
        discrimination = item.tally.discrimination
        texts.append(
            f"{item.tally.difficulty:.0%}" + ("" if discrimination is None else f", discrimination {discrimination:.2f}")
        )
    return bars("Mean credit of each question", [f"{item.number}  {item.template}" for item in found], values, texts)


def _misconceptions_of(topic: str, listed: Sequence[tuple[str, int, float]]) -> Chart:
    texts = [f"{lost:g} points, {counted(times, 'student')}" for _, times, lost in listed]
    return bars(
        f"Points lost by misconceptions: {topic}", [name for name, _, _ in listed], [lost for _, _, lost in listed], texts
    )
