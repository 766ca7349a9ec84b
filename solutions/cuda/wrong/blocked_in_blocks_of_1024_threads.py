"""blocked.py
7.1 7.2 7.3 7.4 7.5: wrong
says: no GPU can launch this
"""

from numba import cuda, float32

KERNEL = 3  # height and width of all kernels
FILTERS = 16  # feature maps that each thread computes
TILE = 32  # 1,024 threads of 122 registers are more than a GPU has for a block
PATCH = TILE + KERNEL - 1  # pixels under a tile, in height and width
WIDTH = PATCH + (16 - PATCH) % 32  # of a stored row: 16 banks beyond the one above, so a warp's two rows never meet
TAPS = KERNEL * KERNEL


@cuda.jit
def convolve_blocked(images, kernels, bias, padding, output):
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


def launch_convolve_blocked(filters, rows, columns):
    tiles_across, tiles_down = (columns + TILE - 1) // TILE, (rows + TILE - 1) // TILE
    return (tiles_across, tiles_down, (filters + FILTERS - 1) // FILTERS), (TILE, TILE)
