"""Compile every CUDA kernel without a GPU, and print what NVIDIA's compiler makes of it, as the table compiled.csv.

    python tests/kernels/compile_kernels.py > tests/kernels/compiled.csv

With --ask it prints the keys of all rows, one a line and a blank one after them, then for each key that it reads its row.

registers, spilled, shared: the assembler's count; the latter two in bytes. local: loads and stores of local memory.
multiply_adds, wide_reads: in the loop that computes most; a wide read brings 8 or 16 bytes from shared memory at once.
wide_loads: those that do so from global memory, in all. instructions, share: those of one step, from barrier to barrier,
in which the loop that computes most runs as often as it does for the step; and how many percent of them multiply and add.
Code of branches that are seldom taken counts too. threads: of a block. warps: how many a multiprocessor holds.
"""

import csv
import json
import re
import subprocess
import sys
import tempfile
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from math import prod
from typing import Any, NamedTuple

import numpy as np
from cuda.pathfinder import find_nvidia_binary_utility
from numba import float32, float64, int64, types, uint64

from gpu import compiler
from kernels.cuda.convolution import pipelined, tensor_cores
from kernels.cuda.convolution.blocked import blocked
from kernels.cuda.convolution.direct import direct
from kernels.cuda.convolution.implicit_gemm import TILES, arrange, implicit_gemm
from kernels.cuda.convolution.tiled import TILE, tiled
from kernels.cuda.gradients import gather_averages, gather_for_images, gather_shares, sum_for_bias, sum_for_kernels
from kernels.cuda.grids import MOST_THREADS
from kernels.cuda.layers import TILE as DENSE_TILE
from kernels.cuda.layers import let_through, product, product_plus_bias, rectify, softmax_of_row, sum_columns
from kernels.cuda.occupancy import WARP, resident_blocks
from kernels.cuda.pooling import counted_median, folded, sorted_median

ARCHITECTURES = ("sm_75", "sm_80", "sm_90")  # Turing (Colab's T4), Ampere, Hopper
COLUMNS = (
    "kernel", "type", "architecture", "registers", "spilled", "local", "shared", "threads", "warps", "multiply_adds",
    "wide_reads", "wide_loads", "instructions", "share",
)  # fmt: skip


class Kernel(NamedTuple):
    """A kernel as the program launches it."""

    name: str
    kernel: Any
    signature: tuple
    threads: int  # of a block
    step: int | None = None  # its instructions that multiply and add, barrier to barrier; None: those of the busiest loop


def kernels():
    """Return each kernel that the program launches, with its type of numbers and an architecture.

    Every rung of the ladder for every architecture that has its instructions, the others for the newest.
    """
    found = []
    for number, real in ((float32, np.float32), (float64, np.float64)):
        rungs = list(convolutions(number, real))
        others = [*pools(number, real), *gradients(number, real), *small_layers(number, real)]
        for architecture in ARCHITECTURES if number is float32 else ARCHITECTURES[-1:]:
            found += [
                (kernel, str(number), architecture)
                for kernel in rungs
                if architecture != "sm_75" or not kernel.name.startswith(("pipelined", "tensor cores"))
            ]
        found += [(kernel, str(number), ARCHITECTURES[-1]) for kernel in others]
    return found


