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

from kernels.cpu.vectors import INDEX, broadcast, load_every, number_type, pointer_to, store
from kernels.cpu.windows import each_vector
from kernels.intrinsics import Intrinsic, intrinsic

LANES = (8,)


def finder(begin: float, comparison: str) -> Callable[..., None]:
    """Return find(images, at, pitch, height, width, step, best, places, to, corner, count): `count` neighbouring windows.

    The first one's corner is images[at], `corner` in its plane. It writes each window's best value to best[to :], and its
    index in the plane to places[to :]. Of equal values the first in reading order counts; of a window with NaN, the first
    NaN. begin is worse than any value; comparison is LLVM's: "better than".
    """

    @intrinsic()
    def find(
        typing_context: Context,
        images: types.Array,
        at: types.Integer,
        pitch: types.Integer,
        height: types.Integer,
        width: types.Integer,
        step: types.Integer,
        best: types.Array,
        places: types.Array,
        to: types.Integer,
        corner: types.Integer,
        count: types.Integer,
    ) -> Intrinsic:
        number = number_type(images)

        def generate(
            context: BaseContext, builder: ir.IRBuilder, signature: Signature, arguments: Sequence[ir.Value]
        ) -> ir.Value:
            images_, at, pitch, height, width, step, best_, places_, to, corner, count = arguments
            source = pointer_to(context, builder, images, images_, at)
            best_at = pointer_to(context, builder, best, best_, to)
            places_at = pointer_to(context, builder, places, places_, to)

            def build(x: ir.Value, lanes: int, known: int) -> None:
                vector, indices = ir.VectorType(number, lanes), ir.VectorType(INDEX, lanes)
                value = cgutils.alloca_once_value(builder, ir.Constant(vector, [begin] * lanes))
                place = cgutils.alloca_once_value(builder, ir.Constant(indices, [0] * lanes))
                first = builder.mul(x, step)
                with cgutils.for_range(builder, height) as row:
                    line = builder.mul(row.index, pitch)
                    with cgutils.for_range(builder, width) as column:
                        distance = builder.add(line, column.index)
                        new = load_every(builder, builder.gep(source, [builder.add(first, distance)]), vector, known)
                        old = builder.load(value)
                        # Of two numbers of which one is NaN, an unordered comparison is true.
                        better = builder.and_(
                            builder.fcmp_unordered(comparison, new, old), builder.fcmp_ordered("ord", old, old)
                        )
                        builder.store(builder.select(better, new, old), value)
                        far = broadcast(builder, distance, lanes)
                        builder.store(builder.select(better, far, builder.load(place)), place)
                corners = builder.add(
                    broadcast(builder, builder.add(corner, first), lanes),
                    ir.Constant(indices, [lane * known for lane in range(lanes)]),
                )
                store(builder, builder.load(value), builder.gep(best_at, [x]))
                store(builder, builder.add(builder.load(place), corners), builder.gep(places_at, [x]))

            each_vector(builder, count, step, LANES, build)
            return context.get_dummy_value()

        return types.void(images, *[types.intp] * 5, best, places, *[types.intp] * 3), generate

    return find


find_largest = finder(float("-inf"), ">")
find_smallest = finder(float("inf"), "<")
