"""The register tile: the innermost loop of every convolution, where nearly all of the time goes.

In one cycle a core multiplies and adds two vectors, but it also loads no more than two. So whatever is loaded must be used
several times, and sums must not travel to memory and back at every step. The tile keeps the sums of ROWS filters by three
vectors of pixels in registers, while it walks along the depth of the product: all channels and places of the kernel. With
8 rows, one step loads 3 vectors and 8 weights, 11 loads, for 24 multiply-adds:

                 pixels   pixels   pixels        each vector is used for 8 filters
    weight 0       sum      sum      sum
    weight 1       sum      sum      sum         each weight, copied to all lanes, for 3 vectors of pixels
      ...          ...      ...      ...
    weight 7       sum      sum      sum

Plain loops in Numba leave the sums in memory. So this loop is built from LLVM's vector instructions, which LLVM turns into
AVX-512, AVX2 or NEON. The `range` loops below run while it is built: they unroll it, and each sum gets its own register.

Source: Goto and van de Geijn, Anatomy of High-Performance Matrix Multiplication, 2008.
"""

from llvmlite import binding, ir
from numba import njit, types
from numba.core import cgutils
from numba.extending import intrinsic

from kernels.cpu.vectors import number_type


def _vector_unit() -> tuple[int, int]:
    """Return how many bytes this machine's vectors hold, and how many vector registers it has."""
    features = binding.get_host_cpu_features()
    if features.get("avx512f"):
        return 64, 32
    if features.get("avx"):
        return 32, 16
    return 16, 32 if features.get("neon") else 16


VECTOR_BYTES, _REGISTERS = _vector_unit()
VECTORS = 3
ROWS = 8 if _REGISTERS == 32 else 4  # the sums, a step's pixels and one weight must fit into the registers


@njit(forceinline=True)
def multiply(weights, panel, offsets, start, sums):
    """Write start[f] + the sum of weights[f, d] * panel[offsets[d] + j] over d to sums[f, j]; start None adds it to sums.

    weights (rows, depth), 1 to ROWS rows; panel (any,); offsets (depth,); start (rows,); sums (ROWS, columns), and
    columns make 1 to VECTORS whole vectors. Rows of sums beyond those of weights receive garbage.
    """
    vectors = sums.shape[1] * sums.itemsize // VECTOR_BYTES
    if vectors == 3:
        _tile(weights, panel, offsets, start, sums, 3)
    elif vectors == 2:
        _tile(weights, panel, offsets, start, sums, 2)
    else:
        _tile(weights, panel, offsets, start, sums, 1)


@intrinsic(prefer_literal=True)
def _tile(typing_context, weights, panel, offsets, start, sums, vectors):
    """Build the loop for this number of vectors."""
    number = number_type(panel)
    size = panel.dtype.bitwidth // 8
    lanes = VECTOR_BYTES // size
    vector = ir.VectorType(number, lanes)
    columns = range(vectors.literal_value)
    index = ir.IntType(64)
    fused = ("contract",)  # product and sum in one instruction, where the machine has it

    def generate(context, builder, signature, arguments):
        def row(matrix, f):
            stride = cgutils.unpack_tuple(builder, matrix.strides)[0]
            return cgutils.pointer_add(builder, matrix.data, builder.mul(f, stride))

        def vector_at(pointer, v):
            return builder.bitcast(builder.gep(pointer, [index(v * lanes)]), vector.as_pointer())

        def load(pointer, v):
            return builder.load(vector_at(pointer, v), align=size)

        def broadcast(value):
            empty = ir.Constant(vector, ir.Undefined)
            first = builder.insert_element(empty, value, ir.IntType(32)(0))
            return builder.shuffle_vector(first, empty, ir.Constant(ir.VectorType(ir.IntType(32), lanes), [0] * lanes))

        def array(i):
            return context.make_array(signature.args[i])(context, builder, arguments[i])

        weights, panel, offsets, sums = (array(i) for i in (0, 1, 2, 4))
        rows, depth = cgutils.unpack_tuple(builder, weights.shape)
        last = builder.sub(rows, index(1))
        inside = [builder.select(builder.icmp_signed("<", index(f), last), index(f), last) for f in range(ROWS)]
        weight_rows = [row(weights, f) for f in inside]  # where there is no row f, the last one once more
        sum_rows = [row(sums, index(f)) for f in range(ROWS)]
        if signature.args[3] == types.none:
            begin = [[load(sum_rows[f], v) for v in columns] for f in range(ROWS)]
        else:
            begin = [[broadcast(builder.load(row(array(3), f)))] * len(columns) for f in inside]
        before, step, after = builder.block, builder.append_basic_block("step"), builder.append_basic_block("after")
        builder.branch(step)

        builder.position_at_end(step)
        d = builder.phi(index)
        total = [[builder.phi(vector) for _ in columns] for _ in range(ROWS)]  # "phi": begin at first, then the last step's
        pixels = builder.gep(panel.data, [builder.load(builder.gep(offsets.data, [d]))])
        pixels = [load(pixels, v) for v in columns]
        for f in range(ROWS):
            weight = broadcast(builder.load(builder.gep(weight_rows[f], [d])))
            for v in columns:
                more = builder.fadd(total[f][v], builder.fmul(weight, pixels[v], flags=fused), flags=fused)
                total[f][v].add_incoming(begin[f][v], before)
                total[f][v].add_incoming(more, step)
                total[f][v] = more
        following = builder.add(d, index(1))
        d.add_incoming(index(0), before)
        d.add_incoming(following, step)
        builder.cbranch(builder.icmp_signed("<", following, depth), step, after)

        builder.position_at_end(after)
        for f in range(ROWS):
            for v in columns:
                builder.store(total[f][v], vector_at(sum_rows[f], v), align=size)
        return context.get_dummy_value()

    return types.void(weights, panel, offsets, start, sums, vectors), generate
