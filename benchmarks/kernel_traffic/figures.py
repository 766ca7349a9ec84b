"""The tables of docs/kernels.md that need no GPU: costs of layers, counts of recordings, the compiler's reports."""

import csv
from collections.abc import Callable
from pathlib import Path

import numpy as np

from benchmarks.kernel_speed.layers import CIFAR, Convolution, intensity, lenet, same
from benchmarks.kernel_traffic.walks import LAYERS, Walk, asked, count, pool, walk
from benchmarks.markdown import table
from gpu.findings.traffic import Request

COMPILED = Path(__file__).resolve().parents[2] / "tests" / "kernels" / "compiled.csv"
EXAMPLES = [
    *lenet(1),
    *lenet(512),
    *(same("CIFAR", batch, *shape) for batch in (64, 512) for shape in CIFAR),
    same("VGG", 32, 64, 224, 64),
    same("VGG", 32, 256, 56, 256),
    Convolution("ResNet", (32, 256, 56, 56), 64, (1, 1)),
]
WINDOWS = [("max", (2, 2), (2, 2)), ("max", (3, 3), (2, 2)), ("average", (2, 2), (2, 2)), ("median", (3, 3), (3, 3))]


def short(value: float) -> str:
    """Return a number with three digits, whole ones with all."""
    return f"{value:,.0f}" if value >= 100 or value == int(value) else f"{value:.3g}"


def intensities() -> str:
    """Return what some layers cost and what they must move."""
    rows = [
        [f"{layer.group}: {layer.name}", short(layer.flop / 2e6), short(layer.moved / 1e6), short(intensity(layer))]
        for layer in EXAMPLES
        if layer.images[0] > 1
    ]
    return table(["layer", "million multiply-adds", "MB to move", "FLOP per byte"], rows)


def counts() -> str:
    """Return what the threads of each rung read for a multiply-add."""
    rows = []
    for name in LAYERS:
        recording = walk(name)
        launch, each = recording.launch, recording.multiply_adds
        threads = launch.threads_of_block
        outputs = recording.output.size // (threads * int(np.prod(launch.blocks)))
        pixels, weights = (count(launch, "global", array, "read") / each for array in ("images", "kernels"))
        shared = [count(launch, "shared", array, "read") / each for array in ("pixels", "weights")]
        rows.append(
            [
                name,
                threads,
                outputs,
                short(pixels),
                short(weights),
                short(4 * (pixels + weights)),
                short(sum(shared)),
                short(loads(recording)),
                short(launch.shared_bytes),
            ]
        )
    head = [
        "rung", "threads of a block", "outputs of a thread", "pixels from global memory", "weights from global memory",
        "bytes from global memory", "values from shared memory", "load instructions, both memories",
        "shared memory of a block, bytes",
    ]  # fmt: skip
    return table(head, rows)


def asked_for(name: str) -> float:
    """Return the bytes that a rung's threads ask of global memory for each multiply-add, on its layer."""
    recording = walk(name)
    values = sum(count(recording.launch, "global", array, "read") for array in ("images", "kernels"))
    return 4 * values / recording.multiply_adds


def loads(recording: Walk) -> float:
    """Return how many load instructions a thread executes for each multiply-add."""
    arrays = (("global", "images"), ("global", "kernels"), ("shared", "pixels"), ("shared", "weights"))
    found = [request for memory, array in arrays for request in asked(recording.launch, memory, array)]
    return sum(len(request.lanes) for request in found) / recording.multiply_adds


def sectors() -> str:
    """Return how well each rung's requests use global memory, and how many bank conflicts they have."""
    rows = []
    for name in LAYERS:
        launch = walk(name).launch
        cells = []
        for array, kind in (("images", "read"), ("kernels", "read"), ("output", "write")):
            found = asked(launch, "global", array, kind)
            cells.append(f"{mean(found, lambda each: each.sectors)} of {mean(found, lambda each: each.fewest)}")
        found = [each for array in ("pixels", "weights") for each in asked(launch, "shared", array)]
        rows.append([name, *cells, sum(each.conflicts for each in found) if found else ""])
    return table(["rung", "a read of pixels", "a read of weights", "a write of outputs", "bank conflicts"], rows)


def mean(found: list[Request], value: Callable[[Request], int]) -> str:
    """Return the mean of something over requests."""
    return short(sum(map(value, found)) / len(found))


