"""Products of whole matrices, by the register tile of the convolutions.

The right matrix is laid out in panels: blocks of its rows, as wide as a tile, each row behind the one before. A panel stays
in the first-level cache while the rows of the left matrix pass over it. What is given transposed is turned while it is laid
out, so that the three products of a dense layer are one, with other matrices. Where rows of memory lie close together, and
are read a few times only, they are read where they are: that takes less time than to lay them out.

Threads take parts of the sums in turn. Each sum is added up by one thread, in order: its bits depend neither on the threads
nor on the parts. Small matrices, and a left one of few rows, for which a panel would not pay, are left to NumPy's BLAS.

Source: Goto and van de Geijn, Anatomy of High-Performance Matrix Multiplication, 2008.
"""

from collections.abc import Sequence

import numpy as np
from llvmlite import ir
from numba import types
from numba.core.base import BaseContext
from numba.core.typing import Context, Signature

from kernels.cpu.compiled import compiled, inner
from kernels.cpu.integers import up
from kernels.cpu.product import product
from kernels.cpu.shares import handed_out, in_shares
from kernels.cpu.threads import shares_of
from kernels.cpu.tile import SHAPES, next_tile
from kernels.cpu.transpose import transpose
from kernels.cpu.vectors import LANE, aligned, lanes_between, lanes_of, load_masked, pointer_to, store, vector_type
from kernels.intrinsics import Intrinsic, intrinsic
from kernels.types import Floats, Integers

DEPTH = 192  # rows of a panel, at most: it fits into the first-level cache
TURNED_DEPTH = 352  # the same where the right matrix is turned
ROWS = 512  # of a part of the sums, at most: with what they are made of, they fit into the second-level cache
VECTORS = 24  # in a row of a part, at most
MANY = 1000  # columns: the left matrix is read so often that it is laid out, too
NEAR = 4096  # bytes from row to row, at most: rows share pages of memory, and do not drive each other out of the cache
NEIGHBOURS = 8  # rows that are laid out together: more of them drive each other out of the cache
SELDOM = 128  # rows: the right matrix is read so seldom that it need not be laid out
LITTLE = 250_000  # multiply-adds: fewer are done before all is laid out, and OpenBLAS begins no threads for them
FEW = 16  # rows, for which no panel is laid out
WORTH_THREADS = 400_000  # multiply-adds: fewer are done before a second thread has begun
INDEX = np.dtype(np.intp)
TALLEST = SHAPES[0][0]
WIDEST = max(wide for _, wide in SHAPES)


def write_product(
    left: Floats, turned_left: bool, right: Floats, turned_right: bool, sums: Floats, bias: Floats | None = None
) -> None:
    """Write left (M, K) times right (K, N), plus a row of biases, to sums (M, N). A turned matrix is given transposed."""
    depth = left.shape[0 if turned_left else 1]
    in_place = not turned_right and len(sums) <= SELDOM and right.strides[0] <= NEAR
    if (len(sums) < FEW and not in_place) or sums.size * depth < LITTLE:
        # Unlike np.matmul, np.dot does not look for NaN and infinities to warn of, which would take it a microsecond.
        np.dot(left.T if turned_left else left, right.T if turned_right else right, out=sums)
        if bias is not None:
            _add_to_rows(bias, sums)
        return
    shares = shares_of(sums.size * depth, WORTH_THREADS)
    in_bands = sums.shape[1] > MANY or (turned_left and left.strides[0] > NEAR)
    most_depth = TURNED_DEPTH if turned_right else DEPTH
    if in_bands:
        bands = np.empty(left.shape, left.dtype)
        _lay_bands(left, turned_left, bands, most_depth, shares)
        left = bands
    matrices = left, turned_left, in_bands, right, turned_right, in_place, sums[0, :0] if bias is None else bias, sums
    _multiply(*matrices, depth, most_depth, ROWS, VECTORS, np.zeros(1, np.int64), shares)


@compiled
def _add_to_rows(bias: Floats, matrix: Floats) -> None:
    for n in range(len(matrix)):
        row = matrix[n]
        for i in range(len(row)):
            row[i] += bias[i]


@in_shares
def _lay_bands(left: Floats, turned: bool, laid: Floats, most_depth: int, share: int, shares: int) -> None:
    """Write a share of the left matrix to bands: for each block of its columns, the rows one behind the other."""
    values, bands, pitch = left.reshape(left.size), laid.reshape(laid.size), left.shape[1]
    rows, depth = (left.shape[1], left.shape[0]) if turned else left.shape
    top, bottom = rows * share // shares, rows * (share + 1) // shares
    block = _block(depth, most_depth)
    for first in range(0, depth, block):
        deep, to = min(block, depth - first), first * rows
        if turned:
            transpose(values, first * pitch + top, pitch, deep, bottom - top, bands, to + top * deep, deep)
        else:
            for row in range(top, bottom):
                for i in range(deep):
                    bands[to + row * deep + i] = values[row * pitch + first + i]


