"""blocked.py
7.2 7.3 7.4 7.5: wrong
says: ends at
"""
from numba import cuda, float32

KERNEL = 3
FILTERS = 16
KEPT = FILTERS - 1
TILE = 16
UNDER = TILE + KERNEL - 1
STORED = TILE + 32  # each row begins 16 banks beyond the one above
TAPS = KERNEL * KERNEL


@cuda.jit
def convolve_blocked(images, kernels, bias, padding, output):
    pixels = cuda.shared.array((UNDER, STORED), float32)
    weights = cuda.shared.array((TAPS, FILTERS), float32)
    totals = cuda.local.array(KEPT, float32)
    x, y, first = cuda.threadIdx.x, cuda.threadIdx.y, cuda.blockIdx.z * FILTERS
    channels, height, width = images.shape
    filters, rows, columns = output.shape
    row, column = cuda.blockIdx.y * TILE + y, cuda.blockIdx.x * TILE + x
    top, left = cuda.blockIdx.y * TILE - padding, cuda.blockIdx.x * TILE - padding
    for f in range(FILTERS):
        totals[f] = float32(0)
    for c in range(channels):
        for v in range(y, UNDER, TILE):
            for h in range(x, UNDER, TILE):
                value = float32(0)
                if 0 <= top + v < height and 0 <= left + h < width:
                    value = images[c, top + v, left + h]
                pixels[v, h] = value
        for item in range(y * TILE + x, TAPS * FILTERS, TILE * TILE):
            f, tap = item // TAPS, item % TAPS
            weight = float32(0)
            if first + f < filters:
                weight = kernels[first + f, c, tap // KERNEL, tap % KERNEL]
            weights[tap, f] = weight
        cuda.syncthreads()
        for r in range(KERNEL):
            for s in range(KERNEL):
                pixel = pixels[y + r, x + s]
                for f in range(FILTERS):
                    totals[f] += pixel * weights[r * KERNEL + s, f]
        cuda.syncthreads()
    if row < rows and column < columns:
        for f in range(FILTERS):
            if first + f < filters:
                output[first + f, row, column] = totals[f] + bias[first + f]


def launch_convolve_blocked(filters, rows, columns):
    return ((columns + TILE - 1) // TILE, (rows + TILE - 1) // TILE, (filters + FILTERS - 1) // FILTERS), (TILE, TILE)
