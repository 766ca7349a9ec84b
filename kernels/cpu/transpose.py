"""Transposed copies of matrices, in square blocks of as many rows and columns as a vector has lanes.

The rows of a block are loaded as vectors. In the first step the lower half of the block's rows exchanges halves with the
upper one, in the second step quarters of each half do so, and so on, until single numbers have found their places.
"""

from collections.abc import Sequence
from functools import partial

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.core.base import BaseContext
from numba.core.typing import Context, Signature

from kernels.cpu.vectors import (
    INDEX,
    LANE,
    function_once,
    lanes_between,
    load_masked,
    pointer_to,
    store_first,
    vector_type,
)
from kernels.intrinsics import Intrinsic, intrinsic


@intrinsic()
def transpose(
    typing_context: Context,
    source: types.Array,
    at: types.Integer,
    pitch: types.Integer,
    rows: types.Integer,
    columns: types.Integer,
    target: types.Array,
    to: types.Integer,
    target_pitch: types.Integer,
) -> Intrinsic:
    """Copy the matrix (rows, columns) that begins at source[at] to target[to:], transposed; pitches lie between rows."""
    vector = vector_type(target)

    def generate(
        context: BaseContext, builder: ir.IRBuilder, signature: Signature, arguments: Sequence[ir.Value]
    ) -> ir.Value:
        kinds = signature.args
        source, target = (pointer_to(context, builder, kinds[i], arguments[i], arguments[i + 1]) for i in (0, 5))
        pitch, rows, columns, target_pitch = (arguments[i] for i in (2, 3, 4, 7))
        handed = source, pitch, rows, columns, target, target_pitch
        function, is_new = function_once(builder.module, f"transpose_{vector.element}", handed)
        if is_new:
            _build(function, vector)
        builder.call(function, handed)
        return context.get_dummy_value()

    index = types.intp
    return types.void(source, index, index, index, index, target, index, index), generate


def _build(function: ir.Function, vector: ir.VectorType) -> None:
    """Build transpose for these vectors."""
    source, pitch, rows, columns, target, target_pitch = function.args
    lanes, builder = vector.count, ir.IRBuilder(function.append_basic_block())

    def place(pointer: ir.Value, row: ir.Value, pitch: ir.Value, column: ir.Value) -> ir.Value:
        return builder.gep(pointer, [builder.add(builder.mul(row, pitch), column)])

    in_steps = partial(cgutils.for_range_slice, builder, INDEX(0), step=INDEX(lanes))
    with in_steps(rows) as (row, _), in_steps(columns) as (column, _):
        corners = place(source, row, pitch, column), place(target, column, target_pitch, row)
        left = builder.sub(rows, row), builder.sub(columns, column)
        _build_block(builder, vector, corners[0], pitch, *left, corners[1], target_pitch)
    builder.ret_void()


def _build_block(
    builder: ir.IRBuilder,
    vector: ir.VectorType,
    source: ir.Value,
    pitch: ir.Value,
    rows: ir.Value,
    columns: ir.Value,
    target: ir.Value,
    target_pitch: ir.Value,
) -> None:
    """Build the copy of a block, or of as many rows and columns as are left."""
    lanes = vector.count

    def line(pointer: ir.Value, pitch: ir.Value, count: ir.Value, i: int) -> ir.Value:
        inside = builder.icmp_signed("<", INDEX(i), count)
        return builder.gep(pointer, [builder.mul(pitch, builder.select(inside, INDEX(i), INDEX(0)))])

    nothing = ir.Constant(vector, [0.0] * lanes)
    mask = lanes_between(builder, LANE(0), builder.trunc(columns, LANE), lanes)
    block = [load_masked(builder, line(source, pitch, rows, i), mask, nothing) for i in range(lanes)]
    step = lanes // 2
    while step:
        upper = ir.Constant(ir.VectorType(LANE, lanes), [i if not i & step else lanes + i - step for i in range(lanes)])
        lower = ir.Constant(ir.VectorType(LANE, lanes), [i + step if not i & step else lanes + i for i in range(lanes)])
        for i in range(lanes):
            if not i & step:
                pair = block[i], block[i + step]
                block[i], block[i + step] = (builder.shuffle_vector(*pair, places) for places in (upper, lower))
        step //= 2
    # Where there is no column i, the first one is written over what came before.
    pairs = [(block[i], line(target, target_pitch, columns, i)) for i in reversed(range(lanes))]
    store_first(builder, pairs, rows)
