"""Pages with charts of a graded class."""

from collections.abc import Sequence
from dataclasses import dataclass

from common import pages
from quizzes.drawing.svg import INK, PADDING, SERIES, SOFT, Sheet

ROW, BAR = 26, 260  # pixels
LETTER = 7  # pixels: the usual maximum width of a letter
NARROWEST, WIDEST = 60, 400  # pixels that labels take


@dataclass(frozen=True)
class Chart:
    """A drawing with its heading."""

    title: str
    svg: str


def bars(title: str, labels: Sequence[str], values: Sequence[float], texts: Sequence[str]) -> Chart:
    """Draw a bar and a value for each label."""
    sheet, left = _rows(labels, texts)
    most = max([*values, 1e-9])
    for place, (value, text) in enumerate(zip(values, texts)):
        sheet.box(left, _middle(place) - 8, BAR * value / most, 16, SERIES[0], SERIES[0])
        sheet.text(left + BAR * value / most + 8, _middle(place), text, 12, SOFT, "start")
    return _chart(title, sheet, labels, texts)


def dots(
    title: str, labels: Sequence[str], values: Sequence[Sequence[float]], means: Sequence[float], texts: Sequence[str]
) -> Chart:
    """Draw values from 0 to 1 as circles along a line, with a mark at their mean."""
    sheet, left = _rows(labels, texts)
    for place, (row, mean, text) in enumerate(zip(values, means, texts)):
        middle = _middle(place)
        sheet.box(left, middle - 3, BAR, 6, PADDING, PADDING)
        for value in row:
            sheet.circle(left + BAR * value, middle, 5)
        sheet.line((left + BAR * mean, middle - 10), (left + BAR * mean, middle + 10), colour=SERIES[0], thick=3)
        sheet.text(left + BAR + 14, middle, text, 12, SOFT, "start")
    return _chart(title, sheet, labels, texts)


def page(name: str, **values: object) -> str:
    """Return a page of this room, from its template."""
    style = pages.markup(pages.text(__package__, "page.css"))
    return pages.template(__package__, name, {"counted": counted}).render(style=style, **values)


def counted(number: int, what: str) -> str:
    """Return a count with its noun: 1 student, 2 students."""
    return f"{number} {what}" + "s" * (number != 1)


def _rows(labels: Sequence[str], texts: Sequence[str]) -> tuple[Sheet, int]:
    """Return a sheet with its labels, and where the drawing begins."""
    left = min(max([NARROWEST, *(LETTER * len(label) for label in labels)]), WIDEST) + 10
    sheet = Sheet(left + BAR + 20 + LETTER * max(map(len, texts), default=0), ROW * len(labels) + 8)
    for place, label in enumerate(labels):
        shown = label if LETTER * len(label) <= WIDEST else label[: WIDEST // LETTER - 1] + "…"
        sheet.text(left - 10, _middle(place), shown, 13, INK, "end")
    return sheet, left


def _middle(place: int) -> float:
    return 4 + ROW * (place + 0.5)


def _chart(title: str, sheet: Sheet, labels: Sequence[str], texts: Sequence[str]) -> Chart:
    described = "; ".join(f"{label}: {text}" for label, text in zip(labels, texts))
    return Chart(title, sheet.picture(f"{title}. {described}.").svg)
