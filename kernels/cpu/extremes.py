"""The largest or smallest value of neighbouring windows, and its place, in vectors: one window per lane.

As in windows.py, a step loads one place of all windows. Beside the best values so far, a second register holds how far
behind its window's corner each of them lies.
"""

from collections.abc import Callable, Sequence

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.core.base import BaseContext
from numba.core.typing import Context, Signature

from kernels.cpu.compiled import inner
from kernels.cpu.vectors import INDEX, broadcast, load_every, number_type, store
from kernels.intrinsics import Intrinsic, intrinsic
from kernels.types import Floats, Integers

LANES = 8


def finder(begin: float, comparison: str) -> Callable[..., None]:
    """Return find(plane, at, pitch, height, width, step, best, places), which looks through len(best) windows.

    It writes each window's best value to best, and its index in the plane to places. Of equal values the first in reading
    order counts; of a window with NaN, the first NaN. begin is worse than any value; comparison is LLVM's: "better than".
    """

    @intrinsic(prefer_literal=True)
    def _vector(
        typing_context: Context,
        plane: types.Array,
        at: types.Integer,
        pitch: types.Integer,
        height: types.Integer,
        width: types.Integer,
        best: types.Array,
        places: types.Array,
        to: types.Integer,
        lanes: types.Integer,
        step: types.Integer,
    ) -> Intrinsic:
        lanes_, step_ = lanes.literal_value, step.literal_value
        vector, indices = ir.VectorType(number_type(plane), lanes_), ir.VectorType(INDEX, lanes_)

        def generate(
            context: BaseContext, builder: ir.IRBuilder, signature: Signature, arguments: Sequence[ir.Value]
        ) -> ir.Value:
            _, at, pitch, height, width, _, _, to, _, _ = arguments
            plane_, best_, places_ = (
                context.make_array(signature.args[i])(context, builder, arguments[i]).data for i in (0, 5, 6)
            )

            value = cgutils.alloca_once_value(builder, ir.Constant(vector, [begin] * lanes_))
            place = cgutils.alloca_once_value(builder, ir.Constant(indices, [0] * lanes_))
            with cgutils.for_range(builder, height) as row:
                line = builder.mul(row.index, pitch)
                with cgutils.for_range(builder, width) as column:
                    distance = builder.add(line, column.index)
                    new = load_every(builder, builder.gep(plane_, [builder.add(at, distance)]), vector, step_)
                    old = builder.load(value)
                    # Of two numbers of which one is NaN, an unordered comparison is true.
                    better = builder.and_(
                        builder.fcmp_unordered(comparison, new, old), builder.fcmp_ordered("ord", old, old)
                    )
                    builder.store(builder.select(better, new, old), value)
                    builder.store(builder.select(better, broadcast(builder, distance, lanes_), builder.load(place)), place)
            corners = builder.add(
                broadcast(builder, at, lanes_), ir.Constant(indices, [lane * step_ for lane in range(lanes_)])
            )
            store(builder, builder.load(value), builder.gep(best_, [to]))
            store(builder, builder.add(builder.load(place), corners), builder.gep(places_, [to]))
            return context.get_dummy_value()

        kinds = (plane, *[types.intp] * 4, best, places, types.intp, lanes, step)
        return types.void(*kinds), generate

    @inner
    def find(
        plane: Floats, at: int, pitch: int, height: int, width: int, step: int, best: Floats, places: Integers
    ) -> None:
        count = len(best)
        if count < LANES or step > 2:
            for x in range(count):
                _vector(plane, at + x * step, pitch, height, width, best, places, x, 1, 1)
        elif step == 1:
            for i in range(-(-count // LANES)):
                x = min(i * LANES, count - LANES)  # the last vector overlaps the one before it
                _vector(plane, at + x, pitch, height, width, best, places, x, LANES, 1)
        else:
            for i in range(-(-count // LANES)):
                x = min(i * LANES, count - LANES)
                _vector(plane, at + 2 * x, pitch, height, width, best, places, x, LANES, 2)

    return find


# Callers choose between them by a branch of their own: a function that does it for them is not inlined, and slower.
find_largest = finder(float("-inf"), ">")
find_smallest = finder(float("inf"), "<")
