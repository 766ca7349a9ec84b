"""How threads are dealt out to arrays of planes: (planes, rows, columns), where a plane is one channel of one image.

The rows of all planes are one long list of lines: a block is as wide as a line, up to a warp, and as tall as its threads
allow. So small planes share a block, and a warp reads and writes neighbouring addresses, over the ends of rows and planes
too. A grid has room for 2^31 - 1 blocks along its first axis, but only for 65,535 along each of the others: columns lie
along the first, and lines along the two others together.
"""

from numba import int64, uint32

from kernels.cuda.device import cuda
from kernels.cuda.limits import MOST_BLOCKS, MOST_THREADS_ALONG
from kernels.types import Shape

MOST_THREADS = 128  # in a block
WARP = 32
MOST_LINES = 2**31  # half of what 32 bits count, since a grid may have room for a few more


def fit(planes: int, rows: int, columns: int) -> tuple[tuple[int, int, int], tuple[int, int]]:
    """Return blocks and threads that give each value a thread of its own, where `here` tells the thread its value.

    Raises ValueError for more rows than 32 bits count, in all planes together.
    """
    lines = _counted(planes * rows)
    x = min(WARP, _power_of_two(columns))
    y = min(MOST_THREADS // x, _power_of_two(lines))
    return grid(-(-lines // y), -(-columns // x)), (x, y)


def grid(lines: int, columns: int) -> tuple[int, int, int]:
    """Return a grid with so many columns of blocks, and room for so many lines, which `line_of_blocks` counts.

    Raises ValueError for more lines than 32 bits count.
    """
    deep = -(-_counted(lines) // MOST_BLOCKS[1])
    return columns, -(-lines // deep), deep


def block(planes: int, rows: int, columns: int) -> tuple[int, int, int]:
    """Return the threads of a single block that walks over an array: across a row, down the rows, through the planes."""
    x = min(WARP, _power_of_two(columns))
    y = min(MOST_THREADS // x, _power_of_two(rows))
    return x, y, min(MOST_THREADS // (x * y), _power_of_two(planes), MOST_THREADS_ALONG[2])


def _counted(lines: int) -> int:
    if lines > MOST_LINES:
        raise ValueError(f"a launch has at most {MOST_LINES:,} lines, not {lines:,}")
    return lines


def _power_of_two(number: int) -> int:
    """Return the smallest power of two that is not less."""
    return 1 << (number - 1).bit_length()


@cuda.jit(device=True)
def line_of_blocks() -> int:
    """Return the line of the grid that this block is on."""
    return cuda.blockIdx.z * cuda.gridDim.y + cuda.blockIdx.y


@cuda.jit(device=True)
def divide(number: int, divisor: int) -> tuple[int, int]:
    """Return quotient and remainder of what 32 bits hold: a division of 64 takes five times as many instructions."""
    number, divisor = uint32(number), uint32(divisor)
    return int64(number // divisor), int64(number % divisor)


@cuda.jit(device=True)
def here(rows: int) -> tuple[int, int, int]:
    """Return the plane, the row and the column of this thread, where planes have so many rows."""
    plane, row = divide(line_of_blocks() * cuda.blockDim.y + cuda.threadIdx.y, rows)
    return plane, row, cuda.blockIdx.x * cuda.blockDim.x + cuda.threadIdx.x


@cuda.jit(device=True)
def is_inside(place: tuple[int, int, int], shape: Shape) -> bool:
    """Return whether there is a value at this plane, row and column: blocks reach over the ends of planes and columns."""
    return place[0] < shape[0] and place[2] < shape[2]
