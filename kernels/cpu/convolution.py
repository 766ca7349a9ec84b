"""Convolution as a matrix product: the weights, (K, C KH KW), times a panel of pixels, in register tiles.

A region is so much of an output image, and a block so many channels, that the block's panel (panel.py) stays in the cache
while all kernels pass over it, a tile (tile.py) at a time. What the blocks before have added up waits in the output.

Threads take regions in turn; where an image is smaller than its kernels, they share out the kernels. Each output is summed
up by one thread, in the order of the weights: its bits depend neither on the threads nor on regions and blocks.
"""

import numpy as np

from kernels.cpu.compiled import compiled, inner
from kernels.cpu.panel import fill, weight_offsets
from kernels.cpu.stencil import STRIDES, share_of_planes
from kernels.cpu.threads import handed_out, in_shares, threads
from kernels.cpu.tile import SHAPES, multiply, next_tile, tallest
from kernels.cpu.vectors import VECTOR_BYTES, aligned

DEPTH = 150  # weights of a filter in a block, at most: the pixels of a tile then stay in the first-level cache
PANEL_BYTES = 2**18  # in the second-level cache, beside the block's weights and what comes in and goes out
PIECES = 2  # of the work for each thread, at least, where so many are large enough
WORTH_THREADS = 2_000_000  # multiply-adds: fewer are done before a second thread has begun
FIXED = 16  # multiply-adds that take as long as all else that an output needs
LONG = 12  # vectors in a row of the output: in such a row it costs little that the last tile is a small one
FEW = 4  # filters for a channel, which leave a tile's rows empty
TALLEST, WIDEST = SHAPES[0]


def conv2d(images, kernels, bias, geometry, padding_value, output):
    """Write the convolution of (N, C, H, W) with (K, C / groups, KH, KW) to output, (N, K, OH, OW)."""
    (down, right), (above, left), (apart, aside) = geometry
    numbers = down, right, above, left, apart, aside, padding_value
    arguments: tuple = (images, kernels, bias, *numbers, output)
    _, filters, height, width = output.shape
    close = apart <= down * height and aside <= right * width  # else most of a copy would be gaps between the weights
    if kernels.shape[1] == 1 and filters < FEW * images.shape[1] and right in STRIDES and close:
        share, arguments = share_of_planes, (*arguments, PIECES, np.zeros(1, np.int64))
    else:
        share, arguments = share_of_regions, (*arguments, DEPTH, PANEL_BYTES, np.zeros(1, np.int64))
    if output.size * (kernels.size // len(kernels) + FIXED) < WORTH_THREADS:
        share(*arguments, 0, 1)
    else:
        in_shares(share, threads(), *arguments)


@compiled
def share_of_regions(
    images, kernels, bias, down, right, above, left, apart, aside, value, output, most_depth, panel_bytes, taken, share,
    shares,
):  # fmt: skip
    """Compute one share of the output. The pixels that a kernel's rows meet are `apart`, those of its columns `aside`."""
    (batch, all_channels, image_height, image_width), (_, all_filters, height, width) = images.shape, output.shape
    _, channels, kernel_height, kernel_width = kernels.shape
    groups = all_channels // channels
    filters, taps, plane = all_filters // groups, kernel_height * kernel_width, height * width
    block = up(channels, up(channels * taps, most_depth))
    reach, lanes = (kernel_height - 1) * apart + 1, VECTOR_BYTES // output.itemsize
    planes, more = kernel_width, 0
    if right == 1 and width >= LONG * lanes and aside <= width:
        planes, more = 1, (kernel_width - 1) * aside
    most = panel_bytes // (block * planes * output.itemsize)
    rows, columns, parts = _region(
        batch * groups, filters, height, width, down, reach, kernel_height, most, lanes, PIECES * shares
    )
    pitch = columns + more
    dealt, lines = min(down, reach), up((rows - 1) * down + reach, down)
    offsets = weight_offsets(block, kernel_height, kernel_width, apart, aside, down, planes, dealt, lines, pitch)
    panel = aligned(block * planes * dealt * lines * pitch + VECTOR_BYTES, output)  # the last tile reads on
    along = up(width, columns)
    regions = up(height, rows) * along
    tasks = batch * groups * regions * parts
    for task in handed_out(tasks, taken, shares):
        part, region, member = task % parts, task // parts % regions, task // parts // regions
        n, group = member // groups, member % groups
        top, begin = region // along * rows, region % along * columns
        high, wide = min(rows, height - top), min(columns, width - begin)
        if wide == width and not more:  # the output's rows lie one behind the other, and so do their pixels in the panel
            high, wide = 1, high * width
        first, last = group * filters + filters * part // parts, group * filters + filters * (part + 1) // parts
        for channel in range(0, channels, block):
            many = min(block, channels - channel)
            corner = (n * all_channels + group * channels + channel) * image_height * image_width
            fill(
                panel, images, corner, many, image_height, image_width, planes, aside, down, right, dealt, lines,
                pitch, top * down - above, begin * right - left, value,
            )  # fmt: skip
            for y in range(high):
                target = n * all_filters * plane + (top + y) * width + begin
                _product(
                    kernels, channel * taps, channels * taps, many * taps, panel, y * pitch, offsets, bias, output,
                    target, plane, first, last, wide,
                )  # fmt: skip


@inner
def _region(members, filters, height, width, down, reach, kernel_height, most, lanes, pieces):
    """Return how many rows and columns of an output make a region, and in how many parts a region's filters are dealt out.

    Each group of each image is a member. The lines of one plane of a panel may hold `most` pixels in all.
    """
    columns, few, tile = width, reach + 7 * down, WIDEST * lanes  # lines for eight rows of the output
    if columns * few > most:
        columns = min(width, max(1, most // (few * tile)) * tile)
    across = up(height, max(1, (most // columns - reach) // down + 1))
    regions = members * across * up(width, columns)
    if regions >= 4 * pieces or regions % pieces == 0:
        return up(height, across), columns, 1
    if filters * kernel_height > height * width and filters >= 2 * TALLEST * pieces:
        return up(height, across), columns, pieces  # all fill the same panel, but each reads its own weights only
    return up(height, min(height, up(across, pieces) * pieces)), columns, 1


@inner(inline="always")
def _product(weights, begin, pitch, depth, panel, at, offsets, bias, sums, target, plane, first, last, length):
    """Add weights times panel to a run of pixels of the planes first to last: sums[target + k * plane :], so long."""
    lanes = VECTOR_BYTES // sums.itemsize
    while first < last:
        stop = last - (last - first) % tallest(last - first)
        done = 0
        while done < length:
            tall, wide = next_tile(stop - first, up(length - done, lanes))
            columns = min(wide * lanes, length - done)
            for k in range(first, stop, tall):
                multiply(
                    weights, k * pitch + begin, pitch, tall, depth, panel, at + done, offsets, bias, k, begin == 0, sums,
                    target + k * plane + done, plane, columns,
                )  # fmt: skip
            done += columns
        first = stop


@inner
def up(a, b):
    """Return a / b, rounded up."""
    return -(-a // b)
