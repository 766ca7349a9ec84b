"""How times are measured on any machine: contestants take turns, and each runs for long enough."""

from collections.abc import Callable
from statistics import median

Run = Callable[[int], object]  # does the work once, on one of several copies of the data
Sample = Callable[[Run, int], float]  # (run, calls) -> seconds per call


def copies(moved: int, cache: int, most: int = 64) -> int:
    """Return on how many copies of its data a layer must work in turn so that a cache of this size holds none of them.

    Twice the cache, since a cache keeps some data longer than expected; at least 2, and at most `most`: data that small is
    in the cache wherever it is used.
    """
    return min(most, max(2, -(-2 * cache // moved)))


def calls(seconds: float, sample_seconds: float, most: int) -> int:
    """Return how many calls of this duration fill a sample."""
    return min(most, max(1, round(sample_seconds / seconds)))


def in_turns(
    contestants: dict[str, Run], sample: Sample, rounds: int, sample_seconds: float, most_calls: int, budget: float
) -> dict[str, list[float]]:
    """Return for each contestant the median, the least and the most seconds per call over all rounds.

    They take turns, so that a slow moment of the machine hits all of them. A contestant that has used up the
    budget of seconds after three rounds does not run again.
    """
    asked = {name: calls(sample(run, 1), sample_seconds, most_calls) for name, run in contestants.items()}
    taken: dict[str, list[float]] = {name: [] for name in contestants}
    for _ in range(rounds):
        for name, run in contestants.items():
            if len(taken[name]) < 3 or sum(taken[name]) * asked[name] < budget:
                taken[name].append(sample(run, asked[name]))
    return {name: [median(seconds), min(seconds), max(seconds)] for name, seconds in taken.items()}
