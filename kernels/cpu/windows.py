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

from kernels.cpu.compiled import inner
from kernels.cpu.vectors import load_every, number_type, store
from kernels.intrinsics import Intrinsic, intrinsic
from kernels.types import Floats, Size


def reducer(begin: float, combine: Callable[[ir.IRBuilder, ir.Value, ir.Value], ir.Value]) -> Callable[..., None]:
    """Return reduce(pixels, at, pitch, size, step, result, to, count), which reduces `count` neighbouring windows.

    It writes them to result[to : to + count]. The first window's corner is pixels[at], the next one's lies `step` further,
    the next row `pitch` further; size is (height, width). begin is the reduction of nothing, combine builds that of two.
    """

    @intrinsic(prefer_literal=True)
    def _vector(
        typing_context: Context,
        pixels: types.Array,
        at: types.Integer,
        pitch: types.Integer,
        height: types.Integer,
        width: types.Integer,
        result: types.Array,
        to: types.Integer,
        lanes: types.Integer,
        step: types.Integer,
    ) -> Intrinsic:
        lanes_, step_ = lanes.literal_value, step.literal_value
        vector = ir.VectorType(number_type(pixels), lanes_)

        def generate(
            context: BaseContext, builder: ir.IRBuilder, signature: Signature, arguments: Sequence[ir.Value]
        ) -> ir.Value:
            _, at, pitch, height, width, _, to, _, _ = arguments
            source, target = (context.make_array(signature.args[i])(context, builder, arguments[i]).data for i in (0, 5))
            total = cgutils.alloca_once_value(builder, ir.Constant(vector, [begin] * lanes_))
            with cgutils.for_range(builder, height) as row:
                line = builder.gep(source, [builder.add(at, builder.mul(row.index, pitch))])
                with cgutils.for_range(builder, width) as column:
                    values = load_every(builder, builder.gep(line, [column.index]), vector, step_)
                    builder.store(combine(builder, builder.load(total), values), total)
            store(builder, builder.load(total), builder.gep(target, [to]))
            return context.get_dummy_value()

        kinds = (pixels, types.intp, types.intp, types.intp, types.intp, result, types.intp, lanes, step)
        return types.void(*kinds), generate

    def by_step(step: int) -> Callable[..., None]:
        @inner(forceinline=True)
        def reduce(pixels: Floats, at: int, pitch: int, size: Size, result: Floats, to: int, count: int) -> None:
            height, width = size
            if count >= 8:
                for i in range(-(-count // 8)):
                    x = min(i * 8, count - 8)
                    _vector(pixels, at + x * step, pitch, height, width, result, to + x, 8, step)
            else:
                for i in range(2):
                    x = min(i * 4, count - 4)
                    _vector(pixels, at + x * step, pitch, height, width, result, to + x, 4, step)

        return reduce

    each, every_other = by_step(1), by_step(2)

    @inner
    def reduce(pixels: Floats, at: int, pitch: int, size: Size, step: int, result: Floats, to: int, count: int) -> None:
        height, width = size
        if count < 4 or step > 2:
            for i in range(count):
                _vector(pixels, at + i * step, pitch, height, width, result, to + i, 1, 1)
        elif step == 1:
            each(pixels, at, pitch, size, result, to, count)
        else:
            every_other(pixels, at, pitch, size, result, to, count)

    return reduce


def _larger(builder: ir.IRBuilder, a: ir.Value, b: ir.Value) -> ir.Value:
    """Return the larger one, or NaN if one of them is: a comparison with NaN is false."""
    return builder.select(builder.or_(builder.fcmp_ordered(">", a, b), builder.fcmp_unordered("uno", a, a)), a, b)


def _smaller(builder: ir.IRBuilder, a: ir.Value, b: ir.Value) -> ir.Value:
    return builder.select(builder.or_(builder.fcmp_ordered("<", a, b), builder.fcmp_unordered("uno", a, a)), a, b)


largest = reducer(float("-inf"), _larger)
smallest = reducer(float("inf"), _smaller)
total = reducer(0.0, lambda builder, a, b: builder.fadd(a, b))
