"""Compile every CUDA kernel without a GPU, and print what NVIDIA's compiler makes of it, as the table compiled.csv.

    python tests/kernels/compile_kernels.py > tests/kernels/compiled.csv

registers and spilled bytes are the assembler's count; local: loads and stores of local memory; multiply_adds, wide_reads:
in the loop that computes most, where a wide read brings two or four numbers from shared memory at once.
"""

import csv
import re
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from types import SimpleNamespace

import numpy as np
from cuda.pathfinder import find_nvidia_binary_utility
from numba import float32, float64, int64, types

from kernels.cuda.convolution.blocked import blocked
from kernels.cuda.convolution.direct import direct
from kernels.cuda.convolution.implicit_gemm import TILES, arrange, implicit_gemm
from kernels.cuda.convolution.tiled import TILE, tiled
from kernels.cuda.device import cuda
from kernels.cuda.pooling import POOLS

CAPABILITIES = ((7, 5), (8, 0), (9, 0))  # Turing (Colab's T4), Ampere, Hopper; float64 for the last only
COLUMNS = ("kernel", "type", "architecture", "registers", "spilled", "local", "multiply_adds", "wide_reads")


def kernels():
    """Yield the name, type of numbers, kernel and signature of each kernel that the program launches."""
    four, two = types.UniTuple(int64, 4), types.UniTuple(int64, 2)
    for number, real in ((float32, np.float32), (float64, np.float64)):
        flat, maps = number[::1], number[:, :, :, ::1]
        specialised = (maps, maps, flat, int64, int64, number, maps)
        yield "direct", number, direct, (maps, maps, flat, *[int64] * 4, number, maps)
        yield "tiled, 3x3", number, tiled(TILE, (3, 3), (1, 1), real), specialised
        for mode, pool in POOLS.items():
            yield f"pool {mode}", number, pool, (maps, *[int64] * 4, maps)
        if number is float32:
            for filters in (8, 16):
                yield f"blocked, {filters} filters, 3x3", number, blocked(TILE, filters, (3, 3), (1, 1), real), specialised
            yield "arrange", number, arrange, (maps, number[:, :, ::1])
            for tile in TILES:
                signature = (flat, flat, flat, four, four, four, two, two, number, flat)
                yield f"implicit GEMM {tile.filters}x{tile.pixels}", number, implicit_gemm(tile, real), signature


def compiled(kernel, signature, capability):
    """Return the row of one kernel on one architecture, without its names."""
    ptx, _ = cuda.compile_ptx(kernel.py_func, signature, cc=capability)
    with tempfile.TemporaryDirectory() as folder:
        source, binary = Path(folder, "kernel.ptx"), Path(folder, "kernel.cubin")
        source.write_text(ptx)
        said = _run("ptxas", "-v", "-arch=sm_{}{}".format(*capability), source, "-o", binary).stderr
        instructions = _run("nvdisasm", "-c", binary).stdout
    count = Counter(operation for _, operation in _instructions(instructions))
    busiest = _busiest_loop(instructions)
    return {
        "registers": int(re.search(r"Used (\d+) registers", said)[1]),
        "spilled": sum(map(int, re.findall(r"(\d+) bytes spill", said))),
        "local": sum(number for operation, number in count.items() if operation.startswith(("LDL", "STL"))),
        "multiply_adds": _multiply_adds(busiest),
        "wide_reads": sum(busiest[operation] for operation in busiest if re.fullmatch(r"LDS\.(U\.)?(64|128)", operation)),
    }


def _run(tool, *arguments):
    return subprocess.run([find_nvidia_binary_utility(tool), *arguments], capture_output=True, text=True, check=True)


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


def _multiply_adds(operations):
    return operations["FFMA"] + operations["DFMA"]


def main():
    """Print the table."""
    # Numba asks for the GPU that is there, and NVIDIA's run-time compiler for what it knows. Neither is needed to compile.
    cuda.cudadrv.nvrtc.get_supported_ccs = lambda: CAPABILITIES
    table = csv.DictWriter(sys.stdout, COLUMNS, lineterminator="\n")
    table.writeheader()
    for name, number, kernel, signature in kernels():
        for capability in CAPABILITIES if number is float32 else CAPABILITIES[-1:]:
            cuda.dispatcher.get_current_device = lambda found=capability: SimpleNamespace(compute_capability=found)
            names = {"kernel": name, "type": number, "architecture": "sm_{}{}".format(*capability)}
            table.writerow(names | compiled(kernel, signature, capability))


if __name__ == "__main__":
    main()
