"""tiled.py
6.4 6.5: wrong
"""

from numba import cuda, float32

KERNEL = 3
TILE = 16
UNDER = TILE + KERNEL - 1
STORED = UNDER + (16 - UNDER) % 32
CHANNELS = 4  # that are copied at once


@cuda.jit
def convolve_tiled(images, kernels, bias, padding, output):
    pixels = cuda.shared.array((CHANNELS, UNDER, STORED), float32)
    x, y, k = cuda.threadIdx.x, cuda.threadIdx.y, cuda.blockIdx.z
    channels, height, width = images.shape
    filters, rows, columns = output.shape
    row, column = cuda.blockIdx.y * TILE + y, cuda.blockIdx.x * TILE + x
    top, left = cuda.blockIdx.y * TILE - padding, cuda.blockIdx.x * TILE - padding
    for c in range(channels):
        for v in range(y, UNDER, TILE):
            for h in range(x, UNDER, TILE):
                value = float32(0)
                if 0 <= top + v < height and 0 <= left + h < width:
                    value = images[c, top + v, left + h]
                pixels[c, v, h] = value
    cuda.syncthreads()
    total = bias[k]
    for c in range(channels):
        for r in range(KERNEL):
            for s in range(KERNEL):
                total += pixels[c, y + r, x + s] * kernels[k, c, r, s]
    if row < rows and column < columns:
        output[k, row, column] = total


def launch_convolve_tiled(filters, rows, columns):
    return ((columns + TILE - 1) // TILE, (rows + TILE - 1) // TILE, filters), (TILE, TILE)
