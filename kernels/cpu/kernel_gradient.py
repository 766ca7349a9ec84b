"""Convolution's gradient by the kernels and the bias: a sum over all pixels of the output.

The gradient by weight (k, c, r, s) is the sum of upstream (k, y, x) times the pixel that the weight met there. As a matrix
product: the panel of the forward pass (panel.py), which has a row of pixels for each weight of a kernel, times the
transposed upstream, (pixels, K). The bias is the weight of one more pixel, which is always 1: a last row of ones.

Threads take tasks in turn. A task makes the gradient by a block of the channels of a block of the filters, over one part of
the images. How many there are depends on shapes alone, and the parts are added up in order: the bits do not depend on how
many threads there are.
"""

from typing import NamedTuple

import numpy as np

from kernels.cpu.integers import smaller, up
from kernels.cpu.kernel_tile import DOTS, VECTORS, add_dots, add_product, rows_of
from kernels.cpu.panel import INDEX, fill, weight_offsets
from kernels.cpu.shares import handed_out, in_shares
from kernels.cpu.transpose import transpose
from kernels.cpu.vectors import VECTOR_BYTES, aligned, filled
from kernels.shapes import Geometry
from kernels.types import Float, Floats, Integers, Shape

# What a task works on should stay in the second-level cache: the panel of a region, its upstream, and the sums.
PANEL_BYTES = 2**19
UPSTREAM_BYTES = 2**19
SUMS_BYTES = 3 * 2**17
DEPTH = 96  # pixels that a tile sums before the next tile's turn: their upstream stays in the first-level cache
COLUMNS = 1024  # of the output in a region, at most
STRIPS = 4  # in a block of filters, at most: a strip is what fills a tile
TASKS = 8  # at least, unless they would be smaller than this:
TASK_PIXELS, TASK_WEIGHTS = 1024, 128


class Blocks(NamedTuple):
    """How the sum is cut into tasks, and a task into what caches hold."""

    parts: int  # of the images
    rows: int  # of the output in a region
    columns: int
    channels: int  # in a block
    filter_blocks: int  # in a group
    strips: int  # in a block of filters
    strip: int  # filters
    vectors: int  # in a strip; 0 where filters are too few to fill one
    tile: int  # weights


