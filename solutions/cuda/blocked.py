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
# BEGIN SOLUTION
TILE = 16  # outputs of a block in each feature map, in height and width, one for each thread
PATCH = TILE + KERNEL - 1  # pixels under a tile, in height and width
WIDTH = PATCH + (16 - PATCH) % 32  # of a stored row: 16 banks beyond the one above, so a warp's two rows never meet
TAPS = KERNEL * KERNEL
# END SOLUTION


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
    # BEGIN SOLUTION
    pixels = cuda.shared.array((PATCH, WIDTH), float32)
    weights = cuda.shared.array((TAPS, FILTERS), float32)
    totals = cuda.local.array(FILTERS, float32)
    x, y = cuda.threadIdx.x, cuda.threadIdx.y
    filters, rows, columns = output.shape
    channels, height, width = images.shape
    row, column, first = cuda.blockIdx.y * TILE + y, cuda.blockIdx.x * TILE + x, cuda.blockIdx.z * FILTERS
    top, left = cuda.blockIdx.y * TILE - padding, cuda.blockIdx.x * TILE - padding
    for f in range(FILTERS):
        totals[f] = 0
    for c in range(channels):
        for v in range(y, PATCH, TILE):
            for h in range(x, PATCH, TILE):
                value = float32(0)
                if 0 <= top + v < height and 0 <= left + h < width:
                    value = images[c, top + v, left + h]
                pixels[v, h] = value
        for item in range(y * TILE + x, TAPS * FILTERS, TILE * TILE):
            f, tap = item // TAPS, item % TAPS  # neighbouring threads read neighbouring taps
            weight = float32(0)
            if first + f < filters:
                weight = kernels[first + f, c, tap // KERNEL, tap % KERNEL]
            weights[tap, f] = weight
        cuda.syncthreads()  # no thread multiplies what is not there yet
        for r in range(KERNEL):
            for s in range(KERNEL):
                pixel = pixels[y + r, x + s]
                for f in range(FILTERS):
                    totals[f] += pixel * weights[r * KERNEL + s, f]
        cuda.syncthreads()  # no thread overwrites what a neighbour still needs
    if row < rows and column < columns:
        for f in range(FILTERS):
            if first + f < filters:
                output[first + f, row, column] = totals[f] + bias[first + f]
    # END SOLUTION


def launch_convolve_blocked(filters, rows, columns):
    """Return (blocks, threads) for an output of shape (filters, rows, columns): each two or three numbers.

    >>> blocks, threads = launch_convolve_blocked(20, 30, 40)
    """
    # BEGIN SOLUTION
    tiles_across, tiles_down = (columns + TILE - 1) // TILE, (rows + TILE - 1) // TILE
    return (tiles_across, tiles_down, (filters + FILTERS - 1) // FILTERS), (TILE, TILE)
    # END SOLUTION
