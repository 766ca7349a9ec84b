"""Compile every CUDA kernel without a GPU, and print what NVIDIA's compiler makes of it, as the table compiled.csv.

    python tests/kernels/compile_kernels.py > tests/kernels/compiled.csv

With --ask it prints the keys of all rows, one a line and a blank one after them, then for each key that it reads its row.

registers and spilled bytes are the assembler's count; local: loads and stores of local memory; multiply_adds, wide_reads:
in the loop that computes most, where a wide read brings 8 or 16 bytes from shared memory at once; wide_loads: those that do
so from global memory, in all.
"""

import csv
import json
import re
import subprocess
import sys
import tempfile
from collections import Counter
from concurrent.futures import ProcessPoolExecutor

import numpy as np
from cuda.pathfinder import find_nvidia_binary_utility
from numba import float32, float64, int64, types, uint64

from gpu import compiler
from kernels.cuda.convolution.blocked import blocked
from kernels.cuda.convolution.direct import direct
from kernels.cuda.convolution.implicit_gemm import TILES, arrange, implicit_gemm
from kernels.cuda.convolution.tiled import TILE, tiled
from kernels.cuda.gradients import gather_averages, gather_for_images, gather_shares, sum_for_bias, sum_for_kernels
from kernels.cuda.layers import TILE as DENSE_TILE
from kernels.cuda.layers import let_through, product, product_plus_bias, rectify, softmax_of_row, sum_columns
from kernels.cuda.pooling import counted_median, folded, sorted_median

ARCHITECTURES = ("sm_75", "sm_80", "sm_90")  # Turing (Colab's T4), Ampere, Hopper
COLUMNS = ("kernel", "type", "architecture", "registers", "spilled", "local", "multiply_adds", "wide_reads", "wide_loads")


def kernels():
    """Return the name, type of numbers, kernel, signature and architecture of all that the program launches.

    Every rung of the ladder for every architecture, the others for the newest.
    """
    found = []
    for number, real in ((float32, np.float32), (float64, np.float64)):
        rungs = list(convolutions(number, real))
        others = [*pools(number, real), *gradients(number, real), *small_layers(number, real)]
        for architecture in ARCHITECTURES if number is float32 else ARCHITECTURES[-1:]:
            found += [(name, str(number), kernel, signature, architecture) for name, kernel, signature in rungs]
        found += [(name, str(number), kernel, signature, ARCHITECTURES[-1]) for name, kernel, signature in others]
    return found


def convolutions(number, real):
    """Yield the rungs of the ladder; float64 goes no further than the second."""
    flat, maps, four, two = number[::1], number[:, :, :, ::1], types.UniTuple(int64, 4), types.UniTuple(int64, 2)
    yield "direct", direct, (maps, maps, flat, two, two, two, number, maps)
    for_one_window = (maps, maps, flat, int64, int64, number, maps)
    yield "tiled 3x3", tiled(TILE, (3, 3), (1, 1), (1, 1), real), for_one_window
    if number is float64:
        return
    for channels, filters in ((1, 8), (3, 16), (4, 16)):
        kernel = blocked(channels, (2 * TILE, TILE), filters, (3, 3), (1, 1), (1, 1), real)
        signature = (flat, flat, flat, four, four, four, int64, int64, two, number, flat)
        yield f"blocked {channels}x3x3 for {filters} filters", kernel, signature
    yield "arrange", arrange, (maps, number[:, :, ::1])
    for tile in TILES:
        signature = (flat, flat, flat, four, four, four, two, two, number, flat)
        yield f"implicit GEMM {tile.filters}x{tile.pixels}", implicit_gemm(tile, real), signature


def pools(number, real):
    """Yield the pools; of float32, windows of even width are read in pairs."""
    maps = number[:, :, ::1]
    for width in (2, 3):
        lanes = 2 if number is float32 and width == 2 else 1
        signature = (uint64[:, :, ::1] if lanes == 2 else maps, int64, int64, maps)
        for mode in ("max", "min", "average"):
            yield f"{mode} {width}x{width}", folded(mode, (width, width), real, lanes), signature
        yield f"median {width}x{width}", sorted_median((width, width), real, lanes), signature
    yield "median 5x5", sorted_median((5, 5), real, 1), (maps, int64, int64, maps)
    yield "median of large windows", counted_median, (maps, *[int64] * 4, maps)