def blocks(output_shape: Shape, kernels_shape: Shape, groups: int, reach: int, down: int, itemsize: int) -> Blocks:
    """Return how to cut the gradient by kernels that reach over so many rows and go down by so many."""
    (batch, filters, height, width), (_, channels, kernel_height, kernel_width) = output_shape, kernels_shape
    lanes, filters, taps = VECTOR_BYTES // itemsize, filters // groups, kernel_height * kernel_width
    vectors, strip = 0, filters
    if 2 * filters >= lanes:
        vectors = _parts(-(-filters // lanes), VECTORS)
        strip = vectors * lanes
    tile = rows_of(vectors) if vectors else DOTS
    all_strips = -(-filters // strip)
    strips = _parts(all_strips, STRIPS)
    filter_blocks = -(-all_strips // strips)
    deep = strips * strip * itemsize
    columns = min(width, COLUMNS)
    rows = _parts(height, max(1, UPSTREAM_BYTES // (deep * columns)))
    line = kernel_width * ((rows - 1) * down + reach) * columns * itemsize
    channel_blocks = -(-channels // max(1, min(PANEL_BYTES // line, SUMS_BYTES // (taps * deep))))
    regions, pixels = batch * -(-height // rows) * -(-width // columns), batch * height * width
    others = groups * filter_blocks * channel_blocks
    parts = max(1, min(regions, pixels // TASK_PIXELS, -(-TASKS // others)))
    more = -(-TASKS // (groups * filter_blocks * parts))
    channel_blocks = max(channel_blocks, min(more, channels * taps // TASK_WEIGHTS))
    return Blocks(parts, rows, columns, -(-channels // channel_blocks), filter_blocks, strips, strip, vectors, tile)


def _parts(count: int, most: int) -> int:
    """Return the size of the fewest parts, about equal, of at most so many."""
    return -(-count // -(-count // most))


def kernel_gradient(
    images: Floats,
    upstream: Floats,
    geometry: Geometry,
    padding_value: Float,
    for_kernels: Floats,
    for_bias: Floats,
    shares: int,
) -> None:
    """Write the loss's gradients by the kernels, (K, C / groups, KH, KW), and by the bias, (K,).

    upstream is the one by the output, (N, K, OH, OW).
    """
    (down, _), _, (apart, _) = geometry
    groups = images.shape[1] // for_kernels.shape[1]
    reach = (for_kernels.shape[2] - 1) * apart + 1
    cut = blocks(upstream.shape, for_kernels.shape, groups, reach, down, images.itemsize)
    by_kernels, by_bias = for_kernels[None], for_bias[None]
    if cut.parts > 1:
        by_kernels, by_bias = (np.empty((cut.parts, *array.shape), array.dtype) for array in (for_kernels, for_bias))
    numbers = *sum(geometry, ()), *cut[1:]
    _share(images, upstream, padding_value, *numbers, by_kernels, by_bias, np.zeros(1, np.int64), shares)
    if cut.parts > 1:
        with np.errstate(invalid="ignore", over="ignore"):  # NaN and infinities are answers too
            by_kernels.sum(axis=0, out=for_kernels)
            by_bias.sum(axis=0, out=for_bias)


@in_shares
def _share(
    images: Floats,
    upstream: Floats,
    padding_value: Float,
    down: int,
    right: int,
    above: int,
    before: int,
    apart: int,
    aside: int,
    rows: int,
    columns: int,
    block: int,
    filter_blocks: int,
    strips: int,
    strip: int,
    vectors: int,
    tile: int,
    by_kernels: Floats,
    by_bias: Floats,
    taken: Integers,
    share: int,
    shares: int,
) -> None:
    """Compute tasks until none is left. Rows of a kernel are `apart` pixels apart, its columns `aside`."""
    batch, all_channels, image_height, image_width = images.shape
    _, all_filters, height, width = upstream.shape
    parts, _, channels, kernel_height, kernel_width = by_kernels.shape
    groups, taps = all_channels // channels, kernel_height * kernel_width
    filters = all_filters // groups
    weights = up(block * taps + 1, tile) * tile  # with the bias

    reach = (kernel_height - 1) * apart + 1
    dealt = smaller(down, reach)
    lines = up((rows - 1) * down + reach, down)
    ones = block * kernel_width * dealt * lines * columns
    panel = aligned(ones + rows * columns, upstream.dtype)
    for i in range(ones, panel.size):
        panel[i] = 1
    # Zeros for filters that a strip lacks: other numbers left there might be slow to multiply.
    turned = filled(strips * rows * columns * strip, upstream.dtype.type(0), upstream.dtype)
    sums = aligned(strips * weights * strip, upstream.dtype)
    offsets = aligned(weights, INDEX)
    placed = weight_offsets(block, kernel_height, kernel_width, apart, aside, down, kernel_width, dealt, lines, columns)

    across, along = up(height, rows), up(width, columns)
    regions = batch * across * along
    channel_blocks = up(channels, block)
    tasks = parts * groups * filter_blocks * channel_blocks
    for task in handed_out(tasks, taken, shares):
        c = task % channel_blocks * block
        k = task // channel_blocks % filter_blocks * strips * strip
        group = task // channel_blocks // filter_blocks % groups
        part = task // channel_blocks // filter_blocks // groups
        deep, wide = smaller(block, channels - c), smaller(strips * strip, filters - k)
        first = group * filters + k
        for i in range(weights):
            offsets[i] = placed[i] if i < deep * taps else ones
        for i in range(sums.size):
            sums[i] = 0
        for region in range(regions * part // parts, regions * (part + 1) // parts):
            n, top, left = region // along // across, region // along % across * rows, region % along * columns
            high, run = smaller(rows, height - top), smaller(columns, width - left)
            corner = (n * all_channels + group * channels + c) * image_height * image_width
            fill(panel, images, corner, deep, image_height, image_width, kernel_width, aside, down, right, dealt,
                 lines, columns, top * down - above, left * right - before, padding_value)  # fmt: skip
            if run == width:  # the output's rows are contiguous, and so are their pixels in the panel
                high, run = 1, high * run
            for y in range(high):
                gains = ((n * all_filters + first) * height + top + y) * width + left
                if vectors:
                    for s in range(0, wide, strip):
                        at = gains + s * height * width
                        transpose(upstream, at, height * width, smaller(strip, wide - s), run, turned, s * run, strip)
                    for d in range(0, run, DEPTH):
                        depth = smaller(DEPTH, run - d)
                        for s in range(0, wide, strip):
                            at = s * run + d * strip
                            for t in range(0, weights, tile):
                                to = s * weights + t * strip
                                add_product(panel, y * columns + d, offsets, t, turned, at, depth, sums, to, vectors)
                else:
                    for k in range(wide):
                        at = gains + k * height * width
                        for t in range(0, weights, tile):
                            add_dots(panel, y * columns, offsets, t, upstream, at, run, sums, t * strip + k, strip)
        target = ((part * all_filters + first) * channels + c) * taps
        for s in range(0, wide, strip):
            many, to = smaller(strip, wide - s), target + s * channels * taps
            transpose(sums, s * weights, strip, deep * taps, many, by_kernels, to, channels * taps)
        if c == 0:
            for f in range(wide):
                by_bias[part, first + f] = sums[(f // strip * weights + deep * taps) * strip + f % strip]
