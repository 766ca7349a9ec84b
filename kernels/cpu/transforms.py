"""Winograd's transforms of kernels, pixels and sums, in vectors: a vector has the same place of neighbouring channels.

See winograd.py, and winograd_gradient.py for the last two. A matrix times a square times the transposed matrix is the
matrix times all columns, then times all rows.
"""

from collections.abc import Callable, Sequence
from itertools import chain, product

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.core.base import BaseContext
from numba.core.typing import Context, Signature

from kernels.cpu.vectors import INDEX, load, pointer_to, store, vector_type
from kernels.intrinsics import Intrinsic, intrinsic

PLACES = 16  # in a tile of 4x4


def both_ways(line: Callable[..., list[ir.Value]], square: Sequence[ir.Value], size: int) -> list[list[ir.Value]]:
    """Transform the columns of a square of so many rows, then the rows of what comes out."""
    columns = [line(*square[s::size]) for s in range(size)]
    return [line(*row) for row in zip(*columns)]


def transform(
    builder: ir.IRBuilder,
    line: Callable[..., list[ir.Value]],
    sources: Sequence[ir.Value],
    targets: Sequence[ir.Value],
    count: ir.Value,
    vector: ir.VectorType,
    plus: ir.Value | None = None,
) -> None:
    """Build the loop that transforms so many squares side by side, in whole vectors.

    Sources and targets point to the places of the first square. What lies at `plus` is added to all places.
    """
    size = round(len(sources) ** 0.5)
    with cgutils.for_range_slice(builder, INDEX(0), count, INDEX(vector.count)) as (x, _):
        square = [load(builder, builder.gep(source, [x]), vector) for source in sources]
        more = load(builder, builder.gep(plus, [x]), vector) if plus else None
        for target, value in zip(targets, chain(*both_ways(line, square, size))):
            store(builder, builder.fadd(value, more) if more else value, builder.gep(target, [x]))


def square(builder: ir.IRBuilder, corner: ir.Value, down: ir.Value, right: ir.Value, size: int) -> list[ir.Value]:
    """Return pointers to the places of a square, row by row: so much further down, and to the right."""
    steps = ([builder.mul(step, INDEX(i)) for i in range(size)] for step in (down, right))
    return [builder.gep(corner, [builder.add(*step)]) for step in product(*steps)]


@intrinsic()
def spread(
    typing_context: Context,
    kernels: types.Array,
    at: types.Integer,
    weights: types.Array,
    to: types.Integer,
    pitch: types.Integer,
    filters: types.Integer,
) -> Intrinsic:
    """Write G kernel G' of each filter k: place p to weights[to + p * pitch + k].

    Weight i of the kernel is kernels[at + i * filters + k].
    G = [[1, 0, 0], [1/2, 1/2, 1/2], [1/2, -1/2, 1/2], [0, 0, 1]].
    """
    vector = vector_type(kernels)
    half = ir.Constant(vector, [0.5] * vector.count)

    def generate(
        context: BaseContext, builder: ir.IRBuilder, signature: Signature, arguments: Sequence[ir.Value]
    ) -> ir.Value:
        def line(a: ir.Value, b: ir.Value, c: ir.Value) -> list[ir.Value]:
            ends, middle = builder.fmul(builder.fadd(a, c), half), builder.fmul(b, half)
            return [a, builder.fadd(ends, middle), builder.fsub(ends, middle), c]

        kernels, weights = (pointer_to(context, builder, signature.args[i], *arguments[i : i + 2]) for i in (0, 2))
        pitch, filters = arguments[4:]
        sources = [builder.gep(kernels, [builder.mul(filters, INDEX(i))]) for i in range(9)]
        targets = [builder.gep(weights, [builder.mul(pitch, INDEX(p))]) for p in range(PLACES)]
        transform(builder, line, sources, targets, filters, vector)
        return context.get_dummy_value()

    index = types.intp
    return types.void(kernels, index, weights, index, index, index), generate


@intrinsic()
def mix(
    typing_context: Context,
    lines: types.Array,
    at: types.Integer,
    down: types.Integer,
    right: types.Integer,
    pixels: types.Array,
    to: types.Integer,
    pitch: types.Integer,
    channels: types.Integer,
) -> Intrinsic:
    """Write B tile B' of each channel c: place p to pixels[to + p * pitch + c].

    Pixel (r, s) of the tile is lines[at + r * down + s * right + c].
    B = [[1, 0, -1, 0], [0, 1, 1, 0], [0, -1, 1, 0], [0, 1, 0, -1]].
    """
    vector = vector_type(lines)

    def generate(
        context: BaseContext, builder: ir.IRBuilder, signature: Signature, arguments: Sequence[ir.Value]
    ) -> ir.Value:
        def line(a: ir.Value, b: ir.Value, c: ir.Value, d: ir.Value) -> list[ir.Value]:
            return [builder.fsub(a, c), builder.fadd(b, c), builder.fsub(c, b), builder.fsub(b, d)]

        lines, pixels = (pointer_to(context, builder, signature.args[i], *arguments[i : i + 2]) for i in (0, 4))
        (down, right), (pitch, channels) = arguments[2:4], arguments[6:]
        targets = [builder.gep(pixels, [builder.mul(pitch, INDEX(p))]) for p in range(PLACES)]
        transform(builder, line, square(builder, lines, down, right, 4), targets, channels, vector)
        return context.get_dummy_value()

    index = types.intp
    return types.void(lines, *[index] * 3, pixels, *[index] * 3), generate


