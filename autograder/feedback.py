"""What a student sees of a failure: the call, the expected and the received answer, and pictures of both."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, TypeGuard

import numpy as np
from numpy.typing import NDArray

from autograder.verdicts import Verdict
from common.window import LARGEST_SIDE, Sliding

LONGEST_BAR = 30  # characters
SHORT, EQUAL = 1e6, 1e-9  # numbers below SHORT and this close to one with three decimals are written out: as in slide.js
AXES = {1: ("number",), 2: ("row", "column")}  # names of the axes of arrays, unless an assignment has others


@dataclass(frozen=True)
class Grid:
    """A small table of numbers with some cells marked."""

    title: str
    rows: list[list[str]]
    marked: set[tuple[int, int]] = field(default_factory=set)
    wrong: bool = False  # whether the marked cells are wrong, not a window
    beside: bool = False  # whether it belongs beside the grid before it, if there is room

    def __str__(self) -> str:
        """Return the grid as text, marked cells in brackets."""
        cells = [
            [f"[{cell}]" if (row, column) in self.marked else f" {cell} " for column, cell in enumerate(line)]
            for row, line in enumerate(self.rows)
        ]
        columns = [_aligned(column) for column in zip(*cells)]
        return "\n".join([self.title, *("  " + "".join(line).rstrip() for line in zip(*columns))])


@dataclass(frozen=True)
class Chart:
    """Shares, from 0 to 1, as bars."""

    title: str
    bars: list[tuple[str, float]]

    def __str__(self) -> str:
        """Return the chart as text."""
        width = max((len(label) for label, _ in self.bars), default=0)
        lines = [f"  {label.ljust(width)} {share:7.1%}  {_bar(share)}" for label, share in self.bars]
        return "\n".join([self.title, *lines])


@dataclass(frozen=True)
class Curves:
    """Shares, from 0 to 1, as lines over the same steps: for each line, its name and a share at each step."""

    title: str
    steps: list[str]  # two or more
    lines: dict[str, list[float]]

    def points(self, line: str) -> list[tuple[float, float]]:
        """Return the points of a line, as shares of the width from the left and of the height from the top."""
        return [(step / (len(self.steps) - 1), 1 - share) for step, share in enumerate(self.lines[line])]

    def __str__(self) -> str:
        """Return the curves as a table."""
        rows = {"": self.steps} | {name: [f"{share:.0%}" for share in shares] for name, shares in self.lines.items()}
        width, wide = max(map(len, rows)), max(map(len, [*self.steps, "100%"]))
        lines = [" ".join([name.ljust(width), *(cell.rjust(wide) for cell in cells)]) for name, cells in rows.items()]
        return "\n".join([self.title, *(f"  {line}" for line in lines)])


@dataclass(frozen=True)
class Drawing:
    """A picture in SVG, and the same as text."""

    title: str
    svg: str
    text: str

    def __str__(self) -> str:
        """Return the text."""
        return f"{self.title}\n{self.text}"


@dataclass(frozen=True)
class Failure:
    """Why a check was not passed."""

    verdict: Verdict
    sentence: str
    call: str = ""
    hint: str | None = None
    misconception: str = ""  # the name of one that gives exactly this answer
    working: str = ""  # how to compute the first wrong output
    grids: list[Grid] = field(default_factory=list)
    sliding: Sliding | None = None  # the same for a page, with a sliding window
    frames: list[str] = field(default_factory=list)  # lines of the student's own code
    printed: str = ""
    fault: str = ""  # what code must never do, in one word: "race"
    explanations: Mapping[str, str] = field(default_factory=dict)  # sentences of all misconceptions that give this answer

    def record(self) -> dict[str, Any]:
        """Return what results.json keeps of it, for the page about a whole class."""
        kept = ("sentence", "call", "hint", "misconception", "working", "frames")
        return {name: getattr(self, name) for name in kept if getattr(self, name)}

    def __str__(self) -> str:
        """Return all of it as plain text."""
        parts = [self.in_brief(), self.working, *map(str, self.grids)]
        parts += [f"Your code printed:\n{self.printed}" if self.printed.strip() else ""]
        return "\n\n".join(part for part in parts if part)

    def in_brief(self) -> str:
        """Return what is wrong with the answer, the lines of an exception, the hint, and the call that shows it."""
        lines = "\n".join(f"  {frame}" for frame in self.frames)
        parts = [self.sentence, lines, f"Hint: {self.hint}" if self.hint else "", self.call]
        return "\n\n".join(part for part in parts if part)


def in_a_hint(sentences: Iterable[str]) -> str:
    """Say which misconceptions give a student's answer, each in its own sentence."""
    return "This is what you get when " + " It is also what you get when ".join(sentences)


