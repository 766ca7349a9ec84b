"""What the pictures share: colours, paper, grids, frames, legends, bars of a timeline."""

from collections.abc import Callable, Iterable

from quizzes.drawing.svg import INK, PAPER, SOFT, Sheet

Cell = tuple[str, str | int]  # its fill and its words

# Okabe and Ito's colours, which no colour blindness mixes up, and light ones of them to write on.
BLUE, ORANGE, GREEN, RED = "#0072b2", "#e69f00", "#009e73", "#d55e00"
SKY, SUN, LEAF, ROSE, MIST = "#a9d3ef", "#fbd98a", "#9fdcc6", "#f5bfa0", "#eceff3"
GRID = "#c3cad3"


def paper(width: float, height: float) -> Sheet:
    """Return a sheet with a light ground of its own, to be read on dark pages too."""
    sheet = Sheet(width, height)
    sheet.box(0, 0, sheet.width, sheet.height, fill=PAPER, line=PAPER)
    return sheet


def cells(sheet: Sheet, x: float, y: float, side: float, rows: int, columns: int, look: Callable[[int, int], Cell]) -> None:
    """Draw a grid; look returns a cell's fill and words from its row and column."""
    for row in range(rows):
        for column in range(columns):
            fill, words = look(row, column)
            sheet.box(x + column * side, y + row * side, side, side, fill=fill, line=GRID, thick=0.7)
            if words != "":
                sheet.text(x + (column + 0.5) * side, y + (row + 0.5) * side, words, size=0.42 * side)


def outline(sheet: Sheet, x: float, y: float, width: float, height: float, colour: str = INK, thick: float = 2.5) -> None:
    """Draw a frame around something."""
    sheet.box(x, y, width, height, fill="none", line=colour, thick=thick)


def legend(sheet: Sheet, x: float, y: float, entries: Iterable[tuple[str, str]], apart: float = 200) -> None:
    """Say what colours mean, in a row."""
    for place, (fill, words) in enumerate(entries):
        sheet.box(x + place * apart, y - 7, 14, 14, fill=fill, line=SOFT, thick=0.7)
        sheet.text(x + place * apart + 21, y, words, size=13, at="start")


def part(sheet: Sheet, x: float, y: float, width: float, height: float, fill: str, words: str) -> None:
    """Draw one bar of a timeline."""
    sheet.box(x + 5, y + 5, width - 10, height - 10, fill=fill, line=SOFT, thick=0.7)
    sheet.text(x + width / 2, y + height / 2, words, size=12.5)
