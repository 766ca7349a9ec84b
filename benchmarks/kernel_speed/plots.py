"""The results as pictures: a roofline and a chart of shares for each machine, drawn from docs/kernels.json alone."""

from pathlib import Path

import matplotlib as mpl

mpl.use("Agg")
from matplotlib import pyplot as plt

from benchmarks.kernel_speed.goals import LIBRARIES, row
from benchmarks.kernel_speed.layers import intensity, read
from benchmarks.kernel_speed.tables import MACHINES, contestants

# The same results give the same bytes: no date, names of elements from a fixed seed, and text as text.
FIXED = {"svg.hashsalt": "kernels", "svg.fonttype": "none", "savefig.facecolor": "white", "font.size": 9}
COLOURS = ("#9ecae1", "#4292c6", "#08519c", "#fd8d3c", "#a63603", "#444444", "#999999", "#31a354")


def draw(results: dict, folder: Path) -> list[Path]:
    """Draw what was measured into the folder, and return the pictures. Of what was not measured there is none."""
    drawn = []
    for name in MACHINES:
        for kind, draw_one in (("roofline", roofline), ("share", share)):
            path = folder / f"kernels-{name}-{kind}.svg"
            path.unlink(missing_ok=True)
            if found := results.get(name):
                with mpl.rc_context(FIXED):
                    figure = draw_one(found, MACHINES[name])
                    figure.savefig(path, metadata={"Date": None}, bbox_inches="tight")
                    plt.close(figure)
                drawn.append(path)
    return drawn


def roofline(found: dict, machine: str):
    """Draw each layer by each contestant under the roof of the measured bandwidth and peak."""
    figure, axes = plt.subplots(figsize=(8, 5))
    rows = [(read(each["layer"]), each["ours"] | each["others"]) for each in found["rows"]]
    for name, colour in zip(contestants(found["rows"]), COLOURS):
        points = [(intensity(layer), layer.flop / times[name][0]) for layer, times in rows if name in times]
        axes.scatter(*zip(*points), s=14, color=colour, label=name, alpha=0.8, linewidths=0) if points else None
    ridge = found["peak"] / found["bandwidth"]
    least, most = 0.3, max(10 * ridge, *(2 * intensity(layer) for layer, _ in rows), 1.0)
    axes.plot([least, ridge, most], [least * found["bandwidth"], found["peak"], found["peak"]], color="black", linewidth=1)
    axes.set(xscale="log", yscale="log", xlabel="FLOP per byte, each array moved once", ylabel="FLOP per second")
    axes.set_title(f"{machine}: {found.get('card') or found['machine']}, {found['date']}")
    axes.grid(which="major", color="#dddddd", linewidth=0.5)
    axes.legend(loc="lower right", frameon=False)
    return figure


def share(found: dict, machine: str):
    """Draw how many times as fast as the library our kernels are: a bar for the fastest on a layer, a point for each."""
    compared = [(each, row(each)) for each in found["rows"] if row(each).share]
    names = [name for name in contestants(found["rows"]) if any(name in each["ours"] for each, _ in compared)]
    figure, axes = plt.subplots(figsize=(8, 1 + 0.22 * len(compared)))
    for place, (_, summary) in enumerate(compared):
        axes.barh(place, summary.share, color="#dddddd", height=0.7)
    for name, colour in zip(names, COLOURS):
        points = [
            (summary.library / summary.ours[name], place)
            for place, (_, summary) in enumerate(compared)
            if name in summary.ours
        ]
        axes.scatter(*zip(*points), s=14, color=colour, label=name, zorder=2)
    axes.axvline(1, color="black", linewidth=1)
    axes.set_yticks(range(len(compared)), [f"{summary.layer.group}: {summary.layer.name}" for _, summary in compared])
    axes.invert_yaxis()
    library = " or ".join(name for name in LIBRARIES if any(name in each["others"] for each, _ in compared))
    axes.set(xlabel=f"times as fast as {library}", xlim=(0, None))
    axes.set_title(f"{machine}: {found.get('card') or found['machine']}, {found['date']}")
    axes.legend(loc="lower right", frameon=False)
    return figure
