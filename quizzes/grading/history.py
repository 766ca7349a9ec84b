"""The templates over all terms: how hard each is and how well it discriminates, from all saved gradings."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from common.errors import UserError
from common.records import from_json, to_json
from quizzes.grading.charts import counted, dots, page
from quizzes.grading.grade import Graded
from quizzes.grading.statistics import Item, Tally
from quizzes.quiz import GeneratedQuiz
from quizzes.roster import identity
from quizzes.tables import MARK, table

FILE = "grading.json"


@dataclass(frozen=True)
class Kept:
    """What a grading says about a template, for one question."""

    template: str
    topic: str
    tally: Tally


@dataclass(frozen=True)
class Grading:
    """What is saved of a grading."""

    quiz: str
    answers: tuple[str, ...]  # a fingerprint of each student's replies: equal in two gradings of the same replies
    items: tuple[Kept, ...]


@dataclass(frozen=True)
class Line:
    """A template over all gradings."""

    template: str
    topic: str
    gradings: dict[str, Tally]  # by the folder
    tally: Tally


def written(generated: GeneratedQuiz, graded: Sequence[Graded], items: Sequence[Item]) -> bytes:
    """Return what is saved of a grading, as JSON."""
    making = generated.versions[0].code
    marks = tuple(sorted(_mark(making, one.version.code, identity(one.student)) for one in graded))
    kept = tuple(Kept(item.template, item.topic, item.tally) for item in items)
    return to_json(Grading(generated.quiz.title, marks, kept)).encode()


def read(folders: Sequence[Path]) -> tuple[dict[str, Grading], list[str]]:
    """Return the gradings in folders and their subfolders, by folder, and sentences about those left out.

    Replies that two gradings share count once: in the larger grading.
    Raises UserError for a folder without gradings, and for a file that holds none.
    """
    found: dict[str, Grading] = {}
    for folder in folders:
        paths = sorted(folder.rglob(FILE))
        if not paths:
            raise UserError(f"{folder} holds no grading: `convgrade quiz grade --out` writes {FILE} into its folder")
        for path in paths:
            try:
                found[str(path.parent)] = from_json(Grading, path.read_bytes(), str(path))
            except OSError as error:
                raise UserError(f"{path} cannot be read: {error.strerror}") from None
    once: dict[str, Grading] = {}
    said = []
    for name, grading in sorted(found.items(), key=lambda one: (-len(one[1].answers), one[0])):
        for other, before in once.items():
            if shared := len(set(grading.answers) & set(before.answers)):
                said.append(f"{name} is left out: {shared} of its {len(grading.answers)} answers are graded in {other} too")
                break
        else:
            once[name] = grading
    return dict(sorted(once.items())), said


def lines(gradings: dict[str, Grading]) -> list[Line]:
    """Return each template over all gradings, by topic."""
    tallies: dict[tuple[str, str], dict[str, Tally]] = {}
    for name, grading in gradings.items():
        for item in grading.items:
            own = tallies.setdefault((item.topic, item.template), {})
            own[name] = own.get(name, Tally()) + item.tally
    return [Line(template, topic, own, sum(own.values(), Tally())) for (topic, template), own in sorted(tallies.items())]


def files(gradings: dict[str, Grading]) -> dict[str, bytes]:
    """Return history.csv, with the difficulty in each grading, and history.html with a picture."""
    found = lines(gradings)
    return {"history.csv": _table(gradings, found), "history.html": _page(gradings, found).encode()}


def _table(gradings: dict[str, Grading], found: Sequence[Line]) -> bytes:
    headings = ["topic", "template", "gradings", "asked", "difficulty", "discrimination", *gradings]
    rows = [
        [
            *(line.topic, line.template, len(line.gradings), line.tally.asked),
            *map(_rounded, (line.tally.difficulty, line.tally.discrimination)),
            *(_rounded(line.gradings[name].difficulty) if name in line.gradings else "" for name in gradings),
        ]
        for line in found
    ]
    return MARK + table([headings, *rows])


def _rounded(value: float | None) -> float | str:
    return "" if value is None else round(value, 3)


def _page(gradings: dict[str, Grading], found: Sequence[Line]) -> str:
    chart = dots(
        "Mean credit",
        [line.template for line in found],
        [[tally.difficulty for tally in line.gradings.values()] for line in found],
        [line.tally.difficulty for line in found],
        [said(line) for line in found],
    )
    return page("history.html.jinja", gradings=gradings, chart=chart)


def said(line: Line) -> str:
    """Summarise a template over all gradings on one line."""
    discrimination = line.tally.discrimination
    told = "" if discrimination is None else f"discrimination {discrimination:.2f}, "
    asked = f"asked {counted(line.tally.asked, 'time')} in {counted(len(line.gradings), 'grading')}"
    return f"{line.tally.difficulty:4.0%}, {told}{asked}"


def _mark(*names: str) -> str:
    return sha256("\0".join(names).encode()).hexdigest()[:16]