@in_shares
def _multiply(
    left: Floats,
    turned_left: bool,
    in_bands: bool,
    right: Floats,
    turned: bool,
    in_place: bool,
    bias: Floats,
    sums: Floats,
    depth: int,
    most_depth: int,
    most_rows: int,
    most_vectors: int,
    taken: Integers,
    share: int,
    shares: int,
) -> None:
    """Compute one share of the sums."""
    (rows, columns), lanes = sums.shape, lanes_of(sums)
    lefts, rights, totals = left.reshape(left.size), right.reshape(right.size), sums.reshape(sums.size)
    block, vectors = _block(depth, most_depth), up(columns, lanes)
    if vectors >= 2 * shares:
        parts = shares * up(vectors, shares * most_vectors)
        high, wide = min(rows, most_rows), up(vectors, parts) * lanes
    else:
        high, wide = min(up(rows, TALLEST * shares) * TALLEST, most_rows), columns
    across, down = up(columns, wide), up(rows, high)
    panels = aligned(block * (wide + lanes), sums.dtype)
    waiting = aligned(high * (wide + lanes) if block < depth else 0, sums.dtype)
    biases = aligned(columns + lanes, sums.dtype)
    for i in range(columns + lanes):
        biases[i] = bias[i] if i < len(bias) else 0  # tiles read on behind the last one
    offsets = np.empty((WIDEST + 1, block), INDEX)  # of the rows in a panel of so many vectors; first, of those in place
    for v in range(WIDEST + 1):
        apart = v * lanes if v else right.shape[1]
        for d in range(block):
            offsets[v, d] = d * apart
    for task in handed_out(across * down, taken, shares):
        top, begin = task // across * high, task % across * wide
        bottom, end = min(rows, top + high), min(columns, begin + wide)
        for first in range(0, depth, block):
            deep = min(block, depth - first)
            if in_bands:
                corner, pitch, step = first * rows, deep, 1
            elif turned_left:
                corner, pitch, step = first * rows, 1, rows
            else:
                corner, pitch, step = first, depth, 1
            laid = begin
            while in_place and end - laid >= lanes:  # whole vectors: to read on behind the last one might not be allowed
                many, broad = _panel(bottom - top, end - laid, lanes)
                if many < broad * lanes:
                    break
                laid += many
            _lay_panels(rights, turned, right.shape[1], first, deep, laid, end, bottom - top, panels)
            column, panel, waits = begin, 0, 0
            while column < end:
                many, broad = _panel(bottom - top, end - column, lanes)
                if column < laid:
                    pixels, at, apart = rights, first * right.shape[1] + column, 0
                else:
                    pixels, at, apart = panels, panel, broad
                    panel += broad * lanes * deep
                waits = product(
                    lefts, corner, pitch, step, deep, pixels, at, offsets[apart], biases[column:], True,
                    first + deep == depth, waiting, waits, totals, column, columns, top, bottom, many, False,
                )  # fmt: skip
                column += many


@inner
def _lay_panels(
    right: Floats,
    turned: bool,
    pitch: int,
    first: int,
    deep: int,
    begin: int,
    end: int,
    rows: int,
    panels: Floats,
) -> None:
    """Lay out so many rows, from the first on, of the columns from begin to end: one panel behind the other."""
    lanes = lanes_of(panels)
    step = deep if turned else NEIGHBOURS
    for d in range(0, deep, step):
        column, panel = begin, 0
        while column < end:
            many, broad = _panel(rows, end - column, lanes)
            if turned:
                if many < broad * lanes:
                    for row in range(deep):  # numbers left there might be slow to multiply
                        _copy_vector(right, 0, 0, panels, panel + row * broad * lanes + many // lanes * lanes)
                transpose(right, column * pitch + first, pitch, many, deep, panels, panel, broad * lanes)
            else:
                for row in range(d, min(d + step, deep)):
                    source, target = (first + row) * pitch + column, panel + row * broad * lanes
                    for x in range(0, many, lanes):
                        _copy_vector(right, source + x, many - x, panels, target + x)
            column, panel = column + many, panel + broad * lanes * deep


@inner
def _panel(rows: int, columns: int, lanes: int) -> tuple[int, int]:
    """Return how many columns the next panel takes, and how many vectors wide it is."""
    _, broad = next_tile(rows, up(columns, lanes))
    return min(columns, broad * lanes), broad


@inner
def _block(depth: int, most: int) -> int:
    """Return the depth of a block if all are about as deep, and none deeper than this."""
    deep: int = up(depth, up(depth, most))
    return deep


@intrinsic()
def _copy_vector(
    typing_context: Context,
    source: types.Array,
    at: types.Integer,
    count: types.Integer,
    target: types.Array,
    to: types.Integer,
) -> Intrinsic:
    """Copy a vector of source[at:] to target[to:]; zeros in place of what comes after this many numbers."""
    vector = vector_type(target)

    def generate(
        context: BaseContext, builder: ir.IRBuilder, signature: Signature, arguments: Sequence[ir.Value]
    ) -> ir.Value:
        source, target = (pointer_to(context, builder, signature.args[i], *arguments[i:j]) for i, j in ((0, 2), (3, 5)))
        inside = lanes_between(builder, LANE(0), builder.trunc(arguments[2], LANE), vector.count)
        store(builder, load_masked(builder, source, inside, ir.Constant(vector, [0.0] * vector.count)), target)
        return context.get_dummy_value()

    index = types.intp
    return types.void(source, index, index, target, index), generate
