"""tiled.py
6.4 6.5: wrong
"""

from numba import cuda, float32

KERNEL = 3  # height and width of all kernels
TILE = 16  # outputs of a block, in height and width, one for each thread
PATCH = TILE + KERNEL - 1  # pixels under a tile, in height and width
WIDTH = PATCH + (16 - PATCH) % 32  # of a stored row: 16 banks beyond the one above, so a warp's two rows never meet


@cuda.jit
def convolve_tiled(images, kernels, bias, padding, output):
    pixels = cuda.shared.array((PATCH, WIDTH), float32)
    x, y, k = cuda.threadIdx.x, cuda.threadIdx.y, cuda.blockIdx.z
    _, rows, columns = output.shape
    channels, height, width = images.shape
    row, column = cuda.blockIdx.y * TILE + y, cuda.blockIdx.x * TILE + x
    top, left = cuda.blockIdx.y * TILE - padding, cuda.blockIdx.x * TILE - padding
    total = bias[k]
    for c in range(channels):
        for v in range(y, PATCH, TILE):
            for h in range(x, PATCH, TILE):
                value = float32(0)
                if 0 <= top + v < height and 0 <= left + h < width:
                    value = images[c, top + v, left + h]
                pixels[v, h] = value
        cuda.syncthreads()  # no thread slides over pixels that are not there yet
        for r in range(KERNEL):
            for s in range(KERNEL):
                total += pixels[y + r, x + s] * kernels[k, c, r, s]
        cuda.syncthreads()  # no thread overwrites pixels that a neighbour still needs
    if row < rows and column < columns:
        output[k, row, column] = total


def launch_convolve_tiled(filters, rows, columns):
    across, down = (columns + TILE - 1) // TILE, (rows + TILE - 1) // TILE
    return (min(across, 4), down, filters), (TILE, TILE)
