"""Transposed copies of matrices, in square blocks of as many rows and columns as a vector has lanes.

The rows of a block are loaded as vectors. In the first step the lower half of the block's rows exchanges halves with the
upper one, in the second step quarters of each half do so, and so on, until single numbers have found their places.
"""

from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from kernels.cpu.compiled import inner
from kernels.cpu.vectors import INDEX, LANE, VECTOR_BYTES, lanes_between, load_masked, pointer_to, store_masked, vector_type


@inner
def transpose(source, at, pitch, rows, columns, target, to, target_pitch):
    """Copy the matrix (rows, columns) that begins at source[at] to target[to:], transposed; pitches lie between rows."""
    lanes = VECTOR_BYTES // target.itemsize
    for row in range(0, rows, lanes):
        for column in range(0, columns, lanes):
            place, corner = at + row * pitch + column, to + column * target_pitch + row
            _transpose_block(source, place, pitch, rows - row, columns - column, target, corner, target_pitch)


@intrinsic
def _transpose_block(typing_context, source, at, pitch, rows, columns, target, to, target_pitch):
    """Copy a block, or as much of it as there is."""
    vector = vector_type(target)
    lanes = vector.count

    def generate(context, builder, signature, arguments):
        source, target = (pointer_to(context, builder, signature.args[i], arguments[i], arguments[i + 1]) for i in (0, 5))
        pitch, rows, columns, target_pitch = (arguments[i] for i in (2, 3, 4, 7))

        def least(a, b):
            return builder.select(builder.icmp_signed("<", a, b), a, b)

        def first(count):
            return lanes_between(builder, LANE(0), builder.trunc(least(count, INDEX(lanes)), LANE), lanes)

        def line(pointer, pitch, count, i):
            return builder.gep(pointer, [builder.mul(pitch, least(INDEX(i), builder.sub(count, INDEX(1))))])

        mask, nothing = first(columns), ir.Constant(vector, [0.0] * lanes)
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
        mask = first(rows)
        for i in reversed(range(lanes)):  # where there is no column i, the last one is written over what came before
            store_masked(builder, block[i], line(target, target_pitch, columns, i), mask)
        return context.get_dummy_value()

    index = types.intp
    return types.void(source, index, index, index, index, target, index, index), generate
