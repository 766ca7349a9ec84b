"""What a student sees of a failure: the call, the window, the kernel, what was expected and what came."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from autograder.cases import Case
from autograder.verdicts import Verdict

LARGEST_SIDE = 14  # rows and columns of a grid that is shown whole
LONGEST_BAR = 30  # characters
MOST_TERMS = 9  # of a sum that is written out


@dataclass(frozen=True)
class Grid:
    """A small table of numbers with some cells marked."""

    title: str
    rows: list[list[str]]
    marked: set[tuple[int, int]] = field(default_factory=set)
    wrong: bool = False  # the marked cells are wrong ones, not a window

    def __str__(self) -> str:
        """Return the grid as text, marked cells in brackets."""
        cells = [
            [f"[{cell}]" if (row, column) in self.marked else f" {cell} " for column, cell in enumerate(line)]
            for row, line in enumerate(self.rows)
        ]
        width = max((len(cell) for line in cells for cell in line), default=0)
        return "\n".join([self.title, *("  " + "".join(cell.rjust(width) for cell in line) for line in cells)])


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
class Failure:
    """Why a check was not passed."""

    verdict: Verdict
    sentence: str
    call: str = ""
    hint: str | None = None
    misconception: str = ""  # its name in the bank, if one gives exactly this answer
    working: str = ""  # how the first wrong output should have come about
    grids: list[Grid] = field(default_factory=list)
    frames: list[str] = field(default_factory=list)  # lines of the student's own code
    printed: str = ""

    def __str__(self) -> str:
        """Return all of it as plain text."""
        parts = [self.in_brief(), self.working, "\n".join(f"  {frame}" for frame in self.frames)]
        parts += [str(grid) for grid in self.grids]
        parts += [f"Your code printed:\n{self.printed}" if self.printed.strip() else ""]
        return "\n\n".join(part for part in parts if part)

    def in_brief(self) -> str:
        """Return the call, what is wrong with its answer, and the hint."""
        parts = [self.call, self.sentence, f"Hint: {self.hint}" if self.hint else ""]
        return "\n\n".join(part for part in parts if part)


def _bar(share: float) -> str:
    """Return a bar of blocks, to an eighth of a character."""
    eighths = round(share * LONGEST_BAR * 8)
    return "\N{FULL BLOCK}" * (eighths // 8) + " \u258f\u258e\u258d\u258c\u258b\u258a\u2589"[eighths % 8].strip()


def number(value: float) -> str:
    """Write a number so that a person can read it: 7, -2.5, 0.3333."""
    return f"{value:.4g}" if abs(value) < 10_000 else f"{value:.6g}"


def expected_and_received(expected: float, received: float) -> str:
    """Say two numbers that differ, with as many digits as it takes to see that, and by how much where it takes many."""
    for digits in (4, 6, 8, 11, 17):
        one, other = f"{expected:.{digits}g}", f"{received:.{digits}g}"
        if one != other:
            break
    if digits == 4:
        return f"expected {number(expected)}, received {number(received)}."
    return f"expected {one}, received {other}, which is off by {abs(expected - received):.2g}: more than rounding explains."


def place_in_words(place: tuple[int, ...]) -> str:
    """Return "row 0, column 2", with the image and the feature map before it if there are any."""
    names = ("image", "feature map", "row", "column")[-len(place) :]
    return ", ".join(f"{name} {index}" for name, index in zip(names, place))


def of_window(case: Case, place: tuple[int, ...], answer: np.ndarray, wrong: np.ndarray) -> tuple[list[Grid], str]:
    """Draw the first wrong output: its window in the padded image, the kernel, and both answers around it.

    Returns the grids, and the arithmetic that gives the right answer where it is short.
    """
    (images, *kernels), options = case.by_name()
    padding = _pair(options.get("padding", 0))
    if case.function == "pool2d":
        size = _pair(options.get("size", 2))
        stride = size if options.get("stride") is None else _pair(options["stride"])
        channels, kernel = [place[1]], None
    else:
        (kernel,) = kernels
        size, stride = kernel.shape[-2:], _pair(options.get("stride", 1))
        channels = list(range(images.shape[1])) if images.ndim == 4 else [0]
    top, left = place[-2] * stride[0], place[-1] * stride[1]
    grids, windows, weights = [], [], []
    for channel in channels:
        plane = images if images.ndim == 2 else images[place[0], channel]
        around = [(padding[0], padding[0]), (padding[1], padding[1])]
        padded = np.pad(plane.astype(np.float64), around, constant_values=options.get("padding_value", 0.0))
        windows.append(padded[top : top + size[0], left : left + size[1]])
        name = f", channel {channel}" if images.ndim == 4 else ""
        title = "Image with its padding" if any(padding) else "Image"
        grids.append(_grid(f"{title}{name}", padded, _cells(top, left, size)))
        if kernel is not None:
            weights.append((kernel if kernel.ndim == 2 else kernel[place[1], channel]).astype(np.float64))
            grids.append(_grid(f"Kernel{name}", weights[-1], set()))
    wrong_cells = {(int(row), int(column)) for row, column in np.argwhere(wrong[place[:-2]])}
    grids.append(_grid("Expected", case.expected[place[:-2]], wrong_cells, wrong=True))
    grids.append(_grid("Received", answer[place[:-2]], wrong_cells, wrong=True))
    fitting = [grid for grid in grids if len(grid.rows) <= LARGEST_SIDE and len(grid.rows[0]) <= LARGEST_SIDE]
    return fitting, _working(options, np.ravel(windows), np.ravel(weights), case.expected[place])


def _working(options: dict[str, Any], values: np.ndarray, weights: np.ndarray, result: float) -> str:
    """Write out how a window's values become one: the products and their sum, or the values that are pooled."""
    if len(values) > MOST_TERMS or options.get("bias") is not None:
        return ""
    if not len(weights):
        mode = options.get("mode", "max")
        return f"The {mode} of {', '.join(map(number, values))} is {number(result)}."
    products = " + ".join(f"{_factor(value)}*{_factor(weight)}" for value, weight in zip(values, weights))
    return f"{products} = {number(result)}"


def _factor(value: float) -> str:
    return f"({number(value)})" if value < 0 else number(value)


def _grid(title: str, values: np.ndarray, marked: set[tuple[int, int]], wrong: bool = False) -> Grid:
    return Grid(title, [[number(value) for value in row] for row in values], marked, wrong)


def _cells(top: int, left: int, size: tuple[int, int]) -> set[tuple[int, int]]:
    return {(top + row, left + column) for row in range(size[0]) for column in range(size[1])}


def _pair(value: Any) -> tuple[int, int]:
    return value if isinstance(value, tuple) else (value, value)