def gradients(number, real):
    """Yield what gathers gradients."""
    flat, planes, maps, threads = number[::1], number[:, :, ::1], number[:, :, :, ::1], (16, 8, 1)
    two = types.UniTuple(int64, 2)
    yield "gradient by images", gather_for_images(real), (maps, maps, two, two, two, maps)
    yield "gradient by kernels", sum_for_kernels(threads, real), (maps, maps, two, two, two, number, maps)
    yield "gradient by bias", sum_for_bias(threads, real), (maps, flat)
    yield "gradient of average 2x2", gather_averages((2, 2), (2, 2), real), (planes, planes)
    for mode in ("max", "median"):
        yield f"gradient of {mode} 2x2", gather_shares(mode, (2, 2), (2, 2), real), (planes, planes, planes)


def small_layers(number, real):
    """Yield ReLU, dense layers and the loss."""
    flat, matrix = number[::1], number[:, ::1]
    yield "relu", rectify, (flat, flat)
    yield "gradient of relu", let_through, (flat, flat, flat)
    yield "dense", product_plus_bias(real, DENSE_TILE), (matrix, matrix, flat, matrix)
    for turned, name in ((False, "inputs"), (True, "weights")):
        yield f"gradient of dense by {name}", product(turned, real, DENSE_TILE), (matrix, matrix, matrix)
    yield "gradient of dense by bias", sum_columns(real), (matrix, flat)
    yield "softmax and loss", softmax_of_row(16, real), (matrix, int64[::1], flat, matrix)


def compiled(place):
    """Return the row of one kernel on one architecture: that at this place among all."""
    name, number, kernel, signature, architecture = kernels()[place]
    figures, code = compiler.build(kernel.py_func, signature, [architecture])[architecture]
    instructions = _disassembled(code)
    count = Counter(operation for _, operation in _instructions(instructions))
    busiest = _busiest_loop(instructions)
    return {
        "kernel": name,
        "type": number,
        "architecture": architecture,
        "registers": figures.registers,
        "spilled": figures.spilled,
        "local": sum(number for operation, number in count.items() if operation.startswith(("LDL", "STL"))),
        "multiply_adds": _multiply_adds(busiest),
        "wide_reads": _wide("LDS", busiest),
        "wide_loads": _wide("LDG", count),
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
    """Return how often each operation stands in the loop with most multiply-adds; of equal ones, in the innermost."""
    lines = listing.splitlines()
    labels = {line.strip()[:-1]: number for number, line in enumerate(lines) if line.startswith(".L_x_")}
    instructions = list(_instructions(listing))
    loops = []
    for number, line in enumerate(lines):
        jump = re.search(r"BRA.* `\((\.L_x_\d+)\)", line)
        if jump and labels[jump[1]] <= number:  # backwards
            loops.append(Counter(operation for at, operation in instructions if labels[jump[1]] <= at <= number))
    return max(loops, key=lambda loop: (_multiply_adds(loop), -loop.total()), default=Counter())


def _wide(load, operations):
    return sum(operations[name] for name in operations if re.fullmatch(rf"{load}\.(\w+\.)*(64|128)(\.\w+)*", name))


def _multiply_adds(operations):
    return operations["FFMA"] + operations["DFMA"]


def main():
    """Print the table."""
    table = csv.DictWriter(sys.stdout, COLUMNS, lineterminator="\n")
    table.writeheader()
    with ProcessPoolExecutor() as pool:
        table.writerows(pool.map(compiled, range(len(kernels()))))


def answer():
    """Print the rows that are asked for, as JSON."""
    keys = [f"{name}, {number}, {architecture}" for name, number, _, _, architecture in kernels()]
    print(*keys, "", sep="\n", flush=True)
    for line in sys.stdin:
        print(json.dumps(compiled(keys.index(line.strip()))), flush=True)


if __name__ == "__main__":
    answer() if "--ask" in sys.argv else main()
