"""What a student sees of a failure: the call, what was expected and what came, and pictures of both."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np

from autograder.verdicts import Verdict
from common.window import LARGEST_SIDE, Sliding

LONGEST_BAR = 30  # characters
SHORT, EQUAL = 1e6, 1e-9  # numbers that are written whole, and how near to one with three decimals: as in slide.js
AXES = {1: ("number",), 2: ("row", "column")}  # what the axes of arrays are called, where an assignment says nothing else


@dataclass(frozen=True)
class Grid:
    """A small table of numbers with some cells marked."""

    title: str
    rows: list[list[str]]
    marked: set[tuple[int, int]] = field(default_factory=set)
    wrong: bool = False  # the marked cells are wrong ones, not a window
    beside: bool = False  # it belongs to the grid before it, and stands beside it where there is room

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
    """Shares, from 0 to 1, as lines over the same steps: for each line its name, and a share at each step."""

    title: str
    steps: list[str]  # two or more
    lines: dict[str, list[float]]

    def points(self, line: str) -> list[tuple[float, float]]:
        """Return where the points of a line lie: shares of the width from the left, and of the height from the top."""
        return [(step / (len(self.steps) - 1), 1 - share) for step, share in enumerate(self.lines[line])]

    def __str__(self) -> str:
        """Return the curves as a table."""
        rows = {"": self.steps} | {name: [f"{share:.0%}" for share in shares] for name, shares in self.lines.items()}
        width, wide = max(map(len, rows)), max(map(len, [*self.steps, "100%"]))
        lines = [" ".join([name.ljust(width), *(cell.rjust(wide) for cell in cells)]) for name, cells in rows.items()]
        return "\n".join([self.title, *(f"  {line}" for line in lines)])


@dataclass(frozen=True)
class Drawing:
    """A picture in SVG, and what shows the same in text."""

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
    misconception: str = ""  # its name in the bank, if one gives exactly this answer
    working: str = ""  # how the first wrong output should have come about
    grids: list[Grid] = field(default_factory=list)
    sliding: Sliding | None = None  # the same for a page, where the window slides
    frames: list[str] = field(default_factory=list)  # lines of the student's own code
    printed: str = ""
    fault: str = ""  # what code must never do, in a word: "race"
    explanations: Mapping[str, str] = field(default_factory=dict)  # the sentences of all that give this answer, by name

    def record(self) -> dict[str, Any]:
        """Return what is kept of it in results.json, for those who read a whole class."""
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
    """Say what misconceptions give a student's answer, each of them by its own sentence."""
    return "This is what comes out when " + " It is also what comes out when ".join(sentences)


@dataclass(frozen=True)
class Wrong:
    """An array that is wrong in places: the expected one, the one that came, and where they differ."""

    expected: np.ndarray
    received: np.ndarray
    places: np.ndarray  # bool

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
    """A wrong output, drawn: where it is, how the right one comes about if that is short, and tables of numbers.

    sliding: the same for a page, where the window slides over its image; left out where that is too large to be read.
    """

    place: str
    working: str = ""
    grids: list[Grid] = field(default_factory=list)
    sliding: Sliding | None = None


def outputs(wrong: Wrong, *arguments: Any, **options: Any) -> Picture:
    """Draw a wrong array: what the call got, and the expected and the received one side by side."""
    return Picture(place_in_words(wrong.first), grids=[*given(arguments, options), *shown_whole(wrong.grids())])


def given(arguments: Sequence[Any], options: Mapping[str, Any]) -> list[Grid]:
    """Draw the arrays of numbers that a call got, where they are small enough to be shown."""
    named = {f"Argument number {position}": value for position, value in enumerate(arguments, start=1)}
    named |= {f"Argument {name}": value for name, value in options.items()}
    return shown_whole([grid(name, np.atleast_2d(value)) for name, value in named.items() if _can_be_drawn(value)])


def _can_be_drawn(value: Any) -> bool:
    return isinstance(value, np.ndarray) and value.dtype.kind in "biuf" and value.ndim <= 2 and value.size > 0


def place_in_words(place: tuple[int, ...], axes: Sequence[str] = ()) -> str:
    """Return "row 0, column 2". axes: what the last axes are called; a place with more of them is written in brackets."""
    names = axes[-len(place) :] if axes else AXES.get(len(place), ())
    if not place:
        return "the only one"
    return ", ".join(f"{name} {index}" for name, index in zip(names, place)) if names else str(list(place))


def shown_whole(grids: Sequence[Grid]) -> list[Grid]:
    """Return the grids that are small enough to be shown."""
    return [grid for grid in grids if len(grid.rows) <= LARGEST_SIDE and len(grid.rows[0]) <= LARGEST_SIDE]


def side_by_side(grids: Sequence[Grid]) -> list[list[Grid]]:
    """Return grids in groups, each with those that belong beside its first one."""
    groups: list[list[Grid]] = []
    for grid in grids:
        if grid.beside and groups:
            groups[-1].append(grid)
        else:
            groups.append([grid])
    return groups


def grid(title: str, values: np.ndarray, marked: Collection[tuple[int, int]] = (), wrong: bool = False) -> Grid:
    """Return a table of numbers, (rows, columns). marked: cells; wrong: these are wrong ones, not a window."""
    return Grid(title, [[shown(value) for value in row] for row in values], set(marked), wrong)


def _aligned(cells: Sequence[str]) -> list[str]:
    """Return the cells of a column as wide as the widest: numbers, below a heading, stand right, and texts left."""
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
    """Return a bar of blocks, to an eighth of a character."""
    eighths = round(share * LONGEST_BAR * 8)
    return "\N{FULL BLOCK}" * (eighths // 8) + " \u258f\u258e\u258d\u258c\u258b\u258a\u2589"[eighths % 8].strip()


def shown(value: float) -> str:
    """Write a number so that a person can read it, as pages do: whole where three decimals are enough, else in 4 digits."""
    short = round(float(value), 3)
    if abs(value) < SHORT and abs(value - short) < EQUAL:
        return f"{short + 0:.3f}".rstrip("0").rstrip(".")  # and no -0
    return f"{value:.4g}" if abs(value) < 10_000 else f"{value:.6g}"


def expected_and_received(expected: float, received: float) -> str:
    """Say two numbers that differ, with as many digits as it takes to see that, and by how much where it takes many."""
    for digits in (4, 6, 8, 11, 17):
        one, other = f"{expected:.{digits}g}", f"{received:.{digits}g}"
        if one != other:
            break
    if digits == 4:
        if shown(expected) != shown(received):  # one of them may be nearly the other
            one, other = shown(expected), shown(received)
        return f"expected {one}, received {other}."
    return f"expected {one}, received {other}, which is off by {abs(expected - received):.2g}: more than rounding explains."
