"""direct.py
3.3 3.4 3.5: wrong
says: A launch has 1 to 1,024 threads along y
"""

from numba import cuda, float32


@cuda.jit
def convolve(images, kernels, bias, padding, output):
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


def launch_convolve(filters, rows, columns):
    return ((columns + 7) // 8, 1, filters), (8, rows, 1)
