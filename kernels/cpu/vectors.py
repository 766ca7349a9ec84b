"""Vectors of numbers, for functions that build LLVM's instructions themselves."""

from llvmlite import ir
from numba import njit, types
from numba.extending import intrinsic


def number_type(array) -> ir.Type:
    """Return LLVM's type of an array's numbers."""
    return ir.FloatType() if array.dtype == types.float32 else ir.DoubleType()


def load_every(builder, pointer, vector, step):
    """Load a vector of each number from the pointer on (step 1) or of every other (step 2), and nothing behind the last."""
    size = 4 if vector.element == ir.FloatType() else 8
    values = builder.load(builder.bitcast(pointer, vector.as_pointer()), align=size)
    if step == 1 or vector.count == 1:
        return values
    last = builder.gep(pointer, [ir.IntType(64)(vector.count - 1)])
    more = builder.load(builder.bitcast(last, vector.as_pointer()), align=size)
    even = [*range(0, vector.count, 2), *range(vector.count + 1, 2 * vector.count, 2)]
    return builder.shuffle_vector(values, more, ir.Constant(ir.VectorType(ir.IntType(32), vector.count), even))


@njit(forceinline=True)
def copy_line(target, to, source, at, count, step):
    """Copy every step-th value of source, from at on, to target[to : to + count]."""
    if count < 8 or step > 2:
        for x in range(count):
            target[to + x] = source[at + x * step]
    elif step == 1:
        for i in range(-(-count // 8)):
            x = min(i * 8, count - 8)  # the last vector overlaps the one before it, rather than end behind the line
            _copy(target, to + x, source, at + x, 8, 1)
    else:
        for i in range(-(-count // 8)):
            x = min(i * 8, count - 8)
            _copy(target, to + x, source, at + x * 2, 8, 2)


@intrinsic(prefer_literal=True)
def _copy(typing_context, target, to, source, at, lanes, step):
    """Copy as many values as a vector has lanes, each one or every other one."""
    vector, every = ir.VectorType(number_type(target), lanes.literal_value), step.literal_value

    def generate(context, builder, signature, arguments):
        target, source = (context.make_array(signature.args[i])(context, builder, arguments[i]).data for i in (0, 2))
        values = load_every(builder, builder.gep(source, [arguments[3]]), vector, every)
        place = builder.bitcast(builder.gep(target, [arguments[1]]), vector.as_pointer())
        builder.store(values, place, align=signature.args[0].dtype.bitwidth // 8)
        return context.get_dummy_value()

    return types.void(target, types.intp, source, types.intp, lanes, step), generate
