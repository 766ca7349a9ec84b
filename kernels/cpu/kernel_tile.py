"""The register tiles of convolution's gradient by the kernels: the innermost loops, as tile.py has the one forward.

The sums are those of some weights for some filters, and the depth of the product is the pixels of the output. Many filters
fill the vectors: a step loads the upstream gradient of a pixel, for all of them, and the pixel that each weight met, one
number. Few filters, such as the one that a channel of its own has, would leave vectors empty. Then neighbouring pixels fill
them, for one filter at a time, and each sum is spread over the lanes until the end.
"""

from collections.abc import Sequence

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.core.base import BaseContext
from numba.core.typing import Context, Signature

from kernels.cpu.compiled import inner
from kernels.cpu.vectors import (
    INDEX,
    LANE,
    REGISTERS,
    broadcast,
    lanes_between,
    load,
    load_masked,
    pointer_to,
    size_of,
    store,
    vector_type,
)
from kernels.intrinsics import Intrinsic, intrinsic
from kernels.types import Floats, Integers

VECTORS = 2
MOST_ROWS = 8  # each has an address in a register of its own
SUMS = 24 if REGISTERS == 32 else 12  # vectors: those of the upstream and one pixel must fit in, too
DOTS = 10  # weights: those of a 3x3 kernel, and its bias


def rows_of(vectors: int) -> int:
    """Return how many weights a tile of this many vectors of filters has."""
    return min(MOST_ROWS, SUMS // vectors)


@inner
def add_product(
    panel: Floats,
    at: int,
    offsets: Integers,
    first: int,
    gains: Floats,
    gain: int,
    depth: int,
    sums: Floats,
    to: int,
    vectors: int,
) -> None:
    """Add panel[offsets[first + f] + at + d] * gains[gain + d, j], summed over d < depth, to sums[to + f, j].

    gains and sums are flat; their rows hold 1 to VECTORS vectors. f runs over rows_of(vectors) weights.
    """
    if vectors == 2:
        _tile(panel, at, offsets, first, gains, gain, depth, sums, to, 2)
    elif vectors == 1:
        _tile(panel, at, offsets, first, gains, gain, depth, sums, to, 1)


@intrinsic(prefer_literal=True)
def _tile(
    typing_context: Context,
    panel: types.Array,
    at: types.Integer,
    offsets: types.Array,
    first: types.Integer,
    gains: types.Array,
    gain: types.Integer,
    depth: types.Integer,
    sums: types.Array,
    to: types.Integer,
    vectors: types.Integer,
) -> Intrinsic:
    """Build the loop for this number of vectors."""
    vector = vector_type(sums)
    columns = range(vectors.literal_value)
    rows = range(rows_of(len(columns)))
    pitch = len(columns) * vector.count
    fused = ("contract",)  # product and sum in one instruction, where the machine has it

    def generate(
        context: BaseContext, builder: ir.IRBuilder, signature: Signature, arguments: Sequence[ir.Value]
    ) -> ir.Value:
        panel, offsets, gains, sums = (
            pointer_to(context, builder, signature.args[i], arguments[i], arguments[i + 1]) for i in (0, 2, 4, 7)
        )
        depth = arguments[6]
        pixels = [builder.gep(panel, [builder.load(builder.gep(offsets, [INDEX(f)]))]) for f in rows]
        begin = [[load(builder, sums, vector, f * pitch + v * vector.count) for v in columns] for f in rows]
        before, step, after = builder.block, builder.append_basic_block("step"), builder.append_basic_block("after")
        builder.branch(step)

        builder.position_at_end(step)
        d, line = builder.phi(INDEX), builder.phi(gains.type)
        total = [[builder.phi(vector) for _ in columns] for _ in rows]  # "phi": begin at first, then the last step's
        gain = [load(builder, line, vector, v * vector.count) for v in columns]
        for f in rows:
            pixel = broadcast(builder, builder.load(builder.gep(pixels[f], [d])), vector.count)
            for v in columns:
                more = builder.fadd(total[f][v], builder.fmul(pixel, gain[v], flags=fused), flags=fused)
                total[f][v].add_incoming(begin[f][v], before)
                total[f][v].add_incoming(more, step)
                total[f][v] = more
        following = builder.add(d, INDEX(1))
        for phi, start, later in ((d, INDEX(0), following), (line, gains, builder.gep(line, [INDEX(pitch)]))):
            phi.add_incoming(start, before)
            phi.add_incoming(later, step)
        builder.cbranch(builder.icmp_signed("<", following, depth), step, after)

        builder.position_at_end(after)
        for f in rows:
            for v in columns:
                store(builder, total[f][v], sums, f * pitch + v * vector.count)
        return context.get_dummy_value()

    index = types.intp
    return types.void(panel, index, offsets, index, gains, index, index, sums, index, vectors), generate


@intrinsic()
def add_dots(
    typing_context: Context,
    panel: types.Array,
    at: types.Integer,
    offsets: types.Array,
    first: types.Integer,
    upstream: types.Array,
    gain: types.Integer,
    depth: types.Integer,
    sums: types.Array,
    to: types.Integer,
    pitch: types.Integer,
) -> Intrinsic:
    """Add panel[offsets[first + f] + at + d] * upstream[gain + d], summed over d < depth, to sums[to + f * pitch].

    All arrays are flat. f runs over DOTS weights.
    """
    vector = vector_type(sums)
    number, lanes = vector.element, vector.count
    zeros = ir.Constant(vector, [0.0] * lanes)

    def generate(
        context: BaseContext, builder: ir.IRBuilder, signature: Signature, arguments: Sequence[ir.Value]
    ) -> ir.Value:
        panel, offsets, upstream, sums = (
            pointer_to(context, builder, signature.args[i], arguments[i], arguments[i + 1]) for i in (0, 2, 4, 7)
        )
        depth, pitch = arguments[6], arguments[9]
        lines = [builder.gep(panel, [builder.load(builder.gep(offsets, [INDEX(f)]))]) for f in range(DOTS)]
        totals = [cgutils.alloca_once_value(builder, zeros) for _ in lines]
        with cgutils.for_range_slice(builder, INDEX(0), depth, INDEX(lanes)) as (d, _):
            left = builder.trunc(builder.sub(depth, d), LANE)
            mask = lanes_between(builder, LANE(0), left, lanes)
            gains = load_masked(builder, builder.gep(upstream, [d]), mask, zeros)
            for line, total in zip(lines, totals):
                product = builder.fmul(
                    load_masked(builder, builder.gep(line, [d]), mask, zeros), gains, flags=("contract",)
                )
                builder.store(builder.fadd(builder.load(total), product, flags=("contract",)), total)
        kind = ir.FunctionType(number, [number, vector])
        name = f"llvm.vector.reduce.fadd.v{lanes}f{8 * size_of(vector)}"
        reduce = cgutils.get_or_insert_function(builder.module, kind, name)
        for f, total in enumerate(totals):
            place = builder.gep(sums, [builder.mul(pitch, INDEX(f))])
            more = builder.call(reduce, [number(0.0), builder.load(total)], fastmath=("reassoc",))
            builder.store(builder.fadd(builder.load(place), more), place)
        return context.get_dummy_value()

    index = types.intp
    return types.void(panel, index, offsets, index, upstream, index, index, sums, index, index), generate
