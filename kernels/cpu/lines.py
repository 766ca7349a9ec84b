"""Lines of numbers, copied in whole vectors: with padding on either side, backwards, or two of them taking turns."""

from collections.abc import Iterator, Sequence
from functools import reduce
from itertools import starmap

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.core.base import BaseContext
from numba.core.typing import Context, Signature

from kernels.cpu.integers import build_larger, build_smaller
from kernels.cpu.vectors import (
    INDEX,
    LANE,
    broadcast,
    function_once,
    lanes_between,
    load_every,
    load_masked,
    pointer_to,
    prefetch,
    store,
    store_first,
    vector_type,
)
from kernels.intrinsics import Intrinsic, intrinsic


@intrinsic()
def copy_lines(
    typing_context: Context,
    target: types.Array,
    to: types.Integer,
    lines: types.Integer,
    columns: types.Integer,
    source: types.Array,
    at: types.Integer,
    pitch: types.Integer,
    step: types.Integer,
    above: types.Integer,
    below: types.Integer,
    first: types.Integer,
    last: types.Integer,
    value: types.Number,
    ahead: types.Integer,
) -> Intrinsic:
    """Write lines of this many columns to target[to:], one behind the other.

    Column x of line v is source[at + v * pitch + x * step] where above <= v < below and first <= x < last, else the value;
    nothing else is read. Steps of 1 and 2 are copied in vectors: of the latter, two vectors of pixels make one of every
    other pixel. Unless `ahead` is 0, what lies so much further on in the source is fetched meanwhile.
    """
    vector = vector_type(target)

    def generate(
        context: BaseContext, builder: ir.IRBuilder, signature: Signature, arguments: Sequence[ir.Value]
    ) -> ir.Value:
        handed = [
            pointer_to(context, builder, signature.args[0], *arguments[0:2]), *arguments[2:4],
            pointer_to(context, builder, signature.args[4], *arguments[4:6]), *arguments[6:],
        ]  # fmt: skip
        function, is_new = function_once(builder.module, f"copy_lines_{vector.element}", handed)
        if is_new:
            _build(function, vector)
        builder.call(function, handed)
        return context.get_dummy_value()

    index = types.intp
    return types.void(target, *[index] * 3, source, *[index] * 7, target.dtype, index), generate


@intrinsic()
def copy_backwards(
    typing_context: Context,
    target: types.Array,
    to: types.Integer,
    source: types.Array,
    at: types.Integer,
    length: types.Integer,
) -> Intrinsic:
    """Write this many numbers of source[at:] to target[to:], the last one first."""
    vector = vector_type(target)
    lanes, zeros = vector.count, ir.Constant(vector, [0.0] * vector.count)
    backwards = ir.Constant(ir.VectorType(LANE, lanes), [*range(lanes - 1, -1, -1)])

    def generate(
        context: BaseContext, builder: ir.IRBuilder, signature: Signature, arguments: Sequence[ir.Value]
    ) -> ir.Value:
        target = pointer_to(context, builder, signature.args[0], *arguments[0:2])
        source = pointer_to(context, builder, signature.args[2], *arguments[2:4])
        with cgutils.for_range_slice(builder, INDEX(0), arguments[4], INDEX(lanes)) as (x, _):
            rest = builder.sub(arguments[4], x)
            left = builder.trunc(rest, LANE)
            values = load_masked(
                builder, builder.gep(source, [builder.sub(rest, INDEX(lanes))]),
                lanes_between(builder, builder.sub(LANE(lanes), left), LANE(lanes), lanes), zeros,
            )  # fmt: skip
            values = builder.shuffle_vector(values, zeros, backwards)
            store_first(builder, [(values, builder.gep(target, [x]))], rest)
        return context.get_dummy_value()

    index = types.intp
    return types.void(target, index, source, index, index), generate


