"""direct.py
all: passed
"""
from numba import cuda

THREADS = 128


@cuda.jit(device=True)
def pixel(images, c, v, h):
    if v < 0 or h < 0:
        return 0.0
    if v >= images.shape[1] or h >= images.shape[2]:
        return 0.0
    return images[c, v, h]


@cuda.jit
def convolve(images, kernels, bias, padding, output):
    """One thread for each output, counted through the whole array."""
    i = cuda.grid(1)
    if i < output.size:
        rows, columns = output.shape[1], output.shape[2]
        column, row, k = i % columns, i // columns % rows, i // (columns * rows)
        total = 0.0
        for c in range(images.shape[0]):
            for r in range(kernels.shape[2]):
                for s in range(kernels.shape[3]):
                    total += pixel(images, c, row + r - padding, column + s - padding) * kernels[k, c, r, s]
        output[k, row, column] = total + bias[k]


def launch_convolve(filters, rows, columns):
    return (filters * rows * columns + THREADS - 1) // THREADS, THREADS
