"""ReLU, dense layers and the loss."""

import math
from collections.abc import Callable

from kernels.cuda.device import cuda
from kernels.cuda.grids import MOST_THREADS, block, grid, line_of_blocks
from kernels.cuda.limits import within_limits
from kernels.cuda.sums import add, over_block
from kernels.cuda.transfer import through_gpu
from kernels.cuda.types import Kernel, cache
from kernels.types import Floats, Integers, Shape

TILE = 16  # a block of TILE x TILE threads computes as many numbers of a product


@through_gpu(outputs=1)
def relu(values: Floats, output: Floats) -> None:
    """Write max(values, 0) to output, both vectors."""
    rectify[within_limits(-(-output.size // MOST_THREADS), MOST_THREADS)](values, output)


@through_gpu(outputs=1)
def relu_gradient(values: Floats, upstream: Floats, output: Floats) -> None:
    """Write upstream to output where values are positive, or NaN; 0 elsewhere. All are vectors."""
    let_through[within_limits(-(-output.size // MOST_THREADS), MOST_THREADS)](values, upstream, output)


@cuda.jit
def rectify(values: Floats, output: Floats) -> None:
    """Compute one value per thread."""
    i = cuda.grid(1)
    if i >= output.size:
        return
    if values[i] <= 0:
        output[i] = 0
    else:
        output[i] = values[i]


@cuda.jit
def let_through(values: Floats, upstream: Floats, output: Floats) -> None:
    """Compute the gradient by one value per thread."""
    i = cuda.grid(1)
    if i >= output.size:
        return
    if values[i] <= 0:
        output[i] = 0
    else:
        output[i] = upstream[i]


@through_gpu(outputs=1)
def dense(inputs: Floats, weights: Floats, bias: Floats, output: Floats) -> None:
    """Write inputs (N, I) times transposed weights (O, I), plus bias (O,), to output (N, O)."""
    number = output.dtype.type
    product_plus_bias(number, TILE)[within_limits(tiles(output.shape), (TILE, TILE))](inputs, weights, bias, output)


@through_gpu(outputs=3)
def dense_gradients(
    inputs: Floats, weights: Floats, upstream: Floats, for_inputs: Floats, for_weights: Floats, for_bias: Floats
) -> None:
    """Write the gradients by (N, I), (O, I) and (O,), given upstream (N, O)."""
    number = for_inputs.dtype.type
    product(False, number, TILE)[within_limits(tiles(for_inputs.shape), (TILE, TILE))](upstream, weights, for_inputs)
    product(True, number, TILE)[within_limits(tiles(for_weights.shape), (TILE, TILE))](upstream, inputs, for_weights)
    sum_columns(number)[within_limits(-(-for_bias.size // MOST_THREADS), MOST_THREADS)](upstream, for_bias)


def tiles(shape: Shape) -> tuple[int, int, int]:
    """Return the grid of tiles that covers a matrix of this shape."""
    return grid(-(-shape[0] // TILE), -(-shape[1] // TILE))


@cache
def tiled_dot(
    left_turned: bool, right_turned: bool, number: type, tile: int
) -> Callable[[Floats, Floats, int, int, int], float]:
    """Return a device function for one number of a product of matrices, either of which may be stored with swapped axes.

    Idea: a block's numbers need TILE rows of one matrix and TILE columns of the other. It walks along them tile by tile:
    each thread fetches one number of each tile into shared memory, and all compute with all of them.
    Traffic: 2 / TILE values from global memory for each multiply-add, read by neighbours side by side however the
    matrices are stored, since it is the tile in shared memory that is turned.
    Limit: two reads of shared memory for each multiply-add; registers would help, as in the rungs of convolution.
    """
    shape = (tile, tile + 1)  # a column more than is used: then no two values of a column share a bank of the memory

    @cuda.jit(device=True)
    def fetch(matrix: Floats, row: int, column: int) -> float:
        if row < matrix.shape[0] and column < matrix.shape[1]:
            value: float = matrix[row, column]
            return value
        zero: float = number(0)
        return zero

    @cuda.jit(device=True)
    def dot(left: Floats, right: Floats, top: int, start: int, length: int) -> float:
        left_tile = cuda.shared.array(shape, number)
        right_tile = cuda.shared.array(shape, number)
        x, y = cuda.threadIdx.x, cuda.threadIdx.y
        total: float = number(0)
        for first in range(0, length, tile):
            if left_turned:
                left_tile[x, y] = fetch(left, first + y, top + x)
            else:
                left_tile[y, x] = fetch(left, top + y, first + x)
            if right_turned:
                right_tile[x, y] = fetch(right, start + y, first + x)
            else:
                right_tile[y, x] = fetch(right, first + y, start + x)
            cuda.syncthreads()
            for place in range(tile):
                total += left_tile[y, place] * right_tile[place, x]
            cuda.syncthreads()  # or a quick thread would fetch the next tile while a slow one still computes with this
        return total

    return dot


@cache
def product_plus_bias(number: type, tile: int) -> Kernel[...]:
    """Compile inputs (N, I) times transposed weights (O, I), plus bias (O,)."""
    dot = tiled_dot(False, True, number, tile)

    @cuda.jit
    def multiply(inputs: Floats, weights: Floats, bias: Floats, output: Floats) -> None:
        """Compute one number per thread; all threads fetch, also those beyond the edge."""
        top, start = line_of_blocks() * tile, cuda.blockIdx.x * tile
        total = dot(inputs, weights, top, start, inputs.shape[1])
        row, column = top + cuda.threadIdx.y, start + cuda.threadIdx.x
        if row >= output.shape[0]:
            return
        if column >= output.shape[1]:
            return
        output[row, column] = total + bias[column]

    return multiply


@cache
def product(left_turned: bool, number: type, tile: int) -> Kernel[...]:
    """Compile left times right, (M, L) and (L, N), or transposed left times right, (L, M) and (L, N)."""
    dot = tiled_dot(left_turned, False, number, tile)

    @cuda.jit
    def multiply(left: Floats, right: Floats, output: Floats) -> None:
        """Compute one number per thread; all threads fetch, also those beyond the edge."""
        top, start = line_of_blocks() * tile, cuda.blockIdx.x * tile
        total = dot(left, right, top, start, right.shape[0])
        row, column = top + cuda.threadIdx.y, start + cuda.threadIdx.x
        if row >= output.shape[0]:
            return
        if column >= output.shape[1]:
            return
        output[row, column] = total

    return multiply


@cache
def sum_columns(number: type) -> Kernel[...]:
    """Compile the sum of each column of a matrix."""

    @cuda.jit
    def sum_up(matrix: Floats, sums: Floats) -> None:
        """Compute one sum per thread: in every row, neighbours read neighbours."""
        column = cuda.grid(1)
        if column >= sums.size:
            return
        total = number(0)
        for row in range(matrix.shape[0]):
            total += matrix[row, column]
        sums[column] = total

    return sum_up


@through_gpu(outputs=2)
def softmax_cross_entropy(logits: Floats, labels: Integers, losses: Floats, for_logits: Floats) -> None:
    """Write the loss of each row of logits (N, M) to losses (N,), and the gradient of their mean to for_logits (N, M)."""
    rows, classes = logits.shape
    threads = block(1, 1, classes)
    softmax_of_row(threads[0], logits.dtype.type)[within_limits(rows, threads)](logits, labels, losses, for_logits)


@cuda.jit(device=True)
def larger_of(one: float, other: float) -> float:
    """Return the larger value."""
    return max(one, other)


@cache
def softmax_of_row(threads: int, number: type) -> Kernel[...]:
    """Compile the loss and its gradient for blocks of this many threads."""
    sum_over_block, largest_of_block = over_block(add, threads, number), over_block(larger_of, threads, number)
    least = number(-math.inf)

    @cuda.jit
    def compute(logits: Floats, labels: Integers, losses: Floats, for_logits: Floats) -> None:
        """Compute one row per block, a warp at most: its largest logit, its sum of exponentials, then the results.

        Each value is read three times, by neighbouring threads, and written once. Size exponentials for each are the limit.
        """
        row, thread = cuda.blockIdx.x, cuda.threadIdx.x
        rows, classes = logits.shape
        largest = least
        for column in range(thread, classes, threads):
            largest = max(largest, logits[row, column])
        largest = largest_of_block(largest)
        total = number(0)
        for column in range(thread, classes, threads):
            total += math.exp(logits[row, column] - largest)
        total = sum_over_block(total)
        for column in range(thread, classes, threads):
            share = math.exp(logits[row, column] - largest) / total
            if column == labels[row]:
                share -= number(1)
            for_logits[row, column] = share / number(rows)
        if thread == 0:
            losses[row] = math.log(total) - (logits[row, labels[row]] - largest)

    return compute