@intrinsic()
def gather(
    typing_context: Context,
    sums: types.Array,
    at: types.Integer,
    pitch: types.Integer,
    bias: types.Array,
    first: types.Integer,
    results: types.Array,
    to: types.Integer,
    down: types.Integer,
    right: types.Integer,
    filters: types.Integer,
) -> Intrinsic:
    """Write A sums A' plus bias[first + k] of each filter k: output (r, s) to results[to + r * down + s * right + k].

    Place p of the tile is sums[at + p * pitch + k]. A = [[1, 1, 1, 0], [0, 1, -1, -1]].
    """
    vector = vector_type(sums)

    def generate(
        context: BaseContext, builder: ir.IRBuilder, signature: Signature, arguments: Sequence[ir.Value]
    ) -> ir.Value:
        def line(a: ir.Value, b: ir.Value, c: ir.Value, d: ir.Value) -> list[ir.Value]:
            return [builder.fadd(a, builder.fadd(b, c)), builder.fsub(builder.fsub(b, c), d)]

        sums, bias, results = (
            pointer_to(context, builder, signature.args[i], arguments[i], arguments[j]) for i, j in ((0, 1), (3, 4), (5, 6))
        )
        pitch, (down, right, filters) = arguments[2], arguments[7:]
        sources = [builder.gep(sums, [builder.mul(pitch, INDEX(p))]) for p in range(PLACES)]
        transform(builder, line, sources, square(builder, results, down, right, 2), filters, vector, bias)
        return context.get_dummy_value()

    index = types.intp
    return types.void(sums, index, index, bias, index, results, *[index] * 4), generate


@intrinsic()
def widen(
    typing_context: Context,
    lines: types.Array,
    at: types.Integer,
    down: types.Integer,
    right: types.Integer,
    gains: types.Array,
    to: types.Integer,
    pitch: types.Integer,
    filters: types.Integer,
) -> Intrinsic:
    """Write A' tile A of each filter k: place p to gains[to + p * pitch + k].

    Output (r, s) of the tile is lines[at + r * down + s * right + k]. A is that of gather.
    """
    vector = vector_type(lines)
    zeros = ir.Constant(vector, [0.0] * vector.count)

    def generate(
        context: BaseContext, builder: ir.IRBuilder, signature: Signature, arguments: Sequence[ir.Value]
    ) -> ir.Value:
        def line(a: ir.Value, b: ir.Value) -> list[ir.Value]:
            return [a, builder.fadd(a, b), builder.fsub(a, b), builder.fsub(zeros, b)]

        lines, gains = (pointer_to(context, builder, signature.args[i], *arguments[i : i + 2]) for i in (0, 4))
        (down, right), (pitch, filters) = arguments[2:4], arguments[6:]
        targets = [builder.gep(gains, [builder.mul(pitch, INDEX(p))]) for p in range(PLACES)]
        transform(builder, line, square(builder, lines, down, right, 2), targets, filters, vector)
        return context.get_dummy_value()

    index = types.intp
    return types.void(lines, *[index] * 3, gains, *[index] * 3), generate


@intrinsic()
def narrow(
    typing_context: Context,
    sums: types.Array,
    at: types.Integer,
    pitch: types.Integer,
    kernels: types.Array,
    to: types.Integer,
    filters: types.Integer,
) -> Intrinsic:
    """Write G' sums G of each filter k: weight i of its kernel to kernels[to + i * filters + k].

    Place p of the sums is sums[at + p * pitch + k]. G is that of spread.
    """
    vector = vector_type(sums)
    half = ir.Constant(vector, [0.5] * vector.count)

    def generate(
        context: BaseContext, builder: ir.IRBuilder, signature: Signature, arguments: Sequence[ir.Value]
    ) -> ir.Value:
        def line(a: ir.Value, b: ir.Value, c: ir.Value, d: ir.Value) -> list[ir.Value]:
            b, c = builder.fmul(b, half), builder.fmul(c, half)
            middle = builder.fadd(b, c)
            return [builder.fadd(a, middle), builder.fsub(b, c), builder.fadd(middle, d)]

        sums = pointer_to(context, builder, signature.args[0], *arguments[:2])
        kernels = pointer_to(context, builder, signature.args[3], *arguments[3:5])
        pitch, filters = arguments[2], arguments[5]
        sources = [builder.gep(sums, [builder.mul(pitch, INDEX(p))]) for p in range(PLACES)]
        targets = [builder.gep(kernels, [builder.mul(filters, INDEX(i))]) for i in range(9)]
        transform(builder, line, sources, targets, filters, vector)
        return context.get_dummy_value()

    index = types.intp
    return types.void(sums, index, index, kernels, index, index), generate
