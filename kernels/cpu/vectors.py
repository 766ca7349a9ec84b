"""Vectors of numbers, for functions that build LLVM's instructions themselves."""

from collections.abc import Sequence

import numpy as np
from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.core.base import BaseContext
from numba.core.imputils import impl_ret_borrowed
from numba.core.registry import cpu_target
from numba.core.typing import Context, Signature
from numba.np.arrayobj import populate_array

from kernels.cpu.compiled import inner
from kernels.cpu.integers import build_larger
from kernels.intrinsics import Intrinsic, intrinsic
from kernels.types import Float, Floats


def _vector_unit() -> tuple[int, int]:
    """Return how many bytes a vector holds, and how many vector registers there are, on the machine that is compiled for.

    That is this one, unless NUMBA_CPU_NAME or the like names another, as where machines of several kinds share a cache:
    Numba looks compiled functions up by these features, and those who share one must agree about its vectors.
    """
    features = cpu_target.target_context.codegen().magic_tuple()[2].split(",")
    if "+avx512f" in features:
        return 64, 32
    if "+avx" in features or "+avx2" in features:
        return 32, 16
    return 16, 32 if "+neon" in features else 16


VECTOR_BYTES, REGISTERS = _vector_unit()
LINE_BYTES = 64  # of the cache: vectors are no longer
INDEX, LANE = ir.IntType(64), ir.IntType(32)


@intrinsic()
def aligned(typing_context: Context, size: types.Integer, dtype: types.DType) -> Intrinsic:
    """Return an array of this many numbers, not set, in which vectors begin where lines of the cache do.

    np.empty would do, but it takes Numba long to compile.
    """
    kind = types.Array(dtype.dtype, 1, "C")

    def generate(
        context: BaseContext, builder: ir.IRBuilder, signature: Signature, arguments: Sequence[ir.Value]
    ) -> ir.Value:
        size, bytes_of_one = arguments[0], dtype.dtype.bitwidth // 8
        memory = context.nrt.meminfo_alloc_aligned(builder, builder.mul(size, INDEX(bytes_of_one)), LINE_BYTES)
        array = context.make_array(kind)(context, builder)
        data = builder.bitcast(context.nrt.meminfo_data(builder, memory), array.data.type)
        populate_array(array, data, [size], [INDEX(bytes_of_one)], bytes_of_one, memory)
        return array._getvalue()

    return kind(types.intp, dtype), generate


@intrinsic()
def flat(typing_context: Context, array: types.Array) -> Intrinsic:
    """Return the numbers of a C-contiguous array as one row: reshape, quicker to compile."""
    kind = types.Array(array.dtype, 1, "C", readonly=not array.mutable)

    def generate(
        context: BaseContext, builder: ir.IRBuilder, signature: Signature, arguments: Sequence[ir.Value]
    ) -> ir.Value:
        source, row = context.make_array(array)(context, builder, arguments[0]), context.make_array(kind)(context, builder)
        one = source.itemsize
        populate_array(row, source.data, [source.nitems], [one], one, source.meminfo, source.parent)
        return impl_ret_borrowed(context, builder, kind, row._getvalue())

    return kind(array), generate


@inner
def filled(size: int, value: Float, dtype: np.dtype[np.floating]) -> Floats:
    """Return such an array in which each number is the value."""
    numbers: Floats = aligned(size, dtype)
    for i in range(size):
        numbers[i] = value
    return numbers


def number_type(array: types.Array) -> ir.Type:
    """Return LLVM's type of an array's numbers."""
    return ir.FloatType() if array.dtype == types.float32 else ir.DoubleType()


