"""The register tile: the innermost loop of every convolution, where nearly all of the time goes.

In one cycle a core multiplies and adds two vectors, but it also loads no more than two. So whatever is loaded must be used
several times, and sums must not travel to memory and back at every step. The tile keeps the sums of 8 filters by 3 vectors
of pixels in registers, while it walks along the depth of the product: channels and places of the kernel. One step loads 3
vectors and 8 weights, 11 loads, for 24 multiply-adds:

                 pixels   pixels   pixels        each vector is used for 8 filters
    weight 0       sum      sum      sum
    weight 1       sum      sum      sum         each weight, copied to all lanes, for 3 vectors of pixels
      ...          ...      ...      ...
    weight 7       sum      sum      sum

Smaller tiles compute what is left over at the edges, and write no column beyond them.

Plain loops in Numba leave the sums in memory. So this loop is built from LLVM's vector instructions, which LLVM turns into
AVX-512, AVX2 or NEON. The Python loops below run while it is built: they unroll it, and each sum gets its own register.

Source: Goto and van de Geijn, Anatomy of High-Performance Matrix Multiplication, 2008.
"""

from collections.abc import Sequence
from itertools import product

from llvmlite import ir
from numba import types
from numba.core.base import BaseContext
from numba.core.typing import Context, Signature

from kernels.cpu.vectors import (
    INDEX,
    LINE_BYTES,
    REGISTERS,
    broadcast,
    function_once,
    load,
    pointer_to,
    prefetch,
    size_of,
    store,
    store_first,
    vector_type,
)
from kernels.intrinsics import Intrinsic, intrinsic

# (rows, vectors), the best first. The sums, a step's vectors of pixels and one weight must fit into the registers.
SHAPES: tuple[tuple[int, int], ...] = ((4, 3), (4, 2), (4, 1), (2, 4), (2, 2), (2, 1), (1, 4), (1, 2), (1, 1))
if REGISTERS == 32:
    SHAPES = ((8, 3), (4, 4), (8, 2), (8, 1), (4, 2), (4, 1), (1, 4), (1, 2), (1, 1))
WAITING, BY_ROW, BY_COLUMN = 0, 1, 2  # what the sums of a tile begin with


@intrinsic()
def next_tile(typing_context: Context, rows: types.Integer, vectors: types.Integer) -> Intrinsic:
    """Return the shape of the best tile to begin so many rows by so many vectors with. It never leaves a single vector."""
    pair = types.UniTuple(types.intp, 2)

    def generate(
        context: BaseContext, builder: ir.IRBuilder, signature: Signature, arguments: Sequence[ir.Value]
    ) -> ir.Value:
        rows, vectors = arguments
        best = [INDEX(1), INDEX(1)]
        for shape in reversed(SHAPES):
            tall, wide = map(INDEX, shape)
            enough = builder.icmp_signed("<=", tall, rows), builder.icmp_signed("<=", wide, vectors)
            none_alone = builder.icmp_signed("!=", builder.sub(vectors, wide), INDEX(1))
            fits = builder.and_(builder.and_(*enough), none_alone)
            best = [builder.select(fits, *choice) for choice in zip((tall, wide), best)]
        return context.make_tuple(builder, pair, best)

    return pair(types.intp, types.intp), generate


@intrinsic(prefer_literal=True)
def multiply(
    typing_context: Context,
    weights: types.Array,
    weights_at: types.Integer,
    weights_pitch: types.Integer,
    weights_step: types.Integer,
    tall: types.Integer,
    depth: types.Integer,
    pixels: types.Array,
    pixels_at: types.Integer,
    offsets: types.Array,
    bias: types.Array,
    bias_at: types.Integer,
    begin: types.Integer,
    end: types.Integer,
    waiting: types.Array,
    waiting_at: types.Integer,
    sums: types.Array,
    sums_at: types.Integer,
    sums_pitch: types.Integer,
    columns: types.Integer,
) -> Intrinsic:
    """Add weights times pixels to `tall` rows of sums: the rows and the vectors of columns are those of one of the SHAPES.

    The arrays are C-contiguous. Each _at is the number at which the tile's part begins, each _pitch how much further the
    next row does, weights_step how much further a row's next weight is; columns are numbered x:

        sums[f, x] = waiting[f, x] + sum over d of weights[f, d] * pixels[offsets[d] + x]

    If `begin` is BY_ROW, the sums begin with bias[f] instead, if it is BY_COLUMN, with bias[x]. Unless `end`, they go back
    to wait: there lie whole vectors, in the order in which tiles are computed. Pixels, and a bias by column, are read, and
    dropped, as far as the last vector reaches.
    Where `tall` is a constant, no other tiles are compiled.
    """
    vector = vector_type(pixels)
    known = tall.literal_value if isinstance(tall, types.IntegerLiteral) else 0

    def generate(
        context: BaseContext, builder: ir.IRBuilder, signature: Signature, arguments: Sequence[ir.Value]
    ) -> ir.Value:
        def pointer(i: int) -> ir.Value:
            return pointer_to(context, builder, signature.args[i], arguments[i], arguments[i + 1])

        weights, pixels, bias, waiting, sums = (pointer(i) for i in (0, 6, 9, 13, 15))
        offsets = pointer_to(context, builder, signature.args[8], arguments[8], INDEX(0))
        pitch, step, tall, depth = arguments[2:6]
        (begin, end), (sums_pitch, columns) = arguments[11:13], arguments[17:]
        wide = builder.sdiv(builder.add(columns, INDEX(vector.count - 1)), INDEX(vector.count))
        shape = builder.add(builder.mul(tall, INDEX(8)), wide)
        handed = weights, pitch, step, depth, pixels, offsets, bias, begin, end, waiting, sums, sums_pitch, columns, shape
        function, is_new = function_once(builder.module, f"tiles_{known}_{vector.element}", handed)
        if is_new:
            _build_choice(function, vector, [shape for shape in SHAPES if known in (0, shape[0])])
        builder.call(function, handed)
        return context.get_dummy_value()

    index = types.intp
    kinds = (weights, *[index] * 5, pixels, index, offsets, bias, *[index] * 3, waiting, index, sums, *[index] * 3)
    return types.void(*kinds), generate


