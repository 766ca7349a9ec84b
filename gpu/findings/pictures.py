"""Pictures of one warp's request: which sectors of global memory it touches, which banks of shared memory it asks.

Each comes as SVG, on its own light background, and as text for a terminal.
"""

from collections import defaultdict
from html import escape

import numpy as np

from gpu.findings.advice import asks, costs
from gpu.findings.traffic import BANKS, SECTOR, WORD, Request

INK, SOFT, PAPER, LINE = "#1c2430", "#5b6675", "#ffffff", "#8a94a3"
DARK, LIGHT, RED = "#0072b2", "#a9d3ef", "#d55e00"  # Okabe and Ito's, which are distinct whatever the colour blindness
FONT = "Liberation Sans, DejaVu Sans, Arial, sans-serif"
EDGE, TOP, LABEL = 20, 78, 150  # pixels: around everything, above the first row, up to where rows begin
TALL, APART, WIDE = 18, 22, 128  # pixels: of a cell, from row to row, of a sector
ACROSS = 4  # sectors in a row
BANK = 20  # pixels: of a bank
MOST_LINES = 8  # of a text

Lanes = list[int]
Style = tuple[int, str]  # the size and the colour of words


def svg(request: Request) -> str:
    """Return the picture of a request as SVG."""
    return (_svg_of_banks if request.memory.space == "shared" else _svg_of_sectors)(request)


def text(request: Request) -> str:
    """Return the picture of a request in a few lines of text."""
    lines = (_lines_of_banks if request.memory.space == "shared" else _lines_of_sectors)(request)
    more = [f"... and {len(lines) - MOST_LINES} more rows"] if len(lines) > MOST_LINES else []
    return "\n  ".join([f"{asks(request)}: {costs(request)}", *lines[:MOST_LINES], *more])


