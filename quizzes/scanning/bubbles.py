"""Read the marks on a straightened page: only what is clearly a mark, or clearly not one, counts as read.

A bubble's darkness is compared with that of the page's empty ones. What lies between empty and full, two marks in a column,
a column left out, a circle around a bubble, writing above a column without a mark: a person should look at it.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from quizzes.scanning.images import Pixels
from quizzes.scanning.layout import ACROSS, RADIUS, Field
from quizzes.scanning.straighten import PIXELS, Page

Marks = NDArray[np.bool_]
EMPTY, FULL = 0.06, 0.35  # how much darker than the page's empty bubbles: below, clearly empty; above, clearly marked
PRINTED = 0.09  # the greatest darkness of a symbol in an empty bubble
WRITTEN = 0.05  # the least darkness of a box with something written in it
CROSSED = 0.18  # the same for two opposite parts of the ring around a bubble, which a line through it darkens
CIRCLED = 0.09  # the same for three quarters of the rim of a bubble that somebody has circled
WITHIN, RIM, AROUND = (
    0.75,
    (0.8, 1.5),
    (1.3, 1.55),
)  # relative to a bubble's radius: its inside, its rim, the ring around it
PARTS = 12  # of a ring
SHIFT = 0.9  # millimetres that a field may be off if the paper is not flat
ALIKE = 0.5  # how well a field's circles must be found, from 0 to 1
NUMBER = re.compile(r"-?(\d+\.?\d*|\.\d+)")


@dataclass(frozen=True)
class Reading:
    """A reply as it would be typed, with ? for an unreadable character; and why a person should check it."""

    text: str
    why: str = ""  # empty: it is certain
    corrected: bool = False  # by a person


@dataclass(frozen=True)
class _Marks:
    """How dark the bubbles of a field, their rims, the ends of lines through them and the boxes are."""

    columns: list[Pixels]
    rims: list[Pixels]
    lines: list[Pixels]
    boxes: list[float]
    alike: float  # how well its circles were found


def readings(page: Page, fields: Sequence[Field]) -> list[Reading]:
    """Return the readings of a page."""
    found = [marks(page, field) for field in fields]
    empty = min(float(np.median(np.concatenate([column for one in found for column in one.columns]))), PRINTED)
    rim = float(np.median(np.concatenate([column for one in found for column in one.rims])))
    return [_read(field, one, empty, rim) for field, one in zip(fields, found)]


def without_grey(field: Field, reading: Reading) -> Reading:
    """Return a reading of a black-and-white page: it is certain only if a lost faint mark would make it invalid."""
    is_one_option = not field.number and not field.blank.several and reading.text
    if reading.why or is_one_option:
        return reading
    return replace(reading, why="scanned in black and white, which loses faint marks")


def marks(page: Page, field: Field) -> _Marks:
    """Measure a field's bubbles and boxes at the position where its circles are found."""
    (x, y), alike = _shift(page.darkness, field)
    radius = RADIUS * field.scale * PIXELS
    disc, rim, ring = (_ring(inner * radius, outer * radius) for inner, outer in ((0, WITHIN), RIM, AROUND))
    centres = [
        [_pixel(field.centre(place, row), x, y) for row in range(len(symbols))]
        for place, symbols in enumerate(field.columns)
    ]
    columns = [np.array([_mean(page.darkness, disc, *centre) for centre in column]) for column in centres]
    rims = [np.array([_rim(page.darkness, rim, *centre) for centre in column]) for column in centres]
    lines = [np.array([_line(page.darkness, ring, *centre) for centre in column]) for column in centres]
    boxes = [_inside(page.darkness, field.box(place), x, y) for place in range(len(field.columns)) if field.number]
    return _Marks(columns, rims, lines, boxes, alike)


def _pixel(place: tuple[float, float], x: int, y: int) -> tuple[int, int]:
    return round(place[0] * PIXELS) + x, round(place[1] * PIXELS) + y


def _ring(inner: float, outer: float) -> Pixels:
    """Return the pixels between two circles, 1 there and 0 elsewhere."""
    reach = round(outer)
    rows, columns = np.mgrid[-reach : reach + 1, -reach : reach + 1]
    distance = np.hypot(rows, columns)
    ring: Pixels = ((inner <= distance) & (distance <= outer)).astype(np.float32)
    return ring


def _mean(darkness: Pixels, part: Pixels, x: int, y: int) -> float:
    reach = len(part) // 2
    return float((darkness[y - reach : y + reach + 1, x - reach : x + reach + 1] * part).sum() / part.sum())


