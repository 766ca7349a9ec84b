"""tiled.py
all: passed
"""
from numba import cuda, float32
import math

KERNEL = 3
TILE = 32
ROWS = 8  # of threads; each thread computes TILE / ROWS outputs
PATCH = TILE + 2
PER = TILE // ROWS

@cuda.jit(device=True)
def fill(patch, image, c, top, left):
    for v in range(cuda.threadIdx.y, PATCH, ROWS):
        for h in range(cuda.threadIdx.x, PATCH, TILE):
            r = top + v
            s = left + h
            inside = r >= 0 and s >= 0 and r < image.shape[1] and s < image.shape[2]
            patch[v, h] = image[c, r, s] if inside else float32(0)

@cuda.jit
def convolve_tiled(images, kernels, bias, padding, output):
    patch = cuda.shared.array((PATCH, PATCH), float32)
    weights = cuda.shared.array((KERNEL, KERNEL), float32)
    totals = cuda.local.array(PER, float32)
    x = cuda.threadIdx.x
    y = cuda.threadIdx.y
    k = cuda.blockIdx.z
    for j in range(TILE // ROWS):
        totals[j] = bias[k]
    for c in range(images.shape[0]):
        fill(patch, images, c, cuda.blockIdx.y * TILE - padding, cuda.blockIdx.x * TILE - padding)
        if x < KERNEL and y < KERNEL:
            weights[y, x] = kernels[k, c, y, x]
        cuda.syncthreads()
        for j in range(TILE // ROWS):
            for r in range(KERNEL):
                for s in range(KERNEL):
                    totals[j] += patch[y + j * ROWS + r, x + s] * weights[r, s]
        cuda.syncthreads()
    column = cuda.blockIdx.x * TILE + x
    for j in range(TILE // ROWS):
        row = cuda.blockIdx.y * TILE + y + j * ROWS
        if row < output.shape[1] and column < output.shape[2]:
            output[k, row, column] = totals[j]

def launch_convolve_tiled(filters, rows, columns):
    return (math.ceil(columns / TILE), math.ceil(rows / TILE), filters), (TILE, ROWS)
