"""Convolution's gradient by the kernels: a sum over all pixels of the output.

The gradient by weight (k, c, r, s) is the sum of upstream (k, y, x) times the pixel that the weight met there. As a matrix
product: upstream, (K, pixels), times the windows, (pixels, KH KW C). In a copy of the image with the channels last, a row
of a window lies in one piece, KW C values, which fill the vectors of the register tile (tile.py): no window is copied.
"""

import numpy as np
from numba import njit, prange

from kernels.cpu.compiled import compiled
from kernels.cpu.old_tile import ROWS, VECTOR_BYTES, VECTORS, multiply

COPY_BYTES = 2**26  # so many images at a time are copied
DEPTH = 512  # pixels that a tile sums before the next tile's turn: those of all rows stay in the first-level cache


def kernel_gradient(images, upstream, stride, padding, padding_value, for_kernels, threads):
    """Write the loss's gradient by the kernels, (K, C, KH, KW), given the one by the output, (N, K, OH, OW)."""
    filters, channels, kernel_height, kernel_width = for_kernels.shape
    (batch, _, height, width), (down, right) = upstream.shape, stride
    lanes = VECTOR_BYTES // images.itemsize
    rows, columns = (height - 1) * down + kernel_height, (width - 1) * right + kernel_width  # that windows meet
    line, size = kernel_width * channels, rows * columns * channels
    sums = np.zeros((kernel_height, -(-filters // ROWS) * ROWS, -(-line // lanes) * lanes), images.dtype)
    at_once = min(batch, max(1, COPY_BYTES // (size * images.itemsize)))
    space = np.empty(at_once * size + VECTORS * lanes, images.dtype)  # the last tile reads, and drops, what lies behind
    for first in range(0, batch, at_once):
        some = slice(first, first + at_once)
        copies = space[: len(images[some]) * size].reshape(-1, rows, columns, channels)
        if threads == 1:
            _copy_all(images[some], padding, padding_value, copies)
            _share(upstream[some], stride, space, copies.shape, sums, 0, 1)
        else:
            _all_shares(images[some], upstream[some], stride, padding, padding_value, space, copies, sums, threads)
    gradient = sums[:, :filters, :line].reshape(kernel_height, filters, kernel_width, channels)
    for_kernels[:] = gradient.transpose(1, 3, 0, 2)


@compiled(parallel=True)
def _all_shares(images, upstream, stride, padding, padding_value, space, copies, sums, threads):
    for n in prange(len(images)):
        _channels_last(images[n], padding, padding_value, copies[n])
    for share in prange(threads):
        _share(upstream, stride, space, copies.shape, sums, share, threads)


@compiled
def _copy_all(images, padding, padding_value, copies):
    for n in range(len(images)):
        _channels_last(images[n], padding, padding_value, copies[n])


@njit
def _channels_last(image, padding, padding_value, copy):
    """Write the padded image (C, H, W) to copy, (rows, columns, C)."""
    (channels, height, width), (above, left), (rows, columns, _) = image.shape, padding, copy.shape
    for v in range(rows):
        for h in range(columns):
            for c in range(channels):
                copy[v, h, c] = padding_value
    inner = copy[above:, left:]
    for v in range(min(height, rows - above)):
        for c in range(channels):
            for h in range(min(width, columns - left)):
                inner[v, h, c] = image[c, v, h]


@compiled
def _share(upstream, stride, copies, copies_shape, sums, share, shares):
    """Add to one share of the tiles of sums, (KH, K, KW C)."""
    (batch, filters, height, width), (down, right) = upstream.shape, stride
    _, rows, columns, channels = copies_shape
    kernel_height, _, line = sums.shape
    tile_columns = VECTORS * VECTOR_BYTES // sums.itemsize
    offsets = np.empty(height * width, np.intp)
    for y in range(height):
        for x in range(width):
            offsets[y * width + x] = (y * down * columns + x * right) * channels
    blocks = -(-filters // ROWS)
    tiles = kernel_height * blocks
    for n in range(batch):
        gains = upstream[n].reshape(filters, height * width)
        for q in range(0, height * width, DEPTH):
            for tile in range(tiles * share // shares, tiles * (share + 1) // shares):
                r, k = tile // blocks, tile % blocks * ROWS
                windows = copies[(n * rows + r) * columns * channels :]
                for t in range(0, line, tile_columns):
                    part = sums[r, k : k + ROWS, t : min(t + tile_columns, line)]
                    multiply(gains[k : k + ROWS, q : q + DEPTH], windows[t:], offsets[q : q + DEPTH], None, part)
