"""How reliably scanned answer sheets are read: the example quiz, filled in with a pencil and scanned badly.

    .venv/bin/python benchmarks/scans.py --pages 200 --seed 1

Marks differ in darkness and in how much of a bubble they fill; some are ticks, crosses, dots or faint; some are erased,
some crossed out, some only written above the bubbles. Pages are askew, turned, blurred, noisy, unevenly lit, and
saved as JPEG at 150 to 300 dpi.
"""

import os
import platform
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path

import click
import cv2
import numpy as np
import pypdfium2

from quizzes import making
from quizzes.exports import answer_sheets
from quizzes.quiz import GeneratedQuiz, Version
from quizzes.roster import numbered
from quizzes.scanning import layout, scan
from quizzes.scanning.layout import Field
from quizzes.scanning.scan import Place, Scanned, Unread

EXAMPLE = Path(__file__).resolve().parent.parent / "quizzes" / "examples" / "cnn.toml"
PIXELS = 12  # for a millimetre, on which the pencil draws
STROKE = 5  # pixels
Random = np.random.Generator


def sheets(made: GeneratedQuiz, version: Version) -> list[tuple[np.ndarray, list[Field]]]:
    """Return the pages of a version as they are printed, PIXELS for each millimetre, and their fields."""
    ticket = layout.ticket(made.quiz, version, layout.widths(made))
    fields = layout.pages(layout.blanks(version.variants, made.quiz.language), ticket, version.owner.numbered)
    pdf = pypdfium2.PdfDocument(answer_sheets.document(made, [version]))
    return [
        (page.render(scale=PIXELS * 25.4 / 72, grayscale=True).to_numpy().copy(), one) for page, one in zip(pdf, fields)
    ]


def filled(page: np.ndarray, fields: Sequence[Field], texts: Sequence[str], random: Random, careless: float) -> np.ndarray:
    """Return a page as a student has filled it in."""
    pencil = Pencil(page, random, careless)
    for field, text in zip(fields, texts):
        pencil.write(field, text)
    return pencil.page.clip(0, 255).astype(np.uint8)


class Pencil:
    """Fill in the fields of a page as a student does. careless: the share of marks that are not as they should be."""

    def __init__(self, page: np.ndarray, random: Random, careless: float) -> None:
        self.page, self.random, self.careless = page.astype(np.float32), random, careless

    def write(self, field: Field, text: str) -> None:
        """Fill in a text, the first character in a column that leaves room for the others."""
        if field.blank.letters:
            for letter in text.split():
                self._mark(field, field.blank.letters.index(letter), 0)
        else:
            start = 0 if text.startswith("-") else self.random.integers(0, len(field.columns) - len(text) + 1)
            for place, character in enumerate(text, start=int(start)):
                self._write(field, place, character)
                self._mark(field, place, field.columns[place].index(character))
        if self.random.random() < self.careless:  # a second thought
            place = int(self.random.integers(len(field.columns)))
            row = int(self.random.integers(len(field.columns[place])))
            self._changed(field, place, row)

    def _mark(self, field: Field, place: int, row: int) -> None:
        x, y = field.centre(place, row) + self.random.normal(0, 0.12, 2)
        radius = layout.RADIUS * field.scale
        dark = self.random.uniform(0.45, 0.9)
        kind = (
            "full"
            if self.random.random() > self.careless
            else self.random.choice(["part", "tick", "cross", "faint", "dot"])
        )
        match kind:
            case "full":
                self._scribble(x, y, radius * self.random.uniform(0.85, 1.1), dark)
            case "part":
                self._scribble(x, y, radius * self.random.uniform(0.4, 0.7), dark)
            case "faint":
                self._scribble(x, y, radius, self.random.uniform(0.08, 0.3))
            case "dot":
                self._scribble(x, y, radius * 0.35, dark)
            case "tick":
                self._line([(x - radius, y), (x - radius / 3, y + radius), (x + 1.5 * radius, y - 1.5 * radius)], dark)
            case "cross":
                self._line([(x - radius, y - radius), (x + radius, y + radius)], dark)
                self._line([(x - radius, y + radius), (x + radius, y - radius)], dark)

    def _scribble(self, x: float, y: float, radius: float, dark: float) -> None:
        """Fill a disc with strokes that leave some paper white."""
        around, pixel = self._around(x, y, 2 * radius)
        layer = np.zeros(self.page[around].shape, np.uint8)
        cv2.circle(layer, pixel(x, y), round(radius * PIXELS), 255, -1, cv2.LINE_AA)
        grain = cv2.GaussianBlur(self.random.normal(dark, 0.12, layer.shape), (0, 0), 1)
        self.page[around] *= 1 - layer / 255 * grain.clip(0, 1)

    def _line(self, points: Sequence[tuple[float, float]], dark: float) -> None:
        around, pixel = self._around(*np.mean(points, axis=0), 6)
        layer = np.zeros(self.page[around].shape, np.uint8)
        cv2.polylines(layer, [np.array([pixel(*point) for point in points])], False, 255, STROKE, cv2.LINE_AA)
        self.page[around] *= 1 - layer / 255 * dark

    def _write(self, field: Field, place: int, character: str) -> None:
        left, above, right, below = field.box(place)
        around, pixel = self._around((left + right) / 2, (above + below) / 2, below - above)
        layer = np.zeros(self.page[around].shape, np.uint8)
        spot, size = pixel(left + 0.8 * field.scale, below - 0.9 * field.scale), 0.02 * PIXELS * (below - above)
        cv2.putText(layer, character, spot, cv2.FONT_HERSHEY_SIMPLEX, size, 255, 4, cv2.LINE_AA)
        self.page[around] *= 1 - layer / 255 * self.random.uniform(0.5, 0.9)

    def _changed(self, field: Field, place: int, row: int) -> None:
        """Leave an erased mark, or a mark that is crossed out."""
        (x, y), radius = field.centre(place, row), layout.RADIUS * field.scale
        if self.random.random() < 0.7:
            self._scribble(x, y, radius, self.random.uniform(0.0, 0.3))
        else:
            self._scribble(x, y, radius, 0.7)
            self._line([(x - 2 * radius, y - radius), (x + 2 * radius, y + radius)], 0.8)

    def _around(self, x: float, y: float, reach: float) -> tuple[tuple[slice, slice], Callable[[float, float], list[int]]]:
        """Return the part of the page around a place, and what gives the pixels of places in it."""
        left, above = (max(0, round(PIXELS * (each - reach))) for each in (x, y))
        right, below = (round(PIXELS * (each + reach)) for each in (x, y))
        pixel = lambda x, y: [round(PIXELS * float(x)) - left, round(PIXELS * float(y)) - above]  # noqa: E731
        return (slice(above, below), slice(left, right)), pixel


