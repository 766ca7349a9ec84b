"""Plots of curves: axes, ticks, a legend; lines differ in colour, lightness and dashes."""

from collections.abc import Sequence
from dataclasses import dataclass

from quizzes.drawing.svg import SERIES, SOFT, Sheet
from quizzes.question import Picture
from quizzes.text.writing import grouped

Point = tuple[float, float]
DASHES = ("", "9 4", "2 4", "12 4 2 4")
GRID = "#d5dae1"
LEFT, TOP, RIGHT, BOTTOM = 74, 16, 18, 52  # pixels around the plot
LEGEND = 26  # pixels for a line of the legend


@dataclass(frozen=True)
class Axis:
    """A scale of numbers, with what it measures."""

    label: str
    ticks: Sequence[float]  # from its lower to its upper end

    @property
    def low(self) -> float:
        """Return the number at its lower end."""
        return self.ticks[0]

    @property
    def high(self) -> float:
        """Return the number at its upper end."""
        return self.ticks[-1]


@dataclass(frozen=True)
class Curve:
    """A named line through points."""

    name: str
    points: Sequence[Point]


def plot(across: Axis, up: Axis, curves: Sequence[Curve], said_at: Sequence[float], width: int = 520) -> Picture:
    """Draw curves; the alternative text gives their values at the points `said_at`, as precisely as one can read them."""
    height = round(0.6 * width) + LEGEND * len(curves)
    bottom, right = height - BOTTOM - LEGEND * len(curves), width - RIGHT
    sheet = Sheet(width, height)

    def x(value: float) -> float:
        return LEFT + (value - across.low) / (across.high - across.low) * (right - LEFT)

    def y(value: float) -> float:
        return bottom - (value - up.low) / (up.high - up.low) * (bottom - TOP)

    for tick in up.ticks:
        sheet.line((LEFT, y(tick)), (right, y(tick)), colour=GRID)
        sheet.text(LEFT - 8, y(tick), _number(tick), size=12, at="end")
    for tick in across.ticks:
        sheet.line((x(tick), TOP), (x(tick), bottom), colour=GRID)
        sheet.text(x(tick), bottom + 14, _number(tick), size=12)
    sheet.line((LEFT, TOP), (LEFT, bottom), (right, bottom), thick=1.4)
    sheet.text((LEFT + right) / 2, bottom + 36, across.label, size=13)
    sheet.upright_text(16, (TOP + bottom) / 2, up.label, size=13)
    for place, curve in enumerate(curves):
        colour, dashes = SERIES[place], DASHES[place]
        sheet.line(*((x(a), y(b)) for a, b in curve.points), colour=colour, thick=2.4, dashes=dashes)
        line = bottom + BOTTOM + LEGEND * place + 6
        sheet.line((LEFT, line), (LEFT + 56, line), colour=colour, thick=2.4, dashes=dashes)
        sheet.text(LEFT + 66, line, curve.name, size=13, at="start", colour=SOFT)
    return sheet.picture(_words(across, up, curves, said_at))


def _words(across: Axis, up: Axis, curves: Sequence[Curve], said_at: Sequence[float]) -> str:
    lines = [
        f"Plot of {len(curves)} curves. Across: {across.label}, from {_number(across.low)} to {_number(across.high)}. "
        f"Up: {up.label}, from {_number(up.low)} to {_number(up.high)}."
    ]
    for curve in curves:
        values = dict(curve.points)
        said = ", ".join(f"{_number(round(values[place], 2))} at {_number(place)}" for place in said_at)
        lines.append(f"{curve.name}: {said}.")
    return " ".join(lines)


def _number(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".") if value % 1 else grouped(f"{value:.0f}")