def convolutions(number, real):
    """Yield the rungs of the ladder; float64 goes no further than the second."""
    flat, maps, four, two = number[::1], number[:, :, :, ::1], types.UniTuple(int64, 4), types.UniTuple(int64, 2)
    yield Kernel("direct", direct, (maps, maps, flat, two, two, two, number, maps), MOST_THREADS)
    for_one_window = (maps, maps, flat, int64, int64, number, maps)
    yield Kernel("tiled 3x3", tiled(TILE, (3, 3), (1, 1), (1, 1), real), for_one_window, TILE**2, 9)
    if number is float64:
        return
    signature = (flat, flat, flat, four, four, four, int64, int64, two, number, flat)
    for filters in (8, 16):  # of a first layer: three channels
        for places, name in ((2, ""), (1, ", one place")):
            kernel = blocked(3, (places * TILE, TILE), filters, (3, 3), (1, 1), (1, 1), real)
            yield Kernel(f"blocked 3x3 for {filters} filters{name}", kernel, signature, TILE**2, 3 * 9 * places * filters)
    yield Kernel("arrange", arrange, (maps, number[:, :, ::1]), TILES[-1].filters)
    signature = (flat, flat, flat, four, four, four, two, two, two, number, flat)
    for rung, make, tiles in (
        ("implicit", implicit_gemm, TILES),
        ("pipelined", pipelined.pipelined, pipelined.TILES),
    ):
        for tile in tiles:
            name, step = f"{rung} GEMM {tile.filters}x{tile.pixels}", tile.depth * tile.rows * tile.columns
            yield Kernel(name, make(tile, real), signature, prod(tile.threads), step)
    for tile in tensor_cores.TILES:
        step = 3 * tile.rows * tile.columns * tile.depth // (16 * 8 * 8)  # what an instruction of a warp multiplies
        name = f"tensor cores {tile.filters}x{tile.pixels}"
        yield Kernel(name, tensor_cores.tensor_cores(tile), signature, tile.threads, step)


def pools(number, real):
    """Yield the pools; of float32, windows of even width are read in pairs."""
    maps = number[:, :, ::1]
    for width in (2, 3):
        lanes = 2 if number is float32 and width == 2 else 1
        signature = (uint64[:, :, ::1] if lanes == 2 else maps, int64, int64, maps)
        for mode in ("max", "min", "average"):
            yield Kernel(f"{mode} {width}x{width}", folded(mode, (width, width), real, lanes), signature, MOST_THREADS)
        yield Kernel(f"median {width}x{width}", sorted_median((width, width), real, lanes), signature, MOST_THREADS)
    yield Kernel("median 5x5", sorted_median((5, 5), real, 1), (maps, int64, int64, maps), MOST_THREADS)
    yield Kernel("median of large windows", counted_median, (maps, *[int64] * 4, maps), MOST_THREADS)


def gradients(number, real):
    """Yield what gathers gradients."""
    flat, planes, maps, threads = number[::1], number[:, :, ::1], number[:, :, :, ::1], (16, 8, 1)
    two = types.UniTuple(int64, 2)
    found = [
        ("by images", gather_for_images(real), (maps, maps, two, two, two, maps)),
        ("by kernels", sum_for_kernels(threads, real), (maps, maps, two, two, two, number, maps)),
        ("by bias", sum_for_bias(threads, real), (maps, flat)),
        ("of average 2x2", gather_averages((2, 2), (2, 2), real), (planes, planes)),
    ]
    for mode in ("max", "median"):
        found.append((f"of {mode} 2x2", gather_shares(mode, (2, 2), (2, 2), real), (planes, planes, planes)))
    for name, kernel, signature in found:
        yield Kernel(f"gradient {name}", kernel, signature, MOST_THREADS)


def small_layers(number, real):
    """Yield ReLU, dense layers and the loss."""
    flat, matrix, square = number[::1], number[:, ::1], DENSE_TILE**2
    yield Kernel("relu", rectify, (flat, flat), MOST_THREADS)
    yield Kernel("gradient of relu", let_through, (flat, flat, flat), MOST_THREADS)
    yield Kernel("dense", product_plus_bias(real, DENSE_TILE), (matrix, matrix, flat, matrix), square, DENSE_TILE)
    for turned, name in ((False, "inputs"), (True, "weights")):
        kernel = product(turned, real, DENSE_TILE)
        yield Kernel(f"gradient of dense by {name}", kernel, (matrix, matrix, matrix), square, DENSE_TILE)
    yield Kernel("gradient of dense by bias", sum_columns(real), (matrix, flat), MOST_THREADS)
    yield Kernel("softmax and loss", softmax_of_row(16, real), (matrix, int64[::1], flat, matrix), 16)