def _build_choice(function: ir.Function, vector: ir.VectorType, shapes: Sequence[tuple[int, int]]) -> None:
    """Build the call of the tile of the shape that is handed on last.

    If this were done where `multiply` is called, Numba would count references to the arrays up before and down after: it
    does not see across branches that it need not. That would take as long as a fifth of a small tile.
    """
    builder = ir.IRBuilder(function.append_basic_block())
    *handed, shape = function.args
    unknown = function.append_basic_block("unknown")
    choice = builder.switch(shape, unknown)
    for tall, wide in shapes:
        block = function.append_basic_block("tile")
        choice.add_case(INDEX(tall * 8 + wide), block)
        builder.position_at_end(block)
        tile, is_new = function_once(function.module, f"tile_{tall}_{wide}_{vector.element}", handed)
        if is_new:
            _build(tile, vector, tall, wide)
        builder.call(tile, handed)
        builder.ret_void()
    builder.position_at_end(unknown)
    builder.unreachable()


def _build(function: ir.Function, vector: ir.VectorType, tall: int, wide: int) -> None:
    """Build the loop of a tile of this shape."""
    weights, pitch, apart, depth, pixels, offsets, bias, begin, end, waiting, sums, sums_pitch, columns = function.args
    entry, by_row, by_column, more, step, after, wait, finish = (
        function.append_basic_block(name)
        for name in ("entry", "by_row", "by_column", "more", "step", "after", "wait", "finish")
    )
    lanes, fused = vector.count, ("contract",)  # product and sum in one instruction, where the machine has it
    grid, last = [*product(range(tall), range(wide))], wide - 1

    builder = ir.IRBuilder(entry)
    weight_rows = [builder.gep(weights, [builder.mul(pitch, INDEX(f))]) for f in range(tall)]
    lines = [builder.gep(sums, [builder.mul(sums_pitch, INDEX(f))]) for f in range(tall)]
    with builder.if_then(builder.icmp_signed("!=", end, INDEX(0))):  # what is written to is fetched meanwhile
        for line in lines:
            for at in (*range(0, wide * lanes, LINE_BYTES // size_of(vector)), wide * lanes - 1):
                prefetch(builder, builder.gep(line, [INDEX(at)]), to_write=True)
    choice = builder.switch(begin, more)
    choice.add_case(INDEX(BY_ROW), by_row)
    choice.add_case(INDEX(BY_COLUMN), by_column)

    builder.position_at_end(by_row)
    rows = [broadcast(builder, builder.load(builder.gep(bias, [INDEX(f)])), lanes) for f in range(tall)]
    builder.branch(step)

    builder.position_at_end(by_column)
    columns_of_bias = [load(builder, bias, vector, v * lanes) for v in range(wide)]
    builder.branch(step)

    builder.position_at_end(more)
    old = {(f, v): load(builder, waiting, vector, (f * wide + v) * lanes) for f, v in grid}
    builder.branch(step)

    builder.position_at_end(step)
    d, total = builder.phi(INDEX), {at: builder.phi(vector) for at in grid}  # "phi": what depends on where we come from
    at, along = builder.gep(pixels, [builder.load(builder.gep(offsets, [d]))]), builder.mul(d, apart)
    read = [load(builder, at, vector, v * lanes) for v in range(wide)]
    for f in range(tall):
        weight = broadcast(builder, builder.load(builder.gep(weight_rows[f], [along])), lanes)
        for v in range(wide):
            more_of_it = builder.fadd(total[f, v], builder.fmul(weight, read[v], flags=fused), flags=fused)
            begun = (rows[f], by_row), (columns_of_bias[v], by_column), (old[f, v], more)
            for value, block in (*begun, (more_of_it, step)):
                total[f, v].add_incoming(value, block)
            total[f, v] = more_of_it
    following = builder.add(d, INDEX(1))
    for value, block in (*((INDEX(0), block) for block in (by_row, by_column, more)), (following, step)):
        d.add_incoming(value, block)
    builder.cbranch(builder.icmp_signed("<", following, depth), step, after)

    builder.position_at_end(after)
    builder.cbranch(builder.icmp_signed("!=", end, INDEX(0)), finish, wait)

    builder.position_at_end(wait)
    for f, v in grid:
        store(builder, total[f, v], waiting, (f * wide + v) * lanes)
    builder.ret_void()

    builder.position_at_end(finish)
    for f, v in product(range(tall), range(last)):
        store(builder, total[f, v], lines[f], v * lanes)
    ends = [(total[f, last], builder.gep(lines[f], [INDEX(last * lanes)])) for f in range(tall)]
    store_first(builder, ends, builder.sub(columns, INDEX(last * lanes)))
    builder.ret_void()
