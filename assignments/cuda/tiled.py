"""Part 6: convolution, with pixels in shared memory.

In part 3, a 3 x 3 kernel reads each pixel nine times from global memory, once for each window that it is in. Here a
block computes a tile of one feature map, say 16 x 16 outputs. Channel by channel, its threads copy the pixels under
the tile into shared memory, together with the rim that the windows at the edge reach beyond it: 18 x 18 pixels for 16
x 16 outputs, 1.27 for each. There are more pixels than threads, so some threads copy several. Then each thread slides
its window over the copy. Two barriers for each channel: one before anyone reads the copy, one before anyone overwrites
it.

Shared memory has 32 banks of 4 bytes: numbers next to each other are in banks next to each other, and after 32 numbers
the first bank comes again. In one step, each bank delivers one number to as many threads of a warp as need it. If two
threads need different numbers of one bank, one waits for the other: a bank conflict. A warp that reads 32 numbers side
by side has none. A warp of two rows of 16 threads reads two rows of the copy: where these begin depends on how wide the
shared array is, and it may be wider than what you store in it.
"""

from numba import cuda, float32

KERNEL = 3  # height and width of all kernels


@cuda.jit
def convolve_tiled(images, kernels, bias, padding, output):
    """Convolve as in part 3, but with kernels of 3 x 3, and with pixels that the threads of a block share.

        images   (C, H, W) float32, the channels of one image
        kernels  (K, C, 3, 3) float32
        bias     (K,) float32
        padding  an integer from 0 on: how many rows and columns of zeros are on each side of the image
        output   (K, OH, OW) float32: OH = H + 2 * padding - 2 and OW = W + 2 * padding - 2 are at least 1

    Tiles often reach beyond the output. Threads out there write nothing, but they must reach every barrier. Compute in
    float32; your rounding may differ a little from ours.

    Traffic, at best: 1.4 pixels read from global memory for each output and channel, no bank conflicts, each output
    written once, 1.25 times the fewest sectors to write them, and 100 numbers read for each channel by the busiest
    thread, from shared and global memory together.
    """
    raise NotImplementedError


def launch_convolve_tiled(filters, rows, columns):
    """Return (blocks, threads) for an output of shape (filters, rows, columns): each two or three numbers.

    >>> blocks, threads = launch_convolve_tiled(5, 30, 40)
    """
    raise NotImplementedError
