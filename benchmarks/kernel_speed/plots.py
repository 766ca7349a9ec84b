"""The results as pictures: a roofline and a chart of shares for each machine, drawn from docs/kernels.json alone."""

from pathlib import Path

import matplotlib as mpl
import numpy as np

mpl.use("Agg")
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from benchmarks.kernel_speed.goals import LIBRARIES, row
from benchmarks.kernel_speed.layers import Gradient, intensity, read
from benchmarks.kernel_speed.tables import MACHINES, OTHERS, contestants

# The same results give the same bytes: no date, names of elements from a fixed seed, and text as text.
FIXED = {"svg.hashsalt": "kernels", "svg.fonttype": "none", "savefig.facecolor": "white", "font.size": 9}
LIBRARY_COLOURS = dict(zip(OTHERS, ("black", "grey", "black", "grey")))


def draw(results: dict, folder: Path) -> list[Path]:
    """Draw the results into the folder, and return the pictures. What was not measured has no picture."""
    drawn = []
    for name in MACHINES:
        for kind, draw_one, of_gradients in (("roofline", roofline, False), ("share", share, False), ("back", share, True)):
            path = folder / f"kernels-{name}-{kind}.svg"
            path.unlink(missing_ok=True)
            found = results.get(name)
            rows = [each for each in found["rows"] if is_gradient(each) == of_gradients] if found else []
            if found and (rows or not of_gradients):
                with mpl.rc_context(FIXED):
                    figure = draw_one(found | {"rows": rows}, MACHINES[name])
                    figure.savefig(path, metadata={"Date": None}, bbox_inches="tight")
                    plt.close(figure)
                drawn.append(path)
    return drawn


def is_gradient(each: dict) -> bool:
    """Return whether a row is a gradient's: gradients have their own picture."""
    return isinstance(read(each["layer"]), Gradient)


def roofline(found: dict, machine: str) -> Figure:
    """Draw each layer by each contestant under the roof of the measured bandwidth and peak."""
    figure, axes = plt.subplots(figsize=(8, 5))
    rows = [(read(each["layer"]), each["ours"] | each["others"]) for each in found["rows"]]
    for name, style in styles(contestants(found["rows"])).items():
        points = [(intensity(layer), layer.flop / times[name][0]) for layer, times in rows if name in times]
        scatter(axes, points, name, style)
    ridge = found["peak"] / found["bandwidth"]
    least, most = 0.1, max([10 * ridge, *(2 * intensity(layer) for layer, _ in rows)])
    axes.plot([least, ridge, most], [least * found["bandwidth"], found["peak"], found["peak"]], color="black", linewidth=1)
    axes.set(xscale="log", yscale="log", xlabel="FLOP per byte, each array moved once", ylabel="FLOP per second")
    axes.grid(color="#dddddd", linewidth=0.5)
    return finished(figure, axes, found, machine)


def share(found: dict, machine: str) -> Figure:
    """Draw how many times as fast as the library our kernels are: a bar for the fastest on a layer, a point for each."""
    summaries = [summary for summary in map(row, found["rows"]) if summary.share]
    figure, axes = plt.subplots(figsize=(8, 1 + 0.22 * len(summaries)))
    axes.barh(range(len(summaries)), [summary.share for summary in summaries], color="#dddddd", height=0.7)
    for name, style in styles(contestants(found["rows"])).items():
        points = [(each.library / each.ours[name], place) for place, each in enumerate(summaries) if name in each.ours]
        scatter(axes, points, name, style)
    axes.axvline(1, color="black", linewidth=1)
    axes.set_yticks(range(len(summaries)), [f"{summary.layer.group}: {summary.layer.name}" for summary in summaries])
    axes.invert_yaxis()
    library = " or ".join(name for name in LIBRARIES if name in contestants(found["rows"]))
    axes.set(xlabel=f"times as fast as {library}", xlim=(0, None))
    return finished(figure, axes, found, machine)


def scatter(axes: Axes, points: list[tuple[float, float]], name: str, style: dict) -> None:
    """Draw one contestant's points, if it has any: a kernel may be wrong on all layers."""
    if points:
        axes.scatter(*np.transpose(points), label=name, zorder=2, **style)


def styles(names: list[str]) -> dict[str, dict]:
    """Return how the points of each contestant look: ours filled, lighter up the ladder, others hollow."""
    ours = [name for name in names if name not in OTHERS]
    colours = mpl.colormaps["plasma"](np.linspace(0, 0.85, len(ours)))
    filled = {name: {"s": 16, "color": colour, "linewidths": 0} for name, colour in zip(ours, colours)}
    hollow = {"s": 16, "facecolors": "none", "linewidths": 0.8}
    return filled | {name: hollow | {"edgecolors": LIBRARY_COLOURS[name]} for name in names if name in OTHERS}


def finished(figure: Figure, axes: Axes, found: dict, machine: str) -> Figure:
    """Add the legend, and say what was measured when."""
    axes.set_title(f"{machine}: {found.get('card') or found['machine']}, {found['date']}")
    if axes.collections:
        axes.legend(loc="upper left", bbox_to_anchor=(1, 1), frameon=False)
    return figure
