"""Whatever the language lets through, the machine carries out, or says why it cannot: no other exception, no warning."""

import ast
import random
import warnings
from copy import deepcopy
from pathlib import Path

import numpy as np
import pytest

from gpu.faults import KernelError
from gpu.findings.races import races
from gpu.findings.traffic import traffic
from gpu.language import Forbidden, NotPython
from gpu.machine.launch import Blank, Budget, Order, evaluate, launch
from gpu.machine.program import read

FOLDER = Path(__file__).parent.parent.parent / "solutions" / "cuda"
IMAGES, KERNELS, BIAS = np.ones((2, 3, 4), np.float32), np.ones((2, 2, 3, 3), np.float32), np.ones(2, np.float32)
# By the file: the kernel, its arguments but for the output, and the output's shape.
LAUNCHES = {
    "mapping": ("scale", [np.arange(5, dtype=np.float32), np.float32(2)], (5,)),
    "indexing": ("darken", [np.ones((3, 5), np.float32), np.float32(0.5)], (3, 5)),
    "direct": ("convolve", [IMAGES, KERNELS, BIAS, 1], (2, 3, 4)),
    "pooling": ("max_pool", [np.ones((2, 5, 7), np.float32)], (2, 2, 3)),
    "reduction": ("block_sums", [np.ones(300, np.float32)], (2,)),
    "tiled": ("convolve_tiled", [IMAGES, KERNELS, BIAS, 1], (2, 3, 4)),
}
ODD = """
0 | -1 | 1 << 62 | -1 << 63 | 2.5 | 1e308 | math.inf | math.nan | () | (1, 2) | (1, (2, 3)) | (1, 2)[i] | True | ~True
uint8(300) | int8(-1) | 2 ** 63 | 18446744073709551615 | 1 // 0 | 1 % 0 | 1 / 0 | 0 ** -1 | 1 << 200 | 1 >> -3
int(math.nan) | int(1e300) | math.log(0) | round(2.5) | abs(-1 << 63) | min(1, 2.5, True) | len((1, 2)) | cuda.grid(1)
cuda.grid(3) | cuda.laneid | cuda.shfl_sync(0xFFFFFFFF, 1, 40) | cuda.fma(1, 2, 3) | cuda.selp(1, 2, 3)
float64(1) if cuda.laneid else 3 | output | output.shape
"""
IMPORTS = "import math\nfrom numba import cuda, float32, float64, uint8, int8, int32, int64"


def is_read(node):
    return isinstance(node, ast.expr) and isinstance(getattr(node, "ctx", ast.Load()), ast.Load)


def spoilt(source, draw):
    """Return a program with a few of its expressions and statements replaced, doubled or left out."""
    tree = ast.parse(source)
    expressions = [node for node in ast.walk(tree) if is_read(node) and not isinstance(getattr(node, "value", 0), str)]
    expressions += [ast.parse(each.strip(), mode="eval").body for each in ODD.strip().replace("\n", "|").split("|")]
    for _ in range(draw.randint(1, 3)):
        places = [(node, field) for node in ast.walk(tree) for field, value in ast.iter_fields(node) if is_read(value)]
        bodies = [node.body for node in ast.walk(tree) if isinstance(node, (ast.FunctionDef, ast.If, ast.For, ast.While))]
        kind, body = draw.random(), draw.choice(bodies)
        if kind < 0.8:
            setattr(*draw.choice(places), deepcopy(draw.choice(expressions)))
        elif kind < 0.9 and len(body) > 1:
            body.pop(draw.randrange(len(body)))
        else:
            body.insert(draw.randint(0, len(body)), deepcopy(draw.choice(draw.choice(bodies))))
        tree = ast.parse(ast.unparse(ast.fix_missing_locations(tree)))
    tree.body[1:1] = ast.parse(IMPORTS).body  # behind the docstring
    return ast.unparse(ast.fix_missing_locations(tree))


def carry_out(source, file):
    """Read a program and launch its kernel in every order, as a grader does."""
    kernel, arguments, shape = LAUNCHES[file]
    functions = read(source, f"{file}.py").functions
    if not {kernel, f"launch_{kernel}"} <= functions.keys():
        return
    grid = evaluate(functions[f"launch_{kernel}"], *shape)
    blocks, threads = grid if isinstance(grid, tuple) and len(grid) == 2 else (1, 32)
    if any(type(size) is not int for sizes in (blocks, threads) for size in np.atleast_1d(np.array(sizes, object))):
        blocks, threads = 1, 32
    for order in Order:
        given = [each.copy() if isinstance(each, np.ndarray) else each for each in arguments]
        given.append(Blank(np.zeros(shape, np.float32)))
        small = {"budget": Budget(steps=3000, accesses=100_000), "order": order}
        recording = launch(functions[kernel], blocks, threads, given, **small)
        for fault in [*recording.faults, *races(recording)]:
            assert len(fault.sentence) < 600
        traffic(recording)


@pytest.mark.sampled(15)
@pytest.mark.parametrize("seed", range(600))
def test_the_machine_survives_what_the_language_lets_through(seed):
    draw = random.Random(seed)
    file = draw.choice(list(LAUNCHES))
    master = (FOLDER / f"{file}.py").read_text(encoding="utf-8")
    taken = 0
    while not taken:  # most are refused
        source = spoilt(master, draw)
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            try:
                carry_out(source, file)
            except (Forbidden, NotPython):
                continue
            except KernelError as error:
                assert len(error.sentence) < 600
        taken += 1
