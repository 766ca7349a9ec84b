"""The results as tables, for the terminal and for docs/kernels.md."""

import re

from benchmarks.kernel_speed.goals import judge, row, share_of_floor
from benchmarks.kernel_speed.layers import Convolution, Dense, Gradient, Layer, Loss, Pool, Relu, floor, intensity, read

OTHERS = ("cuDNN", "cuDNN TF32", "PyTorch", "NumPy")
BEGIN, END = "<!-- measured -->", "<!-- /measured -->"
MACHINES = {"gpu": "GPU", "cpu": "CPU"}
NOT_YET = "not yet measured"
HEADINGS = (
    "Convolution",
    "Pooling",
    "Dense layers, ReLU, loss",
    "Gradients of convolution",
    "Gradients of pooling",
    "Gradients of dense layers and ReLU",
)


def fill(page: str, results: dict) -> str:
    """Return the page with the text of these results between its two markers."""
    if not re.search(f"{BEGIN}.*{END}", page, re.DOTALL):
        raise ValueError(f"the page has no {BEGIN} with {END} after it")
    before, rest = page.split(BEGIN, 1)
    after = rest.split(END, 1)[1]
    return f"{before}{BEGIN}\n{text(results)}\n{END}{after}"


def text(results: dict) -> str:
    """Return the goals and all tables, in Markdown."""
    goals = ["| goal | | measured |", "|---|---|---|"]
    goals += [f"| {goal.goal} | {goal.state} | {goal.found} |" for goal in judge(results)]
    return "\n\n".join(["### Goals", "\n".join(goals), *(part(results, name) for name in MACHINES)])


def part(results: dict, name: str) -> str:
    """Return the tables of one machine."""
    found, title = results.get(name), f"### On a {MACHINES[name]}"
    if not found:
        return f"{title}\n\nConvolution and pooling on a {MACHINES[name]} are {NOT_YET}."
    groups: dict[str, list[dict]] = {}
    for each in found["rows"]:
        groups.setdefault(heading(read(each["layer"])), []).append(each)
    tables = [f"#### {kind}\n\n{table(groups[kind], found)}" for kind in HEADINGS if kind in groups]
    pictures = [f"![Roofline](kernels-{name}-roofline.svg)", f"![Times as fast as the library](kernels-{name}-share.svg)"]
    if any(isinstance(read(each["layer"]), Gradient) for each in found["rows"]):
        pictures.append(f"![Times as fast as the library, gradients](kernels-{name}-back.svg)")
    return "\n\n".join([title, machine(found), *tables, *pictures])


def heading(layer: Layer) -> str:
    """Return the heading above a layer."""
    match layer:
        case Convolution():
            return "Convolution"
        case Pool():
            return "Pooling"
        case Dense() | Relu() | Loss():
            return "Dense layers, ReLU, loss"
        case Gradient(Convolution()):
            return "Gradients of convolution"
        case Gradient(Pool()):
            return "Gradients of pooling"
        case Gradient(Dense() | Relu()):
            return "Gradients of dense layers and ReLU"
        case _:
            raise ValueError(f"no table has a place for {layer}")


def machine(found: dict) -> str:
    """Describe the machine and its limits."""
    versions = ", ".join(f"{name} {version}" for name, version in found["versions"].items())
    hardest = "a product of matrices" if "card" in found else "a large convolution by PyTorch"
    limits = (
        f"A copy moves {found['bandwidth'] / 1e9:,.0f} GB/s, bytes read and written; "
        f"{hardest} does {found['peak'] / 1e12:.3g} TFLOP/s in float32"
    )
    if "card" not in found:
        return f"{found['machine']}, {found['threads']} threads; {versions}; {found['date']}. {limits}."
    empty = ", ".join(
        f"{1e6 * seconds:.0f} µs with the arguments of a {name}" for name, seconds in found["empty launch"].items()
    )
    return (
        f"{found['card']}, driver {found['driver']}; {versions}; {found['date']}. {limits} "
        f"(by its clock: {found['peak by clock'] / 1e12:.3g}). Starting a kernel that does nothing takes the host {empty}."
    )


def table(rows: list[dict], found: dict) -> str:
    """Return a table of times in microseconds: the median, and half the distance between the shortest and the longest."""
    names = contestants(rows)
    head = ["layer", "MFLOP", "FLOP/byte", "floor", *names, "floor of fastest", "times as fast"]
    on_gpu = "card" in found
    if on_gpu:
        head += ["chosen", "remarks"] if "chosen" in rows[0] else ["remarks"]
    lines = [f"| {' | '.join(head)} |", f"|---|{'---:|' * (len(head) - 1)}"]
    for each in rows:
        layer, summary = read(each["layer"]), row(each)
        cells = [
            f"{layer.group}: {layer.name}",
            number(layer.flop / 1e6),
            number(intensity(layer)),
            number(1e6 * floor(layer, found["peak"], found["bandwidth"])),
            *(time(each, name) for name in names),
            f"{share_of_floor(layer, found, summary.best):.0%}" if summary.best else "",
            f"{summary.share:.2f}" if summary.share else "",
        ]
        if "chosen" in head:
            cells.append(each["chosen"])
        if on_gpu:
            cells.append(remarks(each, found))
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def contestants(rows: list[dict]) -> list[str]:
    """Return the contestants of all rows: ours in the order of the ladder, then the libraries."""
    names = dict.fromkeys(name for each in rows for name in (*each["ours"], *each["wrong"], *each["others"]))
    return [name for name in names if name not in OTHERS] + [name for name in OTHERS if name in names]


def number(value: float) -> str:
    """Return a number with three digits, or all before the point."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def time(each: dict, name: str) -> str:
    """Return a contestant's time on a layer. A wrong kernel has none."""
    if name in each["wrong"]:
        return "wrong"
    times = (each["ours"] | each["others"]).get(name)
    if times is None:
        return ""
    median, least, most = times
    return f"{number(1e6 * median)} ±{(most - least) / 2 / median:.0%}"


def remarks(each: dict, found: dict) -> str:
    """Say why a row may mislead."""
    best, layer = row(each).best, read(each["layer"])
    said = []
    if best and any(each["launch"][name] >= times[0] for name, times in each["ours"].items() if times[0] == best):
        said.append("bound by launch")
    if each["copies"] * layer.moved < found["L2"]:
        said.append("in the cache")
    return ", ".join(said)
