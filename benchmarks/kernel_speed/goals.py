"""The goals, and whether they were met. A layer on which none of our kernels is right counts against us."""

from math import inf, prod
from typing import NamedTuple

from benchmarks.kernel_speed.layers import Convolution, Dense, Gradient, Layer, Loss, Pool, Relu, floor, read

MET, MISSED, NOT_YET = "met", "missed", "not yet measured"
LIBRARIES = ("cuDNN", "PyTorch")  # in float32, with which we are compared
NEAR = 1.02  # of the fastest rung's time: nearer, samples do not tell two rungs apart


class Goal(NamedTuple):
    """A goal, whether it was met, and by which figures."""

    goal: str
    state: str
    found: str = ""


class Row(NamedTuple):
    """A row of the results: seconds are medians."""

    layer: Layer
    ours: dict[str, float]
    library: float | None
    chosen: str | None

    @property
    def best(self) -> float | None:
        """Return the time of our fastest kernel, if one is right."""
        return min(self.ours.values(), default=None)

    @property
    def share(self) -> float | None:
        """Return how many times as fast as the library our fastest kernel is: above 1 is faster."""
        return self.library / self.best if self.library and self.best else None


def rows(part: dict | None) -> list[Row]:
    """Return the rows of the CPU's or the GPU's part of the results."""
    return [] if part is None else [row(each) for each in part["rows"]]


def row(found: dict) -> Row:
    """Return one row of the results."""
    ours = {name: times[0] for name, times in found["ours"].items()}
    libraries = [found["others"][name][0] for name in LIBRARIES if name in found["others"]]
    return Row(read(found["layer"]), ours, libraries[0] if libraries else None, found.get("chosen"))


def geometric_mean(values: list[float]) -> float:
    """Return the mean of ratios, none of them negative."""
    return prod(value ** (1 / len(values)) for value in values)


def judge(results: dict) -> list[Goal]:
    """Return all goals."""
    return [*of_gpu(results.get("gpu")), *of_cpu(results.get("cpu"))]


def of_gpu(part: dict | None) -> list[Goal]:
    """Judge the ladder and the pools on a GPU."""
    measured = rows(part)
    networks = [each for each in of_kind(measured, Convolution) if each.layer.group in ("CIFAR", "VGG")]
    shares = [each.share or 0.0 for each in networks if each.library]
    faster = sum(share > 1 for share in shares)
    largest = max(networks, key=lambda each: each.layer.flop, default=None)
    pools = sorted((bandwidth(each), each.layer.name) for each in of_kind(measured, Pool))
    costs = sorted(choosing(measured))
    return [
        at_least(
            "GPU: the fastest rung at least 0.9 times as fast as cuDNN in float32 (geometric mean over CIFAR and VGG)",
            0.9,
            shares and geometric_mean(shares),
            "{:.2f} times as fast",
        ),
        at_least(
            "GPU: faster than cuDNN in float32 on at least a third of them",
            1 / 3,
            shares and faster / len(shares),
            f"on {faster} of {len(shares)}",
        ),
        at_least(
            "GPU: at least 60 % of the measured peak of float32 on the layer with most arithmetic",
            0.6,
            largest and (largest.layer.flop / largest.best / part["peak"] if largest.best else 0.0),
            f"{{:.0%}} ({largest and largest.layer.name})",
        ),
        at_least(
            "GPU: each pool moves its data at 85 % or more of the measured bandwidth of a copy",
            0.85,
            pools and pools[0][0] / part["bandwidth"],
            pools and f"from {{:.0%}} ({pools[0][1]}) to {pools[-1][0] / part['bandwidth']:.0%}",
        ),
        at_least(
            "GPU: the selector takes the fastest rung, or one that is at most 2 % slower",
            1.0,
            costs and sum(cost <= NEAR for cost, _ in costs) / len(costs),
            costs and f"{{:.0%}} of {len(costs)} layers; {costs[-1][0]:.2f} times its time at the worst ({costs[-1][1]})",
        ),
    ]


