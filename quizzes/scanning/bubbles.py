"""Read what is filled in on a straightened page: only what is surely a mark or surely none counts as read.

Each bubble's darkness is compared with that of the page's empty ones. What lies between empty and full, two marks in a column,
a column left out, writing above a column without a mark: a person should look at it.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from quizzes.scanning.layout import ACROSS, RADIUS, Field
from quizzes.scanning.straighten import PIXELS, Page

EMPTY, FULL = 0.06, 0.35  # how much darker than the page's empty bubbles one is that is surely empty, or surely marked
PRINTED = 0.09  # how dark a symbol in an empty bubble is at most
WRITTEN = 0.03  # the same of a box that something is written in
WITHIN = 0.75  # of a bubble's radius, which is looked at
SHIFT = 0.9  # millimetres that a field may be off, where the paper does not lie flat
ALIKE = 0.4  # how well a field's circles must be found, from 0 to 1
NUMBER = re.compile(r"-?(\d+\.?\d*|\.\d+)")


@dataclass(frozen=True)
class Reading:
    """What is filled in, as it would be typed: ? for a character that cannot be read; and why a person should look."""

    text: str
    why: str = ""  # nothing: it is sure


@dataclass(frozen=True)
class _Marks:
    """How dark the bubbles and the boxes of a field are."""

    columns: list[np.ndarray]
    boxes: list[float]
    alike: float  # how well its circles were found


def readings(page: Page, fields: Sequence[Field]) -> list[Reading]:
    """Return what is filled in on a page."""
    found = [marks(page, field) for field in fields]
    dark = np.concatenate([column for one in found for column in one.columns])
    empty = min(float(np.median(dark)), PRINTED)  # nearly all are, where numbers are asked for
    return [_read(field, one, empty) for field, one in zip(fields, found)]


def marks(page: Page, field: Field) -> _Marks:
    """Measure a field's bubbles and boxes, where its circles are."""
    (x, y), alike = _shift(page.darkness, field)
    disc = _disc(WITHIN * RADIUS * field.scale * PIXELS)
    columns = [
        np.array([_mean(page.darkness, disc, *_pixel(field.centre(place, row), x, y)) for row in range(len(symbols))])
        for place, symbols in enumerate(field.columns)
    ]
    boxes = [_inside(page.darkness, field.box(place), x, y) for place in range(len(field.columns)) if field.number]
    return _Marks(columns, boxes, alike)


def _pixel(place: tuple[float, float], x: int, y: int) -> tuple[int, int]:
    return round(place[0] * PIXELS) + x, round(place[1] * PIXELS) + y


def _disc(radius: float) -> np.ndarray:
    reach = round(radius)
    rows, columns = np.mgrid[-reach : reach + 1, -reach : reach + 1]
    return (rows**2 + columns**2 <= radius**2).astype(np.float32)


def _mean(darkness: np.ndarray, disc: np.ndarray, x: int, y: int) -> float:
    reach = len(disc) // 2
    return float((darkness[y - reach : y + reach + 1, x - reach : x + reach + 1] * disc).sum() / disc.sum())


def _inside(darkness: np.ndarray, box: tuple[float, float, float, float], x: int, y: int) -> float:
    """Return the mean darkness in a box, without its frame."""
    edge = 0.16 * ACROSS
    left, above = _pixel((box[0] + edge, box[1] + edge), x, y)
    right, below = _pixel((box[2] - edge, box[3] - edge), x, y)
    return float(darkness[above:below, left:right].mean())


def _shift(darkness: np.ndarray, field: Field) -> tuple[tuple[int, int], float]:
    """Return how many pixels to the right and down a field's circles lie, and how well they are found."""
    reach, radius = round(SHIFT * PIXELS), RADIUS * field.scale
    last = field.centre(len(field.columns) - 1, len(field.columns[0]) - 1)
    left, above = _pixel(tuple(np.subtract(field.centre(0, 0), radius + 0.4)), 0, 0)
    right, below = _pixel(tuple(np.add(last, radius + 0.4)), 0, 0)
    circles = np.zeros((below - above, right - left), np.float32)
    for place, symbols in enumerate(field.columns):
        for row in range(len(symbols)):
            x, y = _pixel(field.centre(place, row), -left, -above)
            cv2.circle(circles, (x, y), round(radius * PIXELS), 1.0, 2)
    around = darkness[above - reach : below + reach, left - reach : right + reach].astype(np.float32)
    found = cv2.matchTemplate(around, cv2.GaussianBlur(circles, (0, 0), 1), cv2.TM_CCOEFF_NORMED)
    _, alike, _, (x, y) = cv2.minMaxLoc(found)
    return (x - reach, y - reach), float(alike)


def _read(field: Field, marked: _Marks, empty: float) -> Reading:
    if marked.alike < ALIKE:
        return Reading("?", "the page is folded or covered here")
    dark = [column - empty for column in marked.columns]
    if field.blank.letters:
        return _options(field, np.concatenate(dark))
    return _number(field, dark, marked.boxes)


def _options(field: Field, dark: np.ndarray) -> Reading:
    letters = field.blank.letters
    marked = [each for each, value in zip(letters, dark) if value > FULL]
    faint = [each for each, value in zip(letters, dark) if EMPTY <= value <= FULL]
    if faint:
        return Reading(" ".join(marked or faint), f"faint: {', '.join(faint)}")
    if len(marked) > 1 and not field.blank.several:
        return Reading(" ".join(marked), "more than one is marked")
    return Reading(" ".join(marked))


def _number(field: Field, dark: Sequence[np.ndarray], boxes: Sequence[float]) -> Reading:
    found = [_character(*column) for column in zip(field.columns, dark, boxes)]
    text = "".join(each.text for each in found).strip()
    whys = [f"column {number}: {each.why}" for number, each in enumerate(found, start=1) if each.why]
    if not whys and text and not NUMBER.fullmatch(text):
        whys = ["not a number"]
    return Reading(text, "; ".join(whys))


def _character(symbols: str, dark: np.ndarray, box: float) -> Reading:
    """Return the character of a column; a blank for a column without a mark."""
    marked = [symbol for symbol, value in zip(symbols, dark) if value >= EMPTY]
    *_, second, first = sorted(dark)
    darkest = symbols[int(np.argmax(dark))]
    if not marked:
        return Reading(" ", "written, but not marked" if box > WRITTEN else "")
    if len(marked) > 1:
        return Reading(darkest if first > FULL and first > 2 * second else "?", f"{' and '.join(marked)} are marked")
    return Reading(darkest, "" if first > FULL else f"the mark at {darkest} is faint")
