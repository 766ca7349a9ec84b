"""Vectors of numbers, for functions that build LLVM's instructions themselves."""

from llvmlite import binding, ir
from numba import njit, types
from numba.core import cgutils
from numba.extending import intrinsic


def _vector_unit() -> tuple[int, int]:
    """Return how many bytes this machine's vectors hold, and how many vector registers it has."""
    features = binding.get_host_cpu_features()
    if features.get("avx512f"):
        return 64, 32
    if features.get("avx"):
        return 32, 16
    return 16, 32 if features.get("neon") else 16


VECTOR_BYTES, REGISTERS = _vector_unit()
INDEX, LANE = ir.IntType(64), ir.IntType(32)


def number_type(array) -> ir.Type:
    """Return LLVM's type of an array's numbers."""
    return ir.FloatType() if array.dtype == types.float32 else ir.DoubleType()


def vector_type(array) -> ir.VectorType:
    """Return the type of a vector of an array's numbers that fills a register."""
    return ir.VectorType(number_type(array), VECTOR_BYTES * 8 // array.dtype.bitwidth)


def size_of(vector) -> int:
    """Return how many bytes a vector's number takes."""
    return 4 if vector.element == ir.FloatType() else 8


def pointer_to(context, builder, kind, array, at):
    """Return the pointer to an array's number at this place, rows one behind the other."""
    return builder.gep(context.make_array(kind)(context, builder, array).data, [at])


def function_once(module, name, arguments):
    """Return the module's function of this name, for arguments like these, and whether its body is yet to be built.

    It is not copied to where it is called: that would take LLVM long, and gain nothing where it works for a while.
    """
    if name in module.globals:
        return module.globals[name], False
    function = ir.Function(module, ir.FunctionType(ir.VoidType(), [argument.type for argument in arguments]), name)
    function.linkage = "internal"
    function.attributes.add("noinline")
    return function, True


def load(builder, pointer, vector, at=0):
    """Load the vector that begins `at` numbers behind the pointer."""
    place = builder.bitcast(builder.gep(pointer, [INDEX(at)]), vector.as_pointer())
    return builder.load(place, align=size_of(vector))


def broadcast(builder, value, lanes):
    """Return a vector with the value in each lane."""
    empty = ir.Constant(ir.VectorType(value.type, lanes), ir.Undefined)
    first = builder.insert_element(empty, value, LANE(0))
    return builder.shuffle_vector(first, empty, ir.Constant(ir.VectorType(LANE, lanes), [0] * lanes))


def lanes_between(builder, first, last, lanes):
    """Return the mask of the lanes from number `first` to before number `last`, integers of 32 bits."""
    number = ir.Constant(ir.VectorType(LANE, lanes), [*range(lanes)])
    after = builder.icmp_signed(">=", number, broadcast(builder, first, lanes))
    return builder.and_(after, builder.icmp_signed("<", number, broadcast(builder, last, lanes)))


def load_masked(builder, pointer, mask, otherwise):
    """Load the lanes of the mask and read no others; they are those of `otherwise`."""
    arguments = [builder.bitcast(pointer, otherwise.type.as_pointer()), LANE(size_of(otherwise.type)), mask, otherwise]
    return _masked(builder, "load", otherwise.type, otherwise.type, arguments)


def store_masked(builder, values, pointer, mask):
    """Store the lanes of the mask and touch no others."""
    arguments = [values, builder.bitcast(pointer, values.type.as_pointer()), LANE(size_of(values.type)), mask]
    _masked(builder, "store", values.type, ir.VoidType(), arguments)


def store(builder, values, pointer, at=0):
    """Store a vector, `at` numbers behind the pointer."""
    place = builder.bitcast(builder.gep(pointer, [INDEX(at)]), values.type.as_pointer())
    builder.store(values, place, align=size_of(values.type))


def _masked(builder, what, vector, result, arguments):
    kind = ir.FunctionType(result, [argument.type for argument in arguments])
    name = f"llvm.masked.{what}.v{vector.count}f{8 * size_of(vector)}.p0"
    return builder.call(cgutils.get_or_insert_function(builder.module, kind, name), arguments)


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