@dataclass(frozen=True)
class Wrong:
    """An array that is wrong in places: the expected one, the received one, and where they differ."""

    expected: NDArray[Any]
    received: NDArray[Any]
    places: NDArray[np.bool_]

    @cached_property
    def first(self) -> tuple[int, ...]:
        """The first place where they differ."""
        return tuple(int(axis[0]) for axis in np.nonzero(self.places))

    def grids(self) -> list[Grid]:
        """Return the rows and columns around the first wrong output, expected and received, with the wrong ones marked."""
        if not self.first:
            return []
        plane = self.first[:-2]
        cells = {(int(row), int(column)) for row, column in np.argwhere(np.atleast_2d(self.places[plane]))}
        values = {"Expected": self.expected[plane], "Received": self.received[plane]}
        expected, received = (grid(title, np.atleast_2d(each), cells, wrong=True) for title, each in values.items())
        return [expected, replace(received, beside=True)]


@dataclass(frozen=True)
class Picture:
    """A picture of a wrong output: where it is, how to compute the right one if that is short, and tables of numbers.

    sliding: the same for a page, with a window that slides over its image; None if the image is too large to read.
    """

    place: str
    working: str = ""
    grids: list[Grid] = field(default_factory=list)
    sliding: Sliding | None = None


def outputs(wrong: Wrong, *arguments: object, **options: object) -> Picture:
    """Draw a wrong array: the inputs of the call, and the expected and the received array side by side."""
    return Picture(place_in_words(wrong.first), grids=[*inputs(arguments, options), *shown_whole(wrong.grids())])


def inputs(arguments: Sequence[object], options: Mapping[str, object]) -> list[Grid]:
    """Draw the arrays of numbers that a call was given, if they are small enough."""
    named = {f"Argument number {position}": value for position, value in enumerate(arguments, start=1)}
    named |= {f"Argument {name}": value for name, value in options.items()}
    return shown_whole([grid(name, np.atleast_2d(value)) for name, value in named.items() if _can_be_drawn(value)])


def _can_be_drawn(value: object) -> TypeGuard[NDArray[Any]]:
    return isinstance(value, np.ndarray) and value.dtype.kind in "biuf" and value.ndim <= 2 and value.size > 0


def place_in_words(place: tuple[int, ...], axes: Sequence[str] = ()) -> str:
    """Return "row 0, column 2". axes: the names of the last axes; a place with unnamed axes is written in brackets."""
    names = axes[-len(place) :] if axes else AXES.get(len(place), ())
    if not place:
        return "the only one"
    return ", ".join(f"{name} {index}" for name, index in zip(names, place)) if names else str(list(place))


def shown_whole(grids: Sequence[Grid]) -> list[Grid]:
    """Return the grids that are small enough to show."""
    return [grid for grid in grids if len(grid.rows) <= LARGEST_SIDE and len(grid.rows[0]) <= LARGEST_SIDE]


def side_by_side(grids: Sequence[Grid]) -> list[list[Grid]]:
    """Group grids: each group has a grid and those that belong beside it."""
    groups: list[list[Grid]] = []
    for grid in grids:
        if grid.beside and groups:
            groups[-1].append(grid)
        else:
            groups.append([grid])
    return groups


def grid(title: str, values: NDArray[Any], marked: Collection[tuple[int, int]] = (), wrong: bool = False) -> Grid:
    """Return a table of numbers, (rows, columns). marked: cells; wrong: whether these are wrong, not a window."""
    return Grid(title, [[shown(value) for value in row] for row in values], set(marked), wrong)


def _aligned(cells: Sequence[str]) -> list[str]:
    """Pad the cells of a column to the same width: numbers below a heading are right-aligned, texts left-aligned."""
    width = max(map(len, cells))
    are_numbers = all(map(_is_number, cells[1:]))
    return [cell.rjust(width) if are_numbers else cell.ljust(width) for cell in cells]


def _is_number(cell: str) -> bool:
    try:
        float(cell.strip("[ ]").replace(",", ""))
    except ValueError:
        return False
    return True


def _bar(share: float) -> str:
    """Return a bar of blocks, exact to an eighth of a character."""
    eighths = round(share * LONGEST_BAR * 8)
    return "\N{FULL BLOCK}" * (eighths // 8) + " \u258f\u258e\u258d\u258c\u258b\u258a\u2589"[eighths % 8].strip()


def shown(value: float) -> str:
    """Write a number for people, as pages do: in full if three decimals are enough, otherwise with 4 digits."""
    short = round(float(value), 3)
    if abs(value) < SHORT and abs(value - short) < EQUAL:
        return f"{short + 0:.3f}".rstrip("0").rstrip(".")  # and no -0
    return f"{value:.4g}" if abs(value) < 10_000 else f"{value:.6g}"


def expected_and_received(expected: float, received: float) -> str:
    """Write two different numbers with enough digits to tell them apart, and how far apart they are if it takes many."""
    for digits in (4, 6, 8, 11, 17):
        one, other = f"{expected:.{digits}g}", f"{received:.{digits}g}"
        if one != other:
            break
    if digits == 4:
        if shown(expected) != shown(received):  # one of them may be nearly the other
            one, other = shown(expected), shown(received)
        return f"expected {one}, received {other}."
    return f"expected {one}, received {other}, which is off by {abs(expected - received):.2g}: more than rounding explains."