def of_cpu(part: dict | None) -> list[Goal]:
    """Judge the CPU's kernels. At the homework's sizes, the cost of a call decides, so seconds count, not ratios."""
    measured = rows(part)
    larger = [each for each in measured if each.layer.group != "homework" and each.library]
    forward = [each for each in larger if not isinstance(each.layer, Gradient)]
    back = [each for each in larger if isinstance(each.layer, Gradient)]
    chosen = [each for each in back if isinstance(each.layer.of, Pool) and each.layer.of.indices]
    values = (Dense, Relu, Loss)
    return [
        slowest("CPU: convolutions in at most PyTorch's time", of_kind(forward, Convolution), 1.0),
        slowest("CPU: gradients of convolutions in at most PyTorch's time", back_from(back, Convolution), 1.0),
        slowest("CPU: pools in at most PyTorch's time", of_kind(forward, Pool), 1.0),
        slowest("CPU: the gradient of a max pool with indices in at most twice PyTorch's time", chosen, 2.0),
        slowest("CPU: dense layers, ReLU and the loss in at most PyTorch's time", of_kind(forward, values), 1.0),
        slowest("CPU: gradients of dense layers and ReLU in at most PyTorch's time", back_from(back, values), 1.0),
        call("CPU: a convolution of 8×8 pixels in at most 6 µs", [each for each in measured if is_small(each.layer)], 6e-6),
    ]


def of_kind(measured: list[Row], kind: type | tuple[type, ...]) -> list[Row]:
    """Return the rows of layers of a kind."""
    return [each for each in measured if isinstance(each.layer, kind)]


def back_from(measured: list[Row], kind: type | tuple[type, ...]) -> list[Row]:
    """Return the rows of the gradients of layers of a kind."""
    return [each for each in measured if isinstance(each.layer, Gradient) and isinstance(each.layer.of, kind)]


def is_small(layer: Layer) -> bool:
    """Return whether it is the homework's smallest convolution."""
    return isinstance(layer, Convolution) and layer.images == (1, 1, 8, 8)


def call(goal: str, measured: list[Row], most: float) -> Goal:
    """Judge by seconds."""
    times = [each.best or inf for each in measured]
    if not times:
        return Goal(goal, NOT_YET)
    return Goal(goal, MET if max(times) <= most else MISSED, f"{1e6 * max(times):.1f} µs")


def bandwidth(each: Row) -> float:
    """Return the bytes per second that our fastest kernel moves, if each array is moved once."""
    return each.layer.moved / each.best if each.best else 0.0


def choosing(measured: list[Row]) -> list[tuple[float, str]]:
    """Return for each layer the time of the chosen rung, in times of the fastest, and the layer's name."""
    return [
        (each.ours[each.chosen] / each.best if each.chosen in each.ours else inf, each.layer.name)
        for each in measured
        if each.chosen and each.best
    ]


def at_least(goal: str, least: float, value: float | list | None, found: str) -> Goal:
    """Judge a value, if one was measured; {} in `found` is the value."""
    if value in (None, []):
        return Goal(goal, NOT_YET)
    return Goal(goal, MET if value >= least else MISSED, found.format(value))


def slowest(goal: str, measured: list[Row], most: float) -> Goal:
    """Judge by the layer on which we take longest, relative to the library."""
    if not measured:
        return Goal(goal, NOT_YET)
    times = [1 / each.share if each.share else inf for each in measured]
    worst = max(range(len(times)), key=times.__getitem__)
    kept = sum(time <= most for time in times)
    found = f"on {kept} of {len(times)}; {times[worst]:.2f} times at the worst ({measured[worst].layer.name})"
    return Goal(goal, MET if kept == len(times) else MISSED, f"{found}, {geometric_mean(times):.2f} in the geometric mean")


def share_of_floor(layer: Layer, part: dict, seconds: float) -> float:
    """Return how much of the time is the least that the measured limits allow."""
    return floor(layer, part["peak"], part["bandwidth"]) / seconds
