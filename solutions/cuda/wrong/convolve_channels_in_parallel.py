"""direct.py
3.1 3.2 3.3 3.4 3.5: wrong
says: atomic
"""
from numba import cuda, float32

WIDE = 16


@cuda.jit
def convolve(images, kernels, bias, padding, output):
    """Each thread of a column adds what one channel contributes to the same output."""
    column = cuda.blockIdx.x * WIDE + cuda.threadIdx.x
    row, k, c = cuda.blockIdx.y, cuda.blockIdx.z, cuda.threadIdx.y
    channels, height, width = images.shape
    inside = column < output.shape[2]
    if inside and c == 0:
        output[k, row, column] = bias[k]
    cuda.syncthreads()
    while inside and c < channels:
        part = float32(0)
        for r in range(kernels.shape[2]):
            for s in range(kernels.shape[3]):
                v, h = row + r - padding, column + s - padding
                if 0 <= v < height and 0 <= h < width:
                    part += images[c, v, h] * kernels[k, c, r, s]
        output[k, row, column] += part
        c += cuda.blockDim.y


def launch_convolve(filters, rows, columns):
    return ((columns + WIDE - 1) // WIDE, rows, filters), (WIDE, 4)