def pools() -> str:
    """Return what a thread of the pooling kernels loads for an output."""
    rows = []
    for mode, size, stride in WINDOWS:
        recording = pool(mode, size, stride)
        launch, outputs = recording.launch, recording.output.size
        found = asked(launch, "global", "planes")
        loads = count(launch, "global", "planes", "read")
        kept = [memory.size for memory in launch.memories if memory.space == "local"]
        rows.append(
            [
                f"{mode} {size[0]}×{size[1]} /{stride[0]}",
                short(loads / outputs),
                found[0].size,
                short(loads * found[0].size / outputs),
                f"{mean(found, lambda each: each.sectors)} of {mean(found, lambda each: each.fewest)}",
                sum(kept) or 1,
            ]
        )
    head = ["pool", "loads", "bytes of a load", "bytes read", "sectors of a request", "values it keeps"]
    return table(head, rows)


def chosen() -> str:
    """Return the rung that the selector takes for some layers on an H100, and the microseconds of its estimate.

    Beside it the next one, and the best of those that it never takes.
    """
    from kernels.cuda.convolution.estimate import H100
    from kernels.cuda.convolution.ladder import UNPROVEN, estimates

    rows = []
    for layer in EXAMPLES:
        found = estimates(layer.images, layer.kernels, layer.geometry, np.dtype(np.float32), H100)
        first, second, *_ = sorted(found.keys() - UNPROVEN, key=found.__getitem__)
        unproven = min(found.keys() & UNPROVEN, key=found.__getitem__)
        cells = [f"{short(1e6 * found[name])}" for name in (first, second, unproven)]
        rows.append([f"{layer.group}: {layer.name}", first, cells[0], second, cells[1], cells[2]])
    head = ["layer", "chosen", "computed, µs", "next", "computed, µs", "tensor cores, computed, µs"]
    return table(head, rows)


def limits() -> str:
    """Return what the compiler's report allows each rung: its share of multiply-adds, its warps, its bound on an H100."""
    from kernels.cuda.convolution.estimate import SHARES
    from kernels.cuda.occupancy import MULTIPROCESSORS

    report = {(row["kernel"], row["architecture"]): row for row in rows_of_report()}
    rows = []
    for name in SHARES:
        hopper = report[name, "sm_90"]
        warps = [
            f"{row['warps']} of {each.warps}" if (row := report.get((name, architecture))) else ""
            for architecture, each in MULTIPROCESSORS.items()
        ]
        bound = f"{bound_of(name) / 1e12:.3g}"
        rows.append([name, hopper["instructions"], percent(hopper), hopper["threads"], *warps, bound])
    head = ["kernel", "instructions of a step", "multiply-adds among them", "threads of a block"]
    head += [f"warps, {architecture}" for architecture in MULTIPROCESSORS]
    return table([*head, "computed bound, TFLOP/s"], rows)


def bound_of(kernel: str) -> float:
    """Return the FLOP a second that the instructions of a kernel allow on an H100, computed."""
    from kernels.cuda.convolution.estimate import H100, rate

    return 2 * H100.multiprocessors * rate(kernel, H100)


def rows_of_report() -> list[dict[str, str]]:
    """Return the compiler's report on the kernels in float32."""
    with COMPILED.open(newline="") as file:
        return [row for row in csv.DictReader(file) if row["type"] == "float32"]


def compiled() -> str:
    """Return what NVIDIA's compiler makes of the kernels in float32: the table of the tests, a line for each kernel."""
    found = rows_of_report()
    architectures = list(dict.fromkeys(row["architecture"] for row in found))
    rows = []
    for name in dict.fromkeys(row["kernel"] for row in found):
        of_kernel = {row["architecture"]: row for row in found if row["kernel"] == name}
        last = of_kernel[architectures[-1]]
        registers = [of_kernel[each]["registers"] if each in of_kernel else "" for each in architectures]
        spilled = max(int(row["spilled"]) for row in of_kernel.values())
        of_last = [last[column] for column in ("shared", "warps", "multiply_adds", "wide_reads", "wide_loads")]
        rows.append([name, *registers, spilled, *of_last, percent(last)])
    head = [f"registers, {architecture}" for architecture in architectures]
    head += [
        "spilled", "shared memory, bytes", "warps of a multiprocessor", "multiply-adds of the loop",
        "its wide reads from shared memory", "wide loads from global memory", "multiply-adds in a step",
    ]  # fmt: skip
    return table(["kernel", *head], rows)


def percent(row: dict[str, str]) -> str:
    """Return the share of multiply-adds among the instructions of a kernel's step; "" for a kernel without any."""
    return f"{float(row['share']):.0f} %" if row["multiply_adds"] != "0" else ""


TABLES: dict[str, Callable[[], str]] = {
    "intensity": intensities,
    "counts": counts,
    "sectors": sectors,
    "limits": limits,
    "chosen": chosen,
    "pools": pools,
    "compiled": compiled,
}
