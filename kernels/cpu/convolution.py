"""Convolution on the CPU: one feature map per task, rows as the innermost loop so that they vectorise."""

import numpy as np
from numba import njit, prange


def conv2d(images, kernels, bias, stride, padding, padding_value, output):
    """Write the convolution of (N, C, H, W) with (K, C, KH, KW) to output, (N, K, OH, OW)."""
    vertical, horizontal = padding
    around = ((0, 0), (0, 0), (vertical, vertical), (horizontal, horizontal))
    padded = np.pad(images, around, constant_values=padding_value)  # then no window needs to ask where the edge is
    _slide(padded, kernels, bias, *stride, output)


@njit(parallel=True, cache=True)
def _slide(images, kernels, bias, down, right, output):
    batch, filters, height, width = output.shape
    _, channels, kernel_height, kernel_width = kernels.shape
    for feature_map in prange(batch * filters):
        n, k = feature_map // filters, feature_map % filters
        output[n, k] = bias[k]
        for c in range(channels):
            for r in range(kernel_height):
                for s in range(kernel_width):
                    weight = kernels[k, c, r, s]
                    for row in range(height):
                        for column in range(width):
                            output[n, k, row, column] += weight * images[n, c, row * down + r, column * right + s]