@intrinsic()
def take_turns(
    typing_context: Context,
    target: types.Array,
    to: types.Integer,
    source: types.Array,
    at: types.Integer,
    pitch: types.Integer,
    length: types.Integer,
) -> Intrinsic:
    """Write this many numbers to target[to:]: of source[at:] and of source[at + pitch:], one from each in turn."""
    vector = vector_type(target)
    lanes, zeros = vector.count, ir.Constant(vector, [0.0] * vector.count)
    turns = [[i // 2 + i % 2 * lanes for i in range(half * lanes, half * lanes + lanes)] for half in range(2)]

    def generate(
        context: BaseContext, builder: ir.IRBuilder, signature: Signature, arguments: Sequence[ir.Value]
    ) -> ir.Value:
        target, source = (pointer_to(context, builder, signature.args[i], *arguments[i : i + 2]) for i in (0, 2))
        pitch, length = arguments[4:]

        def first(count: ir.Value) -> ir.Value:
            return lanes_between(builder, LANE(0), builder.trunc(count, LANE), lanes)

        with cgutils.for_range_slice(builder, INDEX(0), length, INDEX(2 * lanes)) as (x, _):
            left, i = builder.sub(length, x), builder.sdiv(x, INDEX(2))
            pair = [
                load_masked(builder, builder.gep(source, [start]), first(builder.sdiv(count, INDEX(2))), zeros)
                for start, count in ((i, builder.add(left, INDEX(1))), (builder.add(i, pitch), left))
            ]
            for half in range(2):
                values = builder.shuffle_vector(*pair, ir.Constant(ir.VectorType(LANE, lanes), turns[half]))
                place = builder.gep(target, [builder.add(x, INDEX(half * lanes))])
                store_first(builder, [(values, place)], builder.sub(left, INDEX(half * lanes)))
        return context.get_dummy_value()

    index = types.intp
    return types.void(target, index, source, index, index, index), generate


def _build(function: ir.Function, vector: ir.VectorType) -> None:
    """Build copy_lines for these vectors."""
    lanes, builder = vector.count, ir.IRBuilder(function.append_basic_block())
    target, lines, columns, source, pitch, step, above, below, first, last, value, ahead = function.args

    def equal(a: ir.Value, b: ir.Value) -> ir.Value:
        return builder.icmp_signed("==", a, b)

    full = (step, INDEX(1)), (pitch, columns), (above, INDEX(0)), (below, lines), (first, INDEX(0)), (last, columns)
    behind = reduce(builder.and_, starmap(equal, full))  # one another in the source, too: all of them are one line
    length = builder.mul(lines, columns)
    lines, below = (builder.select(behind, INDEX(1), count) for count in (lines, below))
    columns, last = (builder.select(behind, length, count) for count in (columns, last))

    def place(line: ir.Value, x: ir.Value) -> ir.Value:
        return builder.gep(target, [builder.add(builder.mul(line, columns), x)])

    def pixel(line: ir.Value, at: ir.Value) -> ir.Value:
        return builder.gep(source, [builder.add(builder.mul(line, pitch), at)])

    def mask(begin: ir.Value, end: ir.Value, x: ir.Value) -> ir.Value:
        from_x = [builder.trunc(builder.sub(bound, x), LANE) for bound in (begin, end)]
        return lanes_between(builder, from_x[0], from_x[1], lanes)

    def between(low: ir.Value, i: ir.Value, high: ir.Value) -> ir.Value:
        return builder.and_(builder.icmp_signed(">=", i, low), builder.icmp_signed("<", i, high))

    def vectors(begin: ir.Value, end: ir.Value, stop: ir.Value) -> Iterator[ir.Value]:
        """Yield where vectors begin that cover this part of a line, but not beyond `stop` where there is room before it."""
        back = build_larger(builder, builder.sub(stop, INDEX(lanes)), INDEX(0))
        with cgutils.for_range_slice(builder, begin, end, INDEX(lanes)) as (x, _):
            yield build_smaller(builder, x, back)

    def in_vectors(step: int) -> None:
        padding, start = broadcast(builder, value, lanes), INDEX(0)
        begin, end = builder.mul(first, INDEX(step)), builder.sub(builder.mul(last, INDEX(step)), INDEX(step - 1))
        every = ir.Constant(ir.VectorType(LANE, lanes), [*range(0, step * lanes, step)])
        wide = builder.icmp_signed(">=", builder.sub(last, first), INDEX(lanes))
        for some in ((start, above), (below, lines)):
            with cgutils.for_range_slice(builder, *some, INDEX(1)) as (line, _):
                for x in vectors(start, columns, columns):
                    store_first(builder, [(padding, place(line, x))], builder.sub(columns, x))
        inside = cgutils.for_range_slice(builder, above, below, INDEX(1))
        with inside as (line, _), builder.if_else(wide) as (is_wide, is_narrow):
            with is_wide:  # vectors of padding first, and over them those of pixels, all of them whole
                for part in ((start, first), (last, columns)):
                    for x in vectors(*part, columns):
                        store(builder, padding, place(line, x))
                for x in vectors(first, last, last):
                    at = pixel(line, builder.mul(x, INDEX(step)))
                    with builder.if_then(builder.icmp_signed("!=", ahead, INDEX(0))):
                        prefetch(builder, builder.gep(at, [ahead]), to_write=False)
                    values = load_every(builder, at, vector, step)
                    store(builder, values, place(line, x))
            with is_narrow:
                for x in vectors(start, columns, columns):
                    read = [builder.add(builder.mul(x, INDEX(step)), INDEX(part * lanes)) for part in range(step)]
                    parts = [load_masked(builder, pixel(line, at), mask(begin, end, at), padding) for at in read]
                    values = builder.shuffle_vector(parts[0], parts[-1], every)
                    store_first(builder, [(values, place(line, x))], builder.sub(columns, x))

    def one_by_one() -> None:
        padding = cgutils.alloca_once_value(builder, value)
        with cgutils.for_range(builder, lines) as line, cgutils.for_range(builder, columns) as column:
            x = column.index
            inside = builder.and_(between(above, line.index, below), between(first, x, last))
            read = builder.select(inside, pixel(line.index, builder.mul(x, step)), padding)
            builder.store(builder.load(read), place(line.index, x))

    with builder.if_else(equal(step, INDEX(1))) as (is_one, is_more):
        with is_one:
            in_vectors(1)
        with is_more, builder.if_else(equal(step, INDEX(2))) as (is_two, is_other):
            with is_two:
                in_vectors(2)
            with is_other:
                one_by_one()
    builder.ret_void()
