"""Points for traffic: all at a stated best, none far from it, and linear in between."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from autograder.config import require_bounds
from autograder.kernels.launches import Waste


@dataclass(frozen=True)
class Goal:
    """The goal for a figure about a kernel's traffic. Raises ValueError for impossible values.

    best: all points up to here. none: no points from here on.
    """

    best: float
    none: float

    def __post_init__(self) -> None:
        require_bounds({"best": self.best}, 0.0, 1e12, "0 or more")
        require_bounds({"none": self.none}, 1e-9, 1e12, "more than 0")
        if self.none <= self.best:
            raise ValueError(f"none must be more than best, {self.best:g}, but is {self.none:g}")

    def share(self, value: float) -> float:
        """Return the share of the points, from 0 to 1, that a value of the figure earns."""
        return min(max((self.none - value) / (self.none - self.best), 0.0), 1.0)


@dataclass(frozen=True)
class Figure:
    """One number about a kernel's traffic, the smaller the better.

    says: a sentence with {:.3g} or the like for the number. advice: how to improve it. worst: a request that shows the
    problem, if there is one.
    """

    value: float
    says: str
    advice: str = ""
    worst: Waste | None = None

    def __str__(self) -> str:
        return self.says.format(self.value)


@dataclass(frozen=True)
class Traffic:
    """The settings of a part that gives points for traffic: the goals of its figures, by name."""

    traffic: Mapping[str, Goal] = field(default_factory=dict)


@dataclass(frozen=True)
class Mark:
    """A figure and its goal."""

    name: str
    figure: Figure
    goal: Goal

    @property
    def share(self) -> float:
        """The share of the points that the figure earns, from 0 to 1."""
        return self.goal.share(self.figure.value)

    def __str__(self) -> str:
        return f"{self.figure}. Best is {self.goal.best:g}; from {self.goal.none:g} on there are no points."


def marks(figures: Mapping[str, Figure], goals: Mapping[str, Goal]) -> list[Mark]:
    """Return the marks of figures, the worst first: it alone decides. Raises ValueError for a figure without a goal."""
    if missing := sorted(figures.keys() - goals.keys()):
        raise ValueError(
            f"assignment.toml: settings.traffic has no goal for {' and '.join(missing)}, which this part counts"
        )
    found = [Mark(name, figure, goals[name]) for name, figure in figures.items()]
    return sorted(found, key=lambda mark: mark.share)
