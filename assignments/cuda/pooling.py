"""Part 4: max pooling.

A window of 3 x 3 pixels slides over each channel, two pixels at a time, and its largest number is kept. Each thread
computes one number of one channel. A device function, marked with `@cuda.jit(device=True)`, is a helper that a kernel
can call.
"""

from numba import cuda, float32

SIZE = 3
STRIDE = 2


@cuda.jit
def max_pool(images, output):
    """Write the largest number of each window of 3 x 3 pixels, with stride 2 and no padding.

        images   (C, H, W) float32, with H and W from 3 on
        output   (C, OH, OW) float32: OH = (H - 3) // 2 + 1 and OW = (W - 3) // 2 + 1

    The window of output[c, row, column] begins at images[c, 2 * row, 2 * column]. Numbers may be negative, or
    infinite. If a window holds NaN (not a number), its output is NaN: a network that has gone wrong must not look as
    if it were right. On a GPU, max(a, b) forgets NaN, and every comparison with NaN is false; `value != value` is true
    for NaN alone.

    Traffic, at best: 10 pixels read for each output (nine, and one to begin with), each output written once, and 1.25
    times the fewest sectors. Windows are two pixels apart, so a warp's read touches twice the sectors that its pixels
    would fill: that is the fewest.
    """
    raise NotImplementedError


def launch_max_pool(channels, rows, columns):
    """Return (blocks, threads) for an output of shape (channels, rows, columns): two triples (x, y, z).

    >>> (blocks_x, blocks_y, blocks_z), (threads_x, threads_y, threads_z) = launch_max_pool(3, 15, 20)
    >>> blocks_x * threads_x >= 20 and blocks_y * threads_y >= 15 and blocks_z * threads_z >= 3
    True
    """
    raise NotImplementedError