def _rows_of_sectors(request: Request) -> dict[str, list[list[Lanes]]]:
    """Return the sectors that a request touches, as lists of the lanes that want each value; neighbours share a row.

    A row's name is its first value, as the kernel writes it.
    """
    wanted = defaultdict(list)
    for lane, first in zip(request.lanes.tolist(), request.firsts.tolist()):
        wanted[first].append(lane)
    size, memory = request.memory.dtype.itemsize, request.memory
    rows: dict[str, list[list[Lanes]]] = {}
    row: list[list[Lanes]] = []
    before = -1
    for sector in np.unique(request.firsts // SECTOR).tolist():
        if not row or sector != before + 1 or len(row) == ACROSS:
            row = rows[memory.index((sector * SECTOR - memory.start) // size)] = []
        row.append([wanted[first] for first in range(sector * SECTOR, (sector + 1) * SECTOR, size)])
        before = sector
    return rows


def _lines_of_sectors(request: Request) -> list[str]:
    rows = _rows_of_sectors(request)
    signs = ["|".join("".join("#" if lanes else "." for lanes in sector) for sector in row) for row in rows.values()]
    width = max(map(len, rows))
    return [f"{name:{width}}  {row}" for name, row in zip(rows, signs)]


def _svg_of_sectors(request: Request) -> str:
    rows = _rows_of_sectors(request)
    drawing = _Drawing(request, LABEL + ACROSS * (WIDE + 8), len(rows))
    for number, (name, row) in enumerate(rows.items()):
        y = TOP + number * APART
        drawing.words(LABEL - 8, y, name, (12, INK), "end")
        for place, sector in enumerate(row):
            x, side = LABEL + place * (WIDE + 8), WIDE // len(sector)
            drawing.box(x, y, WIDE, LIGHT)
            for value, lanes in enumerate(sector):
                if lanes:
                    drawing.lanes(x + value * side, y, side, DARK, lanes)
    return drawing.svg([(DARK, "wanted, by which thread of the warp"), (LIGHT, "comes along")])


def _banks(request: Request) -> tuple[Lanes, list[list[Lanes]]]:
    """Return which lanes shared memory serves together, where it answers most often; and by bank who wants each word."""
    best: list[list[Lanes]] = []
    served: Lanes = []
    for part in np.unique(request.parts):
        words = defaultdict(list)
        here = request.parts == part
        for lane, first in zip(request.lanes[here].tolist(), request.firsts[here].tolist()):
            for word in range(first // WORD, -(-(first + request.size) // WORD)):
                words[word].append(lane)
        banks = [[lanes for word, lanes in words.items() if word % BANKS == bank] for bank in range(BANKS)]
        if max(map(len, banks)) > max(map(len, best), default=0):
            served, best = request.lanes[here].tolist(), banks
    return served, best


def _lines_of_banks(request: Request) -> list[str]:
    _, banks = _banks(request)
    return [
        f"{f'answer {answer}':9}  {''.join('#' if len(bank) >= answer else '.' for bank in banks)}"
        for answer in range(1, max(map(len, banks)) + 1)
    ]


def _svg_of_banks(request: Request) -> str:
    served, banks = _banks(request)
    answers = max(map(len, banks))
    drawing = _Drawing(request, LABEL + BANKS * BANK, 1 + answers)
    for row in range(1 + answers):
        drawing.words(LABEL - 8, TOP + row * APART, f"answer {row}" if row else "bank", (12, INK), "end")
    for bank, words in enumerate(banks):
        x = LABEL + bank * BANK
        drawing.words(x + BANK / 2, TOP, bank, (10, SOFT), "middle")
        for row, lanes in enumerate(words, start=1):
            drawing.lanes(x, TOP + row * APART, BANK, LIGHT if row == 1 else RED, lanes)
    who = f"{served[0]} to {served[-1]}" if len(served) > 1 else str(served[0])
    return drawing.svg([(LIGHT, f"what thread {who} of the warp gets at once"), (RED, "what it waits for")])


class _Drawing:
    """A drawing in the making, headed by what the request is and costs, with room for this many rows."""

    def __init__(self, request: Request, width: int, rows: int) -> None:
        self.width, self.height = width + EDGE, TOP + rows * APART + 36
        self.heading, self.costs = asks(request), costs(request)
        self.boxes: dict[str, list[str]] = defaultdict(list)
        self.texts: dict[tuple[Style, str], list[str]] = defaultdict(list)
        self.words(EDGE, 18, self.heading, (15, INK), "start")
        self.words(EDGE, 42, self.costs, (13, SOFT), "start")

    def box(self, x: float, y: float, width: float, fill: str) -> None:
        """Draw a box as tall as a cell."""
        self.boxes[fill].append(f"M{x:g} {y:g}h{width:g}v{TALL}h-{width:g}z")

    def words(self, x: float, y: float, words: object, style: Style, at: str) -> None:
        """Write words at the middle height of a row. style: their size and colour. at: which end of them is at x."""
        line = f'<text x="{x:g}" y="{y + TALL / 2 + 0.36 * style[0]:.1f}">{escape(str(words))}</text>'
        self.texts[style, at].append(line)

    def lanes(self, x: float, y: float, width: float, fill: str, lanes: Lanes) -> None:
        """Draw a cell with the thread that wants it, or their number."""
        self.box(x, y, width, fill)
        said = str(lanes[0]) if len(lanes) == 1 else f"×{len(lanes)}"
        style = 10 if len(said) < 3 else 8, INK if fill == LIGHT else PAPER
        self.words(x + width / 2, y, said, style, "middle")

    def svg(self, legend: list[tuple[str, str]]) -> str:
        """Return the drawing, with a legend of its colours below."""
        x, y = EDGE, self.height - 30
        for fill, meaning in legend:
            self.box(x, y, TALL, fill)
            self.words(x + TALL + 8, y, meaning, (12, INK), "start")
            x += 60 + 7 * len(meaning)
        boxes = (f'<path fill="{fill}" stroke="{PAPER}" d="{"".join(path)}"/>' for fill, path in self.boxes.items())
        texts = (
            f'<g font-size="{size}" fill="{colour}" text-anchor="{at}">{"".join(lines)}</g>'
            for ((size, colour), at), lines in self.texts.items()
        )
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {self.width} {self.height}" width="{self.width}" '
            f'height="{self.height}" role="img" aria-label="{escape(f"{self.heading}: {self.costs}")}" '
            f'font-family="{FONT}"><path fill="{PAPER}" d="M0 0h{self.width}v{self.height}H0z"/>'
            f"{''.join(boxes)}{''.join(texts)}</svg>"
        )
