"""Geometry of the class page's charts."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

BINS = 10


@dataclass(frozen=True)
class Bin:
    """The number of scores from low to below high; the last bin also includes high and everything above."""

    low: float
    high: float
    count: int


@dataclass(frozen=True)
class Dot:
    """A network. x, y: fractions of the chart's width and height, from the left and from the bottom."""

    what: Any
    parameters: float
    accuracy: float
    x: float
    y: float
    on_front: bool


@dataclass(frozen=True)
class Scatter:
    """Networks, and the numbers along the axes with their positions as fractions of the width and height."""

    dots: list[Dot]
    powers: list[tuple[int, float]]
    percents: list[tuple[int, float]]

    @property
    def front(self) -> list[Dot]:
        """The networks that no other one beats, smallest first."""
        return sorted((dot for dot in self.dots if dot.on_front), key=lambda dot: (dot.parameters, dot.accuracy))


def histogram(scores: Sequence[float], most: float) -> list[Bin]:
    """Count scores in equal bins from 0 to most."""
    places = [min(max(math.floor(BINS * score / most), 0), BINS - 1) if most else BINS - 1 for score in scores]
    return [Bin(most * place / BINS, most * (place + 1) / BINS, places.count(place)) for place in range(BINS)]


def scatter(networks: Sequence[tuple[Any, float, float]]) -> Scatter:
    """Place networks, given as (what, parameters, accuracy in percent), with a logarithmic scale of parameters."""
    if not networks:
        return Scatter([], [], [])
    left = math.floor(min(math.log10(parameters) for _, parameters, _ in networks))
    right = max(math.ceil(max(math.log10(parameters) for _, parameters, _ in networks)), left + 1)
    low = 10 * math.floor(min(accuracy for _, _, accuracy in networks) / 10)
    high = max(10 * math.ceil(max(accuracy for _, _, accuracy in networks) / 10), low + 10)
    unbeaten = _front([(parameters, accuracy) for _, parameters, accuracy in networks])
    dots = [
        Dot(
            what,
            parameters,
            accuracy,
            (math.log10(parameters) - left) / (right - left),
            (accuracy - low) / (high - low),
            (parameters, accuracy) in unbeaten,
        )
        for what, parameters, accuracy in networks
    ]
    powers = [(power, (power - left) / (right - left)) for power in range(left, right + 1)]
    return Scatter(dots, powers, [(percent, (percent - low) / (high - low)) for percent in range(low, high + 1, 10)])


def _front(points: Sequence[tuple[float, float]]) -> set[tuple[float, float]]:
    """Return the Pareto front: no other point has as few parameters and more accuracy, or fewer and as much."""
    front, best = set(), -math.inf
    for parameters, accuracy in sorted(points, key=lambda point: (point[0], -point[1])):
        if accuracy > best:
            front.add((parameters, accuracy))
            best = accuracy
    return front
