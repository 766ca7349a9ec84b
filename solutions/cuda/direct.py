"""Part 3: convolution, straight from the definition.

The lecture's convolution: a kernel slides over the image; at each position the numbers that lie on top of each other
are multiplied, and all products are added up, over all channels. Nothing is flipped. Each thread computes one number
of one feature map. The third axis of the grid, z, is for feature maps: `x, y, z = cuda.grid(3)`.

Keep a total in a variable of its own: the compiler holds it in a register, and the output is written once.
"""

from numba import cuda, float32

# BEGIN SOLUTION
THREADS = (32, 4, 1)
# END SOLUTION


@cuda.jit
def convolve(images, kernels, bias, padding, output):
    """Convolve with stride 1, zeros around the image, and a bias for each feature map.

        images   (C, H, W) float32, the channels of one image
        kernels  (K, C, KH, KW) float32
        bias     (K,) float32
        padding  an integer from 0 on: how many rows and columns of zeros are on each side of the image
        output   (K, OH, OW) float32: OH = H + 2 * padding - KH + 1 and OW = W + 2 * padding - KW + 1 are at least 1

    For each k, row and column:

        output[k, row, column] = bias[k] + the sum over all c, r, s of
                                 images[c, row - padding + r, column - padding + s] * kernels[k, c, r, s]

    Pixels of the padding count as 0. They are not in the array, so do not read them. Compute in float32; your rounding
    may differ a little from ours.

    Traffic, at best: C * KH * KW pixels and as many weights read for each output, each output written once, and 1.25
    times the fewest sectors.
    """
    # BEGIN SOLUTION
    column, row, k = cuda.grid(3)
    filters, rows, columns = output.shape
    if k >= filters or row >= rows or column >= columns:
        return
    channels, height, width = images.shape
    _, _, kernel_height, kernel_width = kernels.shape
    total = float32(0)
    for c in range(channels):
        for r in range(kernel_height):
            for s in range(kernel_width):
                v, h = row + r - padding, column + s - padding
                if 0 <= v < height and 0 <= h < width:
                    total += images[c, v, h] * kernels[k, c, r, s]
    output[k, row, column] = total + bias[k]
    # END SOLUTION


def launch_convolve(filters, rows, columns):
    """Return (blocks, threads) for an output of shape (filters, rows, columns): two triples (x, y, z).

    The z of threads is at most 64, the y and z of blocks at most 65535.

    >>> (blocks_x, blocks_y, blocks_z), (threads_x, threads_y, threads_z) = launch_convolve(5, 30, 40)
    >>> blocks_x * threads_x >= 40 and blocks_y * threads_y >= 30 and blocks_z * threads_z >= 5
    True
    """
    # BEGIN SOLUTION
    x, y, z = THREADS
    return ((columns + x - 1) // x, (rows + y - 1) // y, (filters + z - 1) // z), THREADS
    # END SOLUTION
