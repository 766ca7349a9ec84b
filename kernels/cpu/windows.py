"""The reduction of neighbouring windows in vectors: one window per lane.

The result stays in a register while the loop walks over the places of the window; a step loads one place of all windows.
With a horizontal stride of 2 these are every other pixel: two loads and a shuffle.
"""

from collections.abc import Callable, Sequence

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.core.base import BaseContext
from numba.core.typing import Context, Signature

from kernels.cpu.integers import build_smaller, build_up
from kernels.cpu.vectors import INDEX, broadcast, load_every, number_type, pointer_to, store
from kernels.intrinsics import Intrinsic, intrinsic

LANES = 8, 4


def each_vector(
    builder: ir.IRBuilder,
    count: ir.Value,
    step: ir.Value,
    lanes: Sequence[int],
    build: Callable[[ir.Value, int, int], None],
) -> None:
    """Build, for each vector of `count` windows, build(its first window, its lanes, the step between their corners).

    The last vector overlaps the one before it. With too few windows, or a step above 2, each is a vector of its own.
    """
    done = builder.append_basic_block("done")
    for many, known in [(many, known) for many in lanes for known in (1, 2)]:
        enough = builder.icmp_signed(">=", count, INDEX(many))
        with builder.if_then(builder.and_(enough, builder.icmp_signed("==", step, INDEX(known)))):
            with cgutils.for_range(builder, build_up(builder, count, INDEX(many))) as vector:
                begin = builder.mul(vector.index, INDEX(many))
                build(build_smaller(builder, begin, builder.sub(count, INDEX(many))), many, known)
            builder.branch(done)
    with cgutils.for_range(builder, count) as vector:
        build(vector.index, 1, 1)
    builder.branch(done)
    builder.position_at_end(done)


def reducer(
    begin: float,
    combine: Callable[[ir.IRBuilder, ir.Value, ir.Value], ir.Value],
    finish: Callable[[ir.IRBuilder, ir.Value, ir.Value], ir.Value] = lambda builder, total, size: total,
) -> Callable[..., None]:
    """Return reduce(pixels, at, pitch, height, width, step, result, to, count), which reduces `count` neighbouring windows.

    It writes them to result[to : to + count]. The first window's corner is pixels[at], the next one's lies `step` further,
    the next row `pitch` further. begin is the reduction of nothing, combine builds that of two; finish builds the result
    from the reduction and the number of values.
    """

    @intrinsic()
    def reduce(
        typing_context: Context,
        pixels: types.Array,
        at: types.Integer,
        pitch: types.Integer,
        height: types.Integer,
        width: types.Integer,
        step: types.Integer,
        result: types.Array,
        to: types.Integer,
        count: types.Integer,
    ) -> Intrinsic:
        number = number_type(pixels)

        def generate(
            context: BaseContext, builder: ir.IRBuilder, signature: Signature, arguments: Sequence[ir.Value]
        ) -> ir.Value:
            pixels_, at, pitch, height, width, step, result_, to, count = arguments
            source = pointer_to(context, builder, pixels, pixels_, at)
            target = pointer_to(context, builder, result, result_, to)

            def build(x: ir.Value, lanes: int, known: int) -> None:
                vector = ir.VectorType(number, lanes)
                total = cgutils.alloca_once_value(builder, ir.Constant(vector, [begin] * lanes))
                corner = builder.gep(source, [builder.mul(x, step)])
                with cgutils.for_range(builder, height) as row:
                    line = builder.gep(corner, [builder.mul(row.index, pitch)])
                    with cgutils.for_range(builder, width) as column:
                        values = load_every(builder, builder.gep(line, [column.index]), vector, known)
                        builder.store(combine(builder, builder.load(total), values), total)
                finished = finish(builder, builder.load(total), builder.mul(height, width))
                store(builder, finished, builder.gep(target, [x]))

            each_vector(builder, count, step, LANES, build)
            return context.get_dummy_value()

        return types.void(pixels, *[types.intp] * 5, result, *[types.intp] * 2), generate

    return reduce


def _larger(builder: ir.IRBuilder, a: ir.Value, b: ir.Value) -> ir.Value:
    """Return the larger one, or NaN if one of them is: a comparison with NaN is false."""
    return builder.select(builder.or_(builder.fcmp_ordered(">", a, b), builder.fcmp_unordered("uno", a, a)), a, b)


def _smaller(builder: ir.IRBuilder, a: ir.Value, b: ir.Value) -> ir.Value:
    return builder.select(builder.or_(builder.fcmp_ordered("<", a, b), builder.fcmp_unordered("uno", a, a)), a, b)


def _quotient(builder: ir.IRBuilder, total: ir.Value, size: ir.Value) -> ir.Value:
    number = builder.sitofp(size, total.type.element)
    return builder.fdiv(total, broadcast(builder, number, total.type.count))


largest = reducer(float("-inf"), _larger)
smallest = reducer(float("inf"), _smaller)
average = reducer(0.0, lambda builder, a, b: builder.fadd(a, b), _quotient)
