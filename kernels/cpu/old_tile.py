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

from llvmlite import ir
from numba import njit, types
from numba.core import cgutils
from numba.extending import intrinsic

from kernels.cpu.panel import inside
from kernels.cpu.vectors import REGISTERS, VECTOR_BYTES, number_type

VECTORS = 3
ROWS = 8 if REGISTERS == 32 else 4  # the sums, a step's pixels and one weight must fit into the registers


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


@njit
def plane_size(kernel_height, down, lines, columns):
    """Return how many values a plane holds; of a stride's lines, those that no row of the kernel meets are left out."""
    return min(down, kernel_height) * -(-lines // down) * columns


@njit
def fold(panel, image, kernel, stride, top, left, lines, columns):
    """Add each value of the panel to the pixel of image (C, H, W) from which fill would have taken it."""
    (channels, kernel_height, kernel_width), (down, right) = kernel, stride
    _, height, width = image.shape
    line = 0
    for c in range(channels):
        for s in range(kernel_width):
            first, last = inside(left + s, right, width, columns)
            for dealt in range(min(down, kernel_height)):
                begin, end = inside(top + dealt, down, height, -(-lines // down))
                for v in range(begin, end):
                    values = panel[(line + v) * columns + first : (line + v) * columns + last]
                    pixels = image[c, top + dealt + v * down, left + s + first * right :]
                    if right == 1:
                        for x in range(len(values)):
                            pixels[x] += values[x]
                    else:
                        for x in range(len(values)):
                            pixels[x * right] += values[x]
                line += -(-lines // down)


PANEL_BYTES = 2**18


def region_size(kernels_shape, stride, output):
    """Return how many rows and columns of an output image make one panel."""
    (_, channels, kernel_height, kernel_width), (height, width) = kernels_shape, output.shape[2:]
    line = channels * kernel_width * output.itemsize  # bytes for each column
    few = kernel_height + 3 * stride[0]  # lines for four rows of the output
    columns = width
    if columns * few * line > PANEL_BYTES:
        tile = VECTORS * VECTOR_BYTES // output.itemsize
        columns = min(width, max(1, PANEL_BYTES // (few * line * tile)) * tile)
    lines = PANEL_BYTES // (line * columns)
    return min(height, max(1, (lines - kernel_height) // stride[0] + 1)), columns