def vector_type(array: types.Array) -> ir.VectorType:
    """Return the type of a vector of an array's numbers that fills a register."""
    return ir.VectorType(number_type(array), VECTOR_BYTES * 8 // array.dtype.bitwidth)


@intrinsic()
def lanes_of(typing_context: Context, array: types.Array) -> Intrinsic:
    """Return how many of an array's numbers a vector holds.

    The compiler knows it, so that nothing is divided at run time: an array's itemsize is read from memory.
    """
    lanes = vector_type(array).count

    def generate(
        context: BaseContext, builder: ir.IRBuilder, signature: Signature, arguments: Sequence[ir.Value]
    ) -> ir.Value:
        return INDEX(lanes)

    return types.intp(array), generate


def size_of(vector: ir.VectorType) -> int:
    """Return how many bytes a vector's number takes."""
    return 4 if vector.element == ir.FloatType() else 8


def pointer_to(context: BaseContext, builder: ir.IRBuilder, kind: types.Array, array: ir.Value, at: ir.Value) -> ir.Value:
    """Return the pointer to an array's number at this place, rows one behind the other."""
    return builder.gep(context.data_model_manager[kind].get(builder, array, "data"), [at])


def function_once(module: ir.Module, name: str, arguments: Sequence[ir.Value]) -> tuple[ir.Function, bool]:
    """Return the module's function of this name, for arguments like these, and whether its body is yet to be built.

    It is not copied to where it is called: that would take LLVM long, and gain nothing where it works for a while.
    """
    if name in module.globals:
        return module.globals[name], False
    function = ir.Function(module, ir.FunctionType(ir.VoidType(), [argument.type for argument in arguments]), name)
    function.linkage = "internal"
    function.attributes.add("noinline")
    return function, True


def load(builder: ir.IRBuilder, pointer: ir.Value, vector: ir.VectorType, at: int = 0) -> ir.Value:
    """Load the vector that begins `at` numbers behind the pointer."""
    place = builder.bitcast(builder.gep(pointer, [INDEX(at)]), vector.as_pointer())
    return builder.load(place, align=size_of(vector))


def store(builder: ir.IRBuilder, values: ir.Value, pointer: ir.Value, at: int = 0) -> None:
    """Store a vector, `at` numbers behind the pointer."""
    place = builder.bitcast(builder.gep(pointer, [INDEX(at)]), values.type.as_pointer())
    builder.store(values, place, align=size_of(values.type))


def broadcast(builder: ir.IRBuilder, value: ir.Value, lanes: int) -> ir.Value:
    """Return a vector with the value in each lane."""
    empty = ir.Constant(ir.VectorType(value.type, lanes), ir.Undefined)
    first = builder.insert_element(empty, value, LANE(0))
    return builder.shuffle_vector(first, empty, ir.Constant(ir.VectorType(LANE, lanes), [0] * lanes))


def lanes_between(builder: ir.IRBuilder, first: ir.Value, last: ir.Value, lanes: int) -> ir.Value:
    """Return the mask of the lanes from number `first` to before number `last`, integers of 32 bits."""
    number = ir.Constant(ir.VectorType(LANE, lanes), [*range(lanes)])
    after = builder.icmp_signed(">=", number, broadcast(builder, first, lanes))
    return builder.and_(after, builder.icmp_signed("<", number, broadcast(builder, last, lanes)))


def load_masked(builder: ir.IRBuilder, pointer: ir.Value, mask: ir.Value, otherwise: ir.Value) -> ir.Value:
    """Load the lanes of the mask and read no others; they are those of `otherwise`."""
    arguments = [builder.bitcast(pointer, otherwise.type.as_pointer()), LANE(size_of(otherwise.type)), mask, otherwise]
    return _masked(builder, "load", otherwise.type, otherwise.type, arguments)


def prefetch(builder: ir.IRBuilder, pointer: ir.Value, to_write: bool) -> None:
    """Fetch the line of the cache that the pointer points into, soon to be read or written. No address is a fault."""
    byte = ir.IntType(8).as_pointer()
    kind = ir.FunctionType(ir.VoidType(), [byte, LANE, LANE, LANE])
    keep, data = LANE(3), LANE(1)
    fetch = cgutils.get_or_insert_function(builder.module, kind, "llvm.prefetch.p0")
    builder.call(fetch, [builder.bitcast(pointer, byte), LANE(int(to_write)), keep, data])


def store_first(builder: ir.IRBuilder, pairs: Sequence[tuple[ir.Value, ir.Value]], count: ir.Value) -> None:
    """Store the first `count` lanes of each of these pairs of a vector and a pointer, and touch nothing behind them.

    All lanes if there are no more than that, and none if the count is negative.
    """
    vector = pairs[0][0].type
    with builder.if_else(builder.icmp_signed(">=", count, INDEX(vector.count))) as (is_whole, is_part):
        with is_whole:
            for values, pointer in pairs:
                store(builder, values, pointer)
        with is_part:
            if VECTOR_BYTES == 64:
                _store_masked(builder, pairs, count)
            else:
                _store_pieces(builder, pairs, count)


def _store_masked(builder: ir.IRBuilder, pairs: Sequence[tuple[ir.Value, ir.Value]], count: ir.Value) -> None:
    """Store fewer lanes than all where a mask costs nothing, as with AVX-512."""
    vector = pairs[0][0].type
    mask = lanes_between(builder, LANE(0), builder.trunc(count, LANE), vector.count)
    for values, pointer in pairs:
        arguments = [values, builder.bitcast(pointer, vector.as_pointer()), LANE(size_of(vector)), mask]
        _masked(builder, "store", vector, ir.VoidType(), arguments)


def _store_pieces(builder: ir.IRBuilder, pairs: Sequence[tuple[ir.Value, ir.Value]], count: ir.Value) -> None:
    """Store fewer lanes than all in halves of halves.

    AVX2 has stores with a mask, too, but AMD's processors are slow at them.
    """
    left, piece = list(pairs), pairs[0][0].type.count // 2
    count = build_larger(builder, count, INDEX(0))
    while piece:
        wanted = builder.icmp_signed("!=", builder.and_(count, INDEX(piece)), INDEX(0))
        halves = [
            [builder.shuffle_vector(values, values, ir.Constant(ir.VectorType(LANE, piece), [*range(begin, begin + piece)]))
             for begin in (0, piece)]
            for values, _ in left
        ]  # fmt: skip
        with builder.if_then(wanted):
            for (lower, _), (_, pointer) in zip(halves, left):
                store(builder, lower, pointer)
        left = [
            (builder.select(wanted, upper, lower), builder.select(wanted, builder.gep(pointer, [INDEX(piece)]), pointer))
            for (lower, upper), (_, pointer) in zip(halves, left)
        ]
        piece //= 2


def _masked(
    builder: ir.IRBuilder, what: str, vector: ir.VectorType, result: ir.Type, arguments: Sequence[ir.Value]
) -> ir.Value:
    kind = ir.FunctionType(result, [argument.type for argument in arguments])
    name = f"llvm.masked.{what}.v{vector.count}f{8 * size_of(vector)}.p0"
    return builder.call(cgutils.get_or_insert_function(builder.module, kind, name), arguments)


def load_every(builder: ir.IRBuilder, pointer: ir.Value, vector: ir.VectorType, step: int) -> ir.Value:
    """Load a vector of each number from the pointer on (step 1) or of every other (step 2), and nothing behind the last."""
    values = load(builder, pointer, vector)
    if step == 1 or vector.count == 1:
        return values
    more = load(builder, pointer, vector, vector.count - 1)
    even = [*range(0, vector.count, 2), *range(vector.count + 1, 2 * vector.count, 2)]
    return builder.shuffle_vector(values, more, ir.Constant(ir.VectorType(LANE, vector.count), even))