def scanned(page: np.ndarray, random: Random, severe: float = 1.0) -> bytes:
    """Return a page as scanned: askew, turned, blurred, noisy, unevenly lit; a JPEG. severe: a factor for all this."""
    dpi = random.choice([150, 200, 300])
    image = cv2.resize(page, None, fx=dpi / 25.4 / PIXELS, fy=dpi / 25.4 / PIXELS, interpolation=cv2.INTER_AREA)
    height, width = image.shape
    corners = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32)
    turn = np.radians(random.normal(0, 1.5 * severe))
    middle = np.array([width, height]) / 2
    rotation = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    moved = (
        (corners - middle) @ rotation.T * random.uniform(0.96, 1.0)
        + middle
        + random.normal(0, 0.003 * severe, (4, 2)) * width
    )
    matrix = cv2.getPerspectiveTransform(corners, moved.astype(np.float32))
    image = cv2.warpPerspective(image, matrix, (width, height), borderValue=255)
    image = cv2.GaussianBlur(image, (0, 0), random.uniform(0.3, 0.8 * severe) * dpi / 150 + 1e-3)
    x, y = np.meshgrid(np.linspace(-1, 1, width), np.linspace(-1, 1, height))
    light = 0.9 + 0.12 * severe * (random.uniform(-1, 1) * x + random.uniform(-1, 1) * y) * random.random()
    black = random.uniform(0, 50) * severe
    image = (black + image * (1 - black / 255)) * light + random.normal(0, random.uniform(1, 8) * severe, image.shape)
    image = np.rot90(np.clip(image, 0, 255).astype(np.uint8), random.integers(4))
    return cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, int(random.integers(50, 95))])[1].tobytes()


def answers(fields: Sequence[Field], random: Random) -> list[str]:
    """Return what a student answers: plausible numbers and letters, some left out."""
    return ["" if random.random() < 0.08 else _answer(field, random) for field in fields]


def _answer(field: Field, random: Random) -> str:
    if field.blank.letters:
        size = random.integers(1, len(field.blank.letters)) if field.blank.several else 1
        return " ".join(sorted(random.choice(list(field.blank.letters), size, replace=False)))
    room = len(field.columns)
    if field.blank.question == 0:
        return "".join(random.choice(list("0123456789"), 8))
    digits = "".join(random.choice(list("0123456789"), random.integers(1, room)))
    if len(digits) > 2 and random.random() < 0.3:
        digits = f"{digits[:-2]}.{digits[-2:]}"[: room - 1]
    return f"-{digits}" if random.random() < 0.3 else digits


@click.command(help=__doc__.splitlines()[0])
@click.option("--pages", default=200)
@click.option("--seed", default=1)
@click.option(
    "--careless", multiple=True, default=(0.02, 0.1, 0.3), help="Shares of careless marks; each student has one of them."
)
def main(pages: int, seed: int, careless: tuple[float, ...]) -> None:
    """Print and scan pages, and count readings that are right, marked as unsure, and wrong without that."""
    print(f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}, {date.today()}")
    random = np.random.default_rng(seed)
    made = making.make(making.read(EXAMPLE), f"scans {seed}", numbered(-(-pages // 2)))
    with tempfile.TemporaryDirectory() as folder:
        expected = {}
        for version in made.versions:
            for page, fields in sheets(made, version):
                path = Path(folder, f"{len(expected):05}.jpg")
                texts = answers(fields, random)
                path.write_bytes(scanned(filled(page, fields, texts, random, random.choice(careless)), random))
                expected[str(path)] = {(field.blank.question, field.blank.name): text for field, text in zip(fields, texts)}
        started = time.perf_counter()
        found = list(scan.scan([(Path(path), 0) for path in expected], scan.asked(made)))
        seconds = time.perf_counter() - started
    counts = Counter(kind for page in found for kind in compared(page, expected[page.where.file]))
    for page in found:
        if isinstance(page, Unread):
            print(f"    {page.where.file}: {page.problem}")
    print(
        f"{len(found)} pages in {seconds:.1f} s; {sum(counts.values()):,} readings: "
        + ", ".join(
            f"{counts[kind]:,} {kind}" for kind in ("right", "unsure but right", "unsure", "wrong", "lost with their page")
        )
    )


def compared(page: Scanned | Unread, expected: Mapping[Place, str]) -> list[str]:
    """Return what each reading of a page is: right, wrong, or marked as unsure."""
    if isinstance(page, Unread):
        return ["lost with their page"] * len(expected)
    kinds = []
    for place, reading in page.readings.items():
        right = reading.text == expected[place]
        if reading.why:
            kinds.append("unsure but right" if right else "unsure")
        else:
            kinds.append("right" if right else "wrong")
    return kinds


if __name__ == "__main__":
    main()