def compiled(place):
    """Return the row of one kernel on one architecture: that at this place among all."""
    kernel, number, architecture = kernels()[place]
    figures, code = compiler.build(kernel.kernel.py_func, kernel.signature, [architecture])[architecture]
    listing = _disassembled(code)
    count = Counter(operation for _, operation in _instructions(listing))
    busiest, around = _busiest_loop(listing)
    turns = kernel.step // _multiply_adds(busiest) if kernel.step else 1
    step = Counter({operation: number + (turns - 1) * busiest[operation] for operation, number in around.items()})
    blocks = resident_blocks(architecture, kernel.threads, figures.registers, figures.shared)
    return {
        "kernel": kernel.name,
        "type": number,
        "architecture": architecture,
        "registers": figures.registers,
        "spilled": figures.spilled,
        "local": sum(number for operation, number in count.items() if operation.startswith(("LDL", "STL"))),
        "shared": figures.shared,
        "threads": kernel.threads,
        "warps": blocks * -(-kernel.threads // WARP),
        "multiply_adds": _multiply_adds(busiest),
        "wide_reads": _wide("LDS", busiest),
        "wide_loads": _wide("LDG(STS)?", count),
        "instructions": step.total(),
        "share": round(100 * _multiply_adds(step) / step.total(), 1) if step else 0,
    }


def _disassembled(code):
    with tempfile.NamedTemporaryFile(suffix=".cubin") as file:
        file.write(code)
        file.flush()
        nvdisasm = find_nvidia_binary_utility("nvdisasm")
        return subprocess.run([nvdisasm, "-c", file.name], capture_output=True, text=True, check=True).stdout


def _instructions(listing):
    """Yield each instruction's line and its operation, without a predicate."""
    for number, line in enumerate(listing.splitlines()):
        found = re.match(r"\s*/\*[0-9a-f]{4,}\*/\s+(?:@!?U?P\w+\s+)?([A-Z][\w.]*)", line)
        if found:
            yield number, found[1]


def _busiest_loop(listing):
    """Return how often each operation stands in two loops: the one with most multiply-adds, and a whole step around it.

    Of equal loops the innermost is the busiest. A step is the innermost loop around it that has a barrier, if there is one.
    """
    lines = listing.splitlines()
    labels = {line.strip()[:-1]: number for number, line in enumerate(lines) if line.startswith(".L_x_")}
    instructions = list(_instructions(listing))
    loops = {}
    for number, line in enumerate(lines):
        jump = re.search(r"BRA.* `\((\.L_x_\d+)\)", line)
        if jump and labels[jump[1]] <= number:  # backwards
            inside = range(labels[jump[1]], number + 1)
            loops[inside] = Counter(operation for at, operation in instructions if at in inside)
    loops = {inside: operations for inside, operations in loops.items() if _multiply_adds(operations)}
    if not loops:
        return Counter(), Counter()
    here = max(loops, key=lambda inside: (_multiply_adds(loops[inside]), -loops[inside].total()))
    steps = [
        inside
        for inside in loops
        if inside.start <= here.start <= inside.stop - len(here) and any(map(_is_barrier, loops[inside]))
    ]
    return loops[here], loops[min(steps, key=len, default=here)]


def _is_barrier(operation):
    return operation.startswith("BAR.SYNC")


def _wide(load, operations):
    return sum(operations[name] for name in operations if re.fullmatch(rf"{load}\.(\w+\.)*(64|128)(\.\w+)*", name))


def _multiply_adds(operations):
    return sum(number for operation, number in operations.items() if operation.startswith(("FFMA", "DFMA", "HMMA")))


def main():
    """Print the table."""
    table = csv.DictWriter(sys.stdout, COLUMNS, lineterminator="\n")
    table.writeheader()
    with ProcessPoolExecutor() as pool:
        table.writerows(pool.map(compiled, range(len(kernels()))))


def answer():
    """Print the rows that are asked for, as JSON."""
    keys = [f"{kernel.name}, {number}, {architecture}" for kernel, number, architecture in kernels()]
    print(*keys, "", sep="\n", flush=True)
    for line in sys.stdin:
        print(json.dumps(compiled(keys.index(line.strip()))), flush=True)


if __name__ == "__main__":
    answer() if "--ask" in sys.argv else main()
