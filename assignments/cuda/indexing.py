"""Part 2: rows and columns.

Blocks and threads can have two axes, as an image has. Their first axis is called x, their second y:

    x, y = cuda.grid(2)    is short for    x = cuda.blockIdx.x * cuda.blockDim.x + cuda.threadIdx.x
                                           y = cuda.blockIdx.y * cuda.blockDim.y + cuda.threadIdx.y

A warp is 32 threads whose numbers follow each other, and x counts first: in a block of 32 x 8 threads it is one row of
32 with the same y. An image lies in memory row by row. So the order matters: where x is the column, a warp reads 32
pixels side by side, 4 sectors of memory; where x is the row, it reads 32 pixels from 32 rows, 32 sectors. The first is
called coalesced.
"""

from numba import cuda, float32


@cuda.jit
def darken(image, level, output):
    """Subtract the level from each pixel, but stop at black: output[row, column] = max(image[row, column] - level, 0).

        image    (H, W) float32, with any H and W from 1 on, and without NaN
        level    float32; one below 0 makes pixels brighter
        output   (H, W) float32

    The pixels 0.5 and 0.125 and the level 0.25 give 0.25 and 0.

    Traffic, at best: 1.25 times the fewest sectors.
    """
    raise NotImplementedError


def launch_darken(height, width):
    """Return (blocks, threads) for an image of this height and width: two pairs (x, y).

    A block has at most 1024 threads, and is neither wider nor taller than that.

    >>> (blocks_x, blocks_y), (threads_x, threads_y) = launch_darken(100, 1000)
    >>> blocks_x * threads_x >= 1000 and blocks_y * threads_y >= 100
    True
    """
    raise NotImplementedError
