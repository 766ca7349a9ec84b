"""direct.py
3.1 3.2 3.3 3.4 3.5: wrong
says: blocks
"""
from numba import cuda, float32

WIDE, DEEP = 32, 2


@cuda.jit
def convolve(images, kernels, bias, padding, output):
    """Adds atomically, but the first block writes the bias while others add."""
    column, row, k = cuda.blockIdx.x * WIDE + cuda.threadIdx.x, cuda.blockIdx.y, cuda.blockIdx.z // DEEP
    first = cuda.blockIdx.z % DEEP
    channels, height, width = images.shape
    if column >= output.shape[2]:
        return
    if first == 0:
        output[k, row, column] = bias[k]
    part = float32(0)
    for c in range(first, channels, DEEP):
        for r in range(kernels.shape[2]):
            for s in range(kernels.shape[3]):
                v, h = row + r - padding, column + s - padding
                if 0 <= v < height and 0 <= h < width:
                    part += images[c, v, h] * kernels[k, c, r, s]
    cuda.atomic.add(output, (k, row, column), part)


def launch_convolve(filters, rows, columns):
    return ((columns + WIDE - 1) // WIDE, rows, filters * DEEP), WIDE