def _line(darkness: Pixels, ring: Pixels, x: int, y: int) -> float:
    """Return how dark the fainter of two opposite parts of a ring is, where it is darkest."""
    means = _parts(darkness, ring, x, y)
    return float(np.minimum(means[: PARTS // 2], means[PARTS // 2 :]).max())


def _rim(darkness: Pixels, ring: Pixels, x: int, y: int) -> float:
    """Return how dark three quarters of a ring are at least."""
    return float(np.sort(_parts(darkness, ring, x, y))[PARTS // 4])


def _parts(darkness: Pixels, ring: Pixels, x: int, y: int) -> Pixels:
    """Return the mean darkness of each part of a ring."""
    reach = len(ring) // 2
    rows, columns = np.nonzero(ring)
    values = darkness[y - reach : y + reach + 1, x - reach : x + reach + 1][rows, columns]
    part = ((np.arctan2(rows - reach, columns - reach) / (2 * np.pi) + 1) * PARTS).astype(int) % PARTS
    return np.bincount(part, values, PARTS) / np.bincount(part, minlength=PARTS)


def _inside(darkness: Pixels, box: tuple[float, float, float, float], x: int, y: int) -> float:
    """Return the mean darkness in a box, without its frame."""
    edge = 0.16 * ACROSS
    left, above = _pixel((box[0] + edge, box[1] + edge), x, y)
    right, below = _pixel((box[2] - edge, box[3] - edge), x, y)
    return float(darkness[above:below, left:right].mean())


def _shift(darkness: Pixels, field: Field) -> tuple[tuple[int, int], float]:
    """Return how many pixels to the right and down a field's circles are, and how clearly they are found."""
    reach, radius = round(SHIFT * PIXELS), RADIUS * field.scale
    last = field.centre(len(field.columns) - 1, len(field.columns[0]) - 1)
    left, above = _pixel(tuple(np.subtract(field.centre(0, 0), radius + 0.4)), 0, 0)
    right, below = _pixel(tuple(np.add(last, radius + 0.4)), 0, 0)
    circles = np.zeros((below - above, right - left), np.float32)
    for place, symbols in enumerate(field.columns):
        for row in range(len(symbols)):
            cv2.circle(circles, _pixel(field.centre(place, row), -left, -above), round(radius * PIXELS), 1.0, 2)
    around = darkness[above - reach : below + reach, left - reach : right + reach]
    found = cv2.matchTemplate(_edges(around), _edges(circles), cv2.TM_CCOEFF_NORMED)
    _, alike, _, (x, y) = cv2.minMaxLoc(found)
    return (x - reach, y - reach), float(alike)


def _edges(darkness: Pixels) -> Pixels:
    """Return where the darkness changes: filled and empty circles have the same edge."""
    change = cv2.morphologyEx(darkness.astype(np.float32), cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8))
    return cv2.GaussianBlur(change, (0, 0), 1)


def _read(field: Field, marked: _Marks, empty: float, rim: float) -> Reading:
    if marked.alike < ALIKE:
        return Reading("?", "the page is folded or covered here")
    columns = [column - empty for column in marked.columns]
    circled = [(around - rim > CIRCLED) & (column < EMPTY) for around, column in zip(marked.rims, columns)]
    crossed = [line > CROSSED for line in marked.lines]
    if field.blank.letters:
        return _options(field, np.concatenate(columns), np.concatenate(circled), np.concatenate(crossed))
    found = [_character(*column) for column in zip(field.columns, columns, circled, crossed, marked.boxes)]
    text = "".join(each.text for each in found).strip()
    whys = [f"column {number}: {each.why}" for number, each in enumerate(found, start=1) if each.why]
    if not whys and text and not NUMBER.fullmatch(text):
        whys = ["not a number"]
    return Reading(text, "; ".join(whys))


def _options(field: Field, dark: Pixels, circled: Marks, crossed: Marks) -> Reading:
    letters = field.blank.letters
    marked = [letter for letter, value in zip(letters, dark) if value > FULL]
    faint = [letter for letter, value in zip(letters, dark) if EMPTY <= value <= FULL]
    around = [letter for letter, circle in zip(letters, circled) if circle]
    out = [letter for letter, value, line in zip(letters, dark, crossed) if value > FULL and line]
    text = " ".join(marked or faint or around)
    if faint:
        return Reading(text, f"faint: {', '.join(faint)}")
    if around:
        return Reading(text, f"circled: {', '.join(around)}")
    if out:
        return Reading(text, f"perhaps crossed out: {', '.join(out)}")
    if len(marked) > 1 and not field.blank.several:
        return Reading(text, "more than one is marked")
    return Reading(text)


def _character(symbols: str, dark: Pixels, circled: Marks, crossed: Marks, box: float) -> Reading:
    """Return the character of a column; a space for a column without a mark."""
    marked = [symbol for symbol, value in zip(symbols, dark) if value >= EMPTY]
    place = int(np.argmax(dark))
    *_, second, first = sorted(dark)
    if circled.any():
        around = [symbol for symbol, circle in zip(symbols, circled) if circle]
        text = (marked + around)[0] if len(marked + around) == 1 else "?"
        return Reading(text, f"{' and '.join(around)} {'is' if len(around) == 1 else 'are'} circled")
    if not marked:
        return Reading(" ", "written, but not marked" if box > WRITTEN else "")
    if len(marked) > 1:
        return Reading(symbols[place] if first > FULL and first > 2 * second else "?", f"{' and '.join(marked)} are marked")
    if first <= FULL:
        return Reading(symbols[place], f"the mark at {symbols[place]} is faint")
    return Reading(symbols[place], f"the mark at {symbols[place]} may be crossed out" if crossed[place] else "")
