"""Convolution as a matrix product: the weights, (K, C KH KW), times a panel of pixels, in register tiles.

A region is so much of an output image that its panel (panel.py) stays in the cache while all kernels pass over it, a tile
(tile.py) at a time. Threads share out the regions. Each output is summed up by one thread, in one order: the bits do not
depend on how many threads there are.
"""

import numpy as np
from numba import get_num_threads, njit, prange

from kernels.cpu.compiled import compiled
from kernels.cpu.panel import fill, plane_size, weight_offsets
from kernels.cpu.tile import ROWS, VECTOR_BYTES, VECTORS, multiply

PANEL_BYTES = 2**18  # half of a small second-level cache
WORTH_THREADS = 2_000_000  # multiply-adds: fewer are done before a second thread has begun


def conv2d(images, kernels, bias, geometry, padding_value, output):
    """Write the convolution of (N, C, H, W) with (K, C, KH, KW) to output, (N, K, OH, OW)."""
    stride, padding, _ = geometry
    region = region_size(kernels.shape, stride, output)
    if output.size * kernels[0].size < WORTH_THREADS:
        _share(images, kernels, bias, stride, padding, padding_value, output, region, 0, 1)
    else:
        threads = get_num_threads()
        rows = min(region[0], -(-len(output) * output.shape[2] // threads))  # a single image has work for all of them
        _all_shares(images, kernels, bias, stride, padding, padding_value, output, (rows, region[1]), threads)


def region_size(kernels_shape, stride, output):
    """Return how many rows and columns of an output image make one panel."""
    (_, channels, kernel_height, kernel_width), (height, width) = kernels_shape, output.shape[2:]
    line = channels * kernel_width * output.itemsize  # bytes for each column
    few = kernel_height + 3 * stride[0]  # lines for four rows of the output
    columns = width
    if columns * few * line > PANEL_BYTES:
        tile = VECTORS * VECTOR_BYTES // output.itemsize
        columns = min(width, max(1, PANEL_BYTES // (few * line * tile)) * tile)
    lines = PANEL_BYTES // (line * columns)
    return min(height, max(1, (lines - kernel_height) // stride[0] + 1)), columns


@compiled(parallel=True)
def _all_shares(images, kernels, bias, stride, padding, padding_value, output, region, threads):
    for share in prange(threads):
        _share(images, kernels, bias, stride, padding, padding_value, output, region, share, threads)


@compiled
def _share(images, kernels, bias, stride, padding, padding_value, output, region, share, shares):
    """Compute one share of the regions of all images."""
    batch, filters, height, width = output.shape
    (down, right), (rows, columns), kernel = stride, region, kernels.shape[1:]
    channels, kernel_height, kernel_width = kernel
    lines = (rows - 1) * down + kernel_height
    offsets = weight_offsets(kernel, down, lines, columns)
    edge = np.empty((ROWS, VECTORS * VECTOR_BYTES // output.itemsize), output.dtype)
    planes = channels * kernel_width * plane_size(kernel_height, down, lines, columns)
    panel = np.empty(planes + edge.shape[1], output.dtype)  # the last tile reads, and drops, what lies behind the planes
    weights = kernels.reshape(filters, offsets.size)
    across, along = -(-height // rows), -(-width // columns)
    regions = batch * across * along
    for region in range(regions * share // shares, regions * (share + 1) // shares):
        n, top, left = region // along // across, region // along % across * rows, region % along * columns
        high, wide = min(rows, height - top), min(columns, width - left)
        corner = top * down - padding[0], left * right - padding[1]
        fill(panel, images[n], kernel, stride, corner[0], corner[1], padding_value, lines, columns)
        if wide == width:  # the rows of the output lie one behind the other, and so do their pixels in the panel
            high, wide = 1, high * width
        for y in range(high):
            sums = output[n].reshape(filters, height * width)[:, (top + y) * width + left :]
            _product(weights, panel[y * columns :], offsets, bias, sums, wide, edge)


@njit
def _product(weights, panel, offsets, bias, sums, length, edge):
    """Write bias + weights times panel to the first columns of sums, `length` of them, tile by tile."""
    lanes = VECTOR_BYTES // sums.itemsize
    vectors = -(-length // lanes)
    at = 0
    while vectors > 0:
        count = -(-vectors // -(-vectors // VECTORS))  # of 4 vectors, tiles of 2 and 2: quicker than 3 and 1
        columns = min(count * lanes, length - at)
        for k in range(0, len(weights), ROWS):
            rows = weights[k : k + ROWS]
            whole = len(rows) == ROWS and columns == count * lanes
            tile = sums[k : k + ROWS, at : at + columns] if whole else edge[:, : count * lanes]
            multiply(rows, panel[at:], offsets, bias[k : k + ROWS], tile)
            if not whole:
                for f in range(len(rows)):
                    for j in range(columns):
                        sums[k + f, at + j] = tile[f, j]
        vectors -= count
        at += columns
