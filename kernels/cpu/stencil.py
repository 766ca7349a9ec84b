"""Convolution by filters that see one channel and share it with few others, as in depthwise layers.

There is little to compute for each pixel, so little may be done besides. A task copies its rows of the channel once, with
their padding. Then the filter slides over the copy: vectors of neighbouring outputs, of a few rows, stay in registers while
the weights pass by, and each weight meets vectors of pixels.
"""

from collections.abc import Sequence
from functools import partial

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.core.base import BaseContext
from numba.core.typing import Context, Signature

from kernels.cpu.integers import build_smaller, larger, smaller, up
from kernels.cpu.lines import copy_lines
from kernels.cpu.panel import INDEX as INDICES
from kernels.cpu.panel import inside
from kernels.cpu.shares import handed_out, in_shares
from kernels.cpu.vectors import (
    INDEX,
    VECTOR_BYTES,
    aligned,
    broadcast,
    function_once,
    load_every,
    pointer_to,
    store_first,
    vector_type,
)
from kernels.intrinsics import Intrinsic, intrinsic
from kernels.types import Float, Floats, Integers

STRIDES = 1, 2  # along a row, as load_every has them
ROWS = 4  # that a weight meets at once
COPY = 2**15  # pixels, about: they stay in the second-level cache


@in_shares
def share_of_planes(
    images: Floats,
    kernels: Floats,
    bias: Floats,
    down: int,
    right: int,
    above: int,
    left: int,
    apart: int,
    aside: int,
    value: Float,
    output: Floats,
    pieces: int,
    taken: Integers,
    share: int,
    shares: int,
) -> None:
    """Compute one share of the output; see convolution.py. A task is some rows of a plane."""
    (batch, channels, image_height, image_width), (_, filters, height, width) = images.shape, output.shape
    _, _, kernel_height, kernel_width = kernels.shape
    taps, columns = kernel_height * kernel_width, (width - 1) * right + (kernel_width - 1) * aside + 1
    blocks = smaller(height, larger(up(pieces * shares, batch * filters), up(height * down * columns, COPY)))
    most = up(height, blocks) * down + (kernel_height - 1) * apart
    copy = aligned(most * columns + 2 * VECTOR_BYTES, output.dtype)  # the last vector reads on
    offsets = aligned(taps, INDICES)  # of the pixels that a weight meets
    for t in range(taps):
        offsets[t] = t // kernel_width * apart * columns + t % kernel_width * aside
    first, last = inside(-left, 1, image_width, columns)
    for task in handed_out(batch * filters * blocks, taken, shares):
        plane, block = task // blocks, task % blocks
        n, k = plane // filters, plane % filters
        begin, end = height * block // blocks, height * (block + 1) // blocks
        top, lines = begin * down - above, (end - begin - 1) * down + (kernel_height - 1) * apart + 1
        corner = ((n * channels + k * channels // filters) * image_height + top) * image_width - left
        upper, lower = inside(top, 1, image_height, lines)
        copy_lines(copy, 0, lines, columns, images, corner, image_width, 1, upper, lower, first, last, value, 0)
        pitch, to = down * columns, (plane * height + begin) * width
        slide(copy, pitch, right, offsets, kernels, k * taps, taps, bias[k], output, to, end - begin, width)


@intrinsic()
def slide(
    typing_context: Context,
    pixels: types.Array,
    pitch: types.Integer,
    stride: types.Integer,
    offsets: types.Array,
    weights: types.Array,
    first: types.Integer,
    taps: types.Integer,
    bias: types.Array,
    output: types.Array,
    to: types.Integer,
    rows: types.Integer,
    columns: types.Integer,
) -> Intrinsic:
    """Write this many rows of so many columns to output[to:], one behind the other.

    Output x of row y is the bias plus the sum over t of weights[first + t] * pixels[y * pitch + x * stride + offsets[t]].
    """
    vector = vector_type(output)

    def generate(
        context: BaseContext, builder: ir.IRBuilder, signature: Signature, arguments: Sequence[ir.Value]
    ) -> ir.Value:
        kinds, nothing = signature.args, INDEX(0)
        handed = [
            pointer_to(context, builder, kinds[0], arguments[0], nothing), arguments[1],
            pointer_to(context, builder, kinds[3], arguments[3], nothing),
            pointer_to(context, builder, kinds[4], *arguments[4:6]), *arguments[6:8],
            pointer_to(context, builder, kinds[8], *arguments[8:10]), *arguments[10:],
        ]  # fmt: skip
        after = builder.append_basic_block("after")
        choice = builder.switch(arguments[2], after)
        for step in STRIDES:
            block = builder.append_basic_block("step")
            choice.add_case(INDEX(step), block)
            builder.position_at_end(block)
            function, is_new = function_once(builder.module, f"slide_{step}_{vector.element}", handed)
            if is_new:
                _build(function, vector, step)
            builder.call(function, handed)
            builder.branch(after)
        builder.position_at_end(after)
        return context.get_dummy_value()

    index, number = types.intp, output.dtype
    return types.void(pixels, index, index, offsets, weights, index, index, number, output, index, index, index), generate


def _build(function: ir.Function, vector: ir.VectorType, step: int) -> None:
    """Build slide for these vectors and this stride."""
    pixels, pitch, offsets, weights, taps, bias, output, rows, columns = function.args
    lanes, fused, builder = vector.count, ("contract",), ir.IRBuilder(function.append_basic_block())
    totals, start = [cgutils.alloca_once(builder, vector) for _ in range(ROWS)], broadcast(builder, bias, lanes)
    last = builder.sub(rows, INDEX(1))
    in_steps = partial(cgutils.for_range_slice, builder, INDEX(0))
    with in_steps(columns, INDEX(lanes)) as (x, _), in_steps(rows, INDEX(ROWS)) as (first, _):
        some = [builder.add(first, INDEX(i)) for i in range(ROWS)]
        some = [build_smaller(builder, row, last) for row in some]  # the last one again
        corners = [builder.add(builder.mul(row, pitch), builder.mul(x, INDEX(step))) for row in some]
        for total in totals:
            builder.store(start, total)
        with cgutils.for_range(builder, taps) as tap:
            offset = builder.load(builder.gep(offsets, [tap.index]))
            weight = broadcast(builder, builder.load(builder.gep(weights, [tap.index])), lanes)
            for corner, total in zip(corners, totals):
                at = builder.gep(pixels, [builder.add(corner, offset)])
                product = builder.fmul(weight, load_every(builder, at, vector, step), flags=fused)
                builder.store(builder.fadd(builder.load(total), product, flags=fused), total)
        places = [builder.gep(output, [builder.add(builder.mul(row, columns), x)]) for row in some]
        store_first(builder, [*zip(map(builder.load, totals), places)], builder.sub(columns, x))
    builder.ret_void()
