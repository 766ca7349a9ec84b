"""How threads are dealt out to arrays of planes: (planes, rows, columns), where a plane is one channel of one image.

A block is as wide as a row, up to a warp, then as tall as a plane, then as deep as its threads allow: small planes lie
whole in one block, and a warp reads and writes neighbouring addresses, over the ends of rows and planes too.
"""

from kernels.cuda.device import cuda

MOST_THREADS = 128  # in a block
WARP = 32


def fit(planes: int, rows: int, columns: int) -> tuple[tuple[int, int, int], tuple[int, int, int]]:
    """Return blocks and threads that give each value a thread of its own, where `here` tells the thread its value.

    Planes go along the grid's first axis, which alone has no limit that matters.
    """
    x = min(WARP, _power_of_two(columns))
    y = min(MOST_THREADS // x, _power_of_two(rows))
    z = min(MOST_THREADS // (x * y), _power_of_two(planes), 64)
    return (-(-planes // z), -(-rows // y), -(-columns // x)), (x, y, z)


def _power_of_two(number: int) -> int:
    """Return the smallest power of two that is not less."""
    return 1 << (number - 1).bit_length()


@cuda.jit(device=True)
def here():
    """Return the plane, the row and the column of this thread."""
    plane = cuda.blockIdx.x * cuda.blockDim.z + cuda.threadIdx.z
    row = cuda.blockIdx.y * cuda.blockDim.y + cuda.threadIdx.y
    column = cuda.blockIdx.z * cuda.blockDim.x + cuda.threadIdx.x
    return plane, row, column


@cuda.jit(device=True)
def is_inside(value, shape):
    """Tell whether there is a value at this plane, row and column: blocks reach over the ends of all three."""
    return value[0] < shape[0] and value[1] < shape[1] and value[2] < shape[2]
