"""Part 7: convolution, with many totals in registers.

In part 6, each multiplication takes two reads: a pixel from shared memory and a weight. But all kernels slide over the
same pixels. A thread that computes one position of 16 feature maps fetches a pixel once and multiplies it by 16
weights. It has 16 totals, in an array of its own:

    totals = cuda.local.array(FILTERS, float32)

The compiler keeps such an array in registers, the fastest memory there is, if it knows all indices when it compiles:
index it only in loops over constants, such as `for f in range(FILTERS)`. Otherwise the array is in slow memory, and the
compiler reports spills. A thread has at most 255 registers, and a block 65,536; the more each thread uses, the fewer
threads fit on the GPU at a time (occupancy), and the less it can do while some of them wait for memory.

The weights go into shared memory as well, one channel at a time. All threads of a warp need the same weight at the same
time, and one read brings it to all of them. Store weights that a thread uses one after another side by side: then the
compiler fetches four of them at once.
"""

from numba import cuda, float32

KERNEL = 3  # height and width of all kernels
FILTERS = 16  # feature maps that each thread computes


@cuda.jit
def convolve_blocked(images, kernels, bias, padding, output):
    """Convolve as in part 6, where each thread computes one position of FILTERS feature maps.

        images   (C, H, W) float32, the channels of one image
        kernels  (K, C, 3, 3) float32
        bias     (K,) float32
        padding  an integer from 0 on: how many rows and columns of zeros are on each side of the image
        output   (K, OH, OW) float32: OH = H + 2 * padding - 2 and OW = W + 2 * padding - 2 are at least 1

    K is often not a multiple of FILTERS. The last totals are then of no use: load no weights for them, and write none
    of them. Compute in float32; your rounding may differ a little from ours.

    Traffic, at best: 1.1 pixels and weights read for each multiplication, from any memory, no spills, each output
    written once, and 1.25 times the fewest sectors to write them.
    """
    raise NotImplementedError


def launch_convolve_blocked(filters, rows, columns):
    """Return (blocks, threads) for an output of shape (filters, rows, columns): each two or three numbers.

    >>> blocks, threads = launch_convolve_blocked(20, 30, 40)
    """
    raise NotImplementedError
