"""Convolution's gradient by the images: the way back through the forward pass.

Forward, an image fills a panel (panel.py), and weights times panel gives the output. Backward, the transposed weights times
the upstream gradient give each value of the panel its gradient; and folding the panel adds that to the pixel that the value
was copied from. What lay in the padding is dropped.
"""

import numpy as np
from numba import njit, prange

from kernels.cpu.compiled import compiled
from kernels.cpu.old_tile import ROWS, VECTOR_BYTES, VECTORS, fold, multiply, plane_size, region_size
from kernels.cpu.vectors import copy_line


def image_gradient(kernels, upstream, stride, padding, for_images, threads):
    """Write the loss's gradient by the images, (N, C, H, W), given the one by the output, (N, K, OH, OW)."""
    weights = np.ascontiguousarray(kernels.transpose(2, 1, 3, 0))  # (KH, C, KW, K)
    region = region_size(kernels.shape, stride, upstream)
    groups = min(kernels.shape[1], -(-threads // len(upstream)))  # of channels: few images have work for all threads, too
    if threads == 1:
        _share(weights, upstream, stride, padding, region, groups, for_images, 0, 1)
    else:
        _all_shares(weights, upstream, stride, padding, region, groups, for_images, threads)


@compiled(parallel=True)
def _all_shares(weights, upstream, stride, padding, region, groups, for_images, threads):
    for share in prange(threads):
        _share(weights, upstream, stride, padding, region, groups, for_images, share, threads)


@compiled
def _share(weights, upstream, stride, padding, region, groups, for_images, share, shares):
    """Compute one share of all groups of channels of all images."""
    (batch, filters, height, width), (kernel_height, channels, kernel_width, _) = upstream.shape, weights.shape
    (rows, columns), (down, right) = region, stride
    tile_columns = VECTORS * VECTOR_BYTES // upstream.itemsize
    edge = np.empty((ROWS, tile_columns), upstream.dtype)
    pixels = np.empty(filters * rows * columns + tile_columns, upstream.dtype)
    most = plane_size(kernel_height, down, (rows - 1) * down + kernel_height, columns)
    panel = np.empty(-(-channels // groups) * kernel_width * most, upstream.dtype)
    flat = upstream.reshape(upstream.size)
    for task in range(batch * groups * share // shares, batch * groups * (share + 1) // shares):
        n, group = task // groups, task % groups
        begin, end = channels * group // groups, channels * (group + 1) // groups
        gradient = for_images[n, begin:end]
        gradient[:] = 0
        planes = (end - begin) * kernel_width
        for top in range(0, height, rows):
            for left in range(0, width, columns):
                high, wide = min(rows, height - top), min(columns, width - left)
                offsets = np.arange(filters) * (high * wide)
                for k in range(filters):
                    for y in range(high):
                        source = ((n * filters + k) * height + top + y) * width + left
                        copy_line(pixels, offsets[k] + y * wide, flat, source, wide, 1)
                lines = (high - 1) * down + kernel_height
                plane = plane_size(kernel_height, down, lines, wide)
                used = panel[: planes * plane]
                used[:] = 0
                for r in range(kernel_height):
                    line = r % down * -(-lines // down) + r // down
                    sums = used.reshape(planes, plane)[:, line * wide :]
                    rows_of_weights = weights[r, begin:end].reshape(planes, filters)
                    _add_product(rows_of_weights, pixels, offsets, sums, high * wide, edge)
                corner = top * down - padding[0], left * right - padding[1]
                fold(used, gradient, (end - begin, kernel_height, kernel_width), stride, corner[0], corner[1], lines, wide)


@njit
def _add_product(weights, panel, offsets, sums, length, edge):
    """Add weights times panel to the first columns of sums, `length` of them, tile by tile."""
    lanes = VECTOR_BYTES // sums.itemsize
    for at in range(0, length, VECTORS * lanes):
        columns = min(VECTORS * lanes, length - at)
        vectors = -(-columns // lanes)
        for t in range(0, len(weights), ROWS):
            rows = weights[t : t + ROWS]
            whole = len(rows) == ROWS and columns == vectors * lanes
            tile = sums[t : t + ROWS, at : at + columns] if whole else edge[:, : vectors * lanes]
            if not whole:
                for f in range(len(rows)):
                    for j in range(columns):
                        tile[f, j] = sums[t + f, at + j]
            multiply(rows, panel[at:], offsets, None, tile)
            if not whole:
                for f in range(len(rows)):
                    for j in range(columns):
                        sums[t + f, at + j] = tile[f, j]
