"""tiled.py
6.2 6.3 6.4 6.5: wrong
says: ends at
"""
from numba import cuda, float32

KERNEL = 3
TILE = 16
UNDER = TILE + KERNEL - 1
STORED = TILE + 32  # each row begins 16 banks beyond the one above


@cuda.jit
def convolve_tiled(images, kernels, bias, padding, output):
    pixels = cuda.shared.array((TILE, TILE), float32)
    x, y, k = cuda.threadIdx.x, cuda.threadIdx.y, cuda.blockIdx.z
    channels, height, width = images.shape
    filters, rows, columns = output.shape
    row, column = cuda.blockIdx.y * TILE + y, cuda.blockIdx.x * TILE + x
    top, left = cuda.blockIdx.y * TILE - padding, cuda.blockIdx.x * TILE - padding
    total = bias[k]
    for c in range(channels):
        for v in range(y, UNDER, TILE):
            for h in range(x, UNDER, TILE):
                value = float32(0)
                if 0 <= top + v < height and 0 <= left + h < width:
                    value = images[c, top + v, left + h]
                pixels[v, h] = value
        cuda.syncthreads()
        for r in range(KERNEL):
            for s in range(KERNEL):
                total += pixels[y + r, x + s] * kernels[k, c, r, s]
        cuda.syncthreads()
    if row < rows and column < columns:
        output[k, row, column] = total


def launch_convolve_tiled(filters, rows, columns):
    return ((columns + TILE - 1) // TILE, (rows + TILE - 1) // TILE, filters), (TILE, TILE)
