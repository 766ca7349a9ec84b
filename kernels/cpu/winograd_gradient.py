"""Winograd's way to convolution's gradient by 3x3 kernels: 16 multiplications for a tile of 2x2 outputs instead of 36.

In winograd.py the outputs of a tile depend linearly on its kernel. Turned around, so does the kernel's gradient on that of
the outputs, the upstream; each transform is transposed:

    gradient  =  G' (sum over tiles of (A' upstream A) * (B pixels B')) G         * multiplies element by element

For each of the 16 places in a tile, that is a matrix product: (channels, tiles) times (tiles, filters). Threads take tasks
in turn: a block of channels and a block of filters, over one part of the tiles. As in kernel_gradient.py, how many tasks
there are depends on shapes alone, and the parts are added up in order.
"""

import numpy as np

from kernels.cpu.integers import larger, smaller, up
from kernels.cpu.panel import INDEX
from kernels.cpu.shares import handed_out, in_shares
from kernels.cpu.tile import BY_ROW, SHAPES, WAITING, multiply
from kernels.cpu.transforms import PLACES, mix, narrow, widen
from kernels.cpu.transpose import transpose
from kernels.cpu.vectors import aligned, filled, lanes_of
from kernels.cpu.winograd import corner_of, lay_lines, width_of_strips
from kernels.shapes import Geometry
from kernels.types import Float, Floats, Integers

CHANNELS, FILTERS = 64, 128  # in a block, at most, about: their sums stay in the second-level cache
TILES = 64  # summed up in one go, at least, where there are so many
TASKS = 8  # at least, unless they would be smaller than this:
TASK_TILES = 256
TALLEST = SHAPES[0][0]


def kernel_gradient(
    images: Floats,
    upstream: Floats,
    geometry: Geometry,
    padding_value: Float,
    for_kernels: Floats,
    for_bias: Floats,
    shares: int,
) -> bool:
    """Write the gradients by kernels and bias, and return whether all of it is finite; if not, it may be wrong."""
    (filters, channels, _, _), (batch, _, height, width) = for_kernels.shape, upstream.shape
    wide = width_of_strips(filters, images.itemsize)
    strips = max(1, min(-(-filters // wide), FILTERS // wide))
    blocks = -(-channels // CHANNELS) * -(-filters // (strips * wide))
    rows = batch * -(-height // (2 * geometry.dilation[0]))
    parts = max(1, min(-(-TASKS // blocks), batch * height * width // (4 * TASK_TILES), rows))
    by_kernels = for_kernels[None] if parts == 1 else np.empty((parts, *for_kernels.shape), for_kernels.dtype)
    numbers = *geometry.padding, *geometry.dilation, padding_value, wide, strips, CHANNELS, TILES
    _share(images, upstream, *numbers, by_kernels, np.zeros(1, np.int64), shares)
    with np.errstate(invalid="ignore", over="ignore"):
        if parts > 1:
            by_kernels.sum(axis=0, out=for_kernels)
        upstream.sum(axis=(0, 2, 3), out=for_bias)
    return bool(np.isfinite(for_kernels).all())


@in_shares
def _share(
    images: Floats,
    upstream: Floats,
    above: int,
    left: int,
    apart: int,
    aside: int,
    value: Float,
    wide: int,
    strips: int,
    most_channels: int,
    least_tiles: int,
    by_kernels: Floats,
    taken: Integers,
    share: int,
    shares: int,
) -> None:
    """Compute tasks until none is left."""
    (batch, filters, height, width), (parts, _, channels, _, _) = upstream.shape, by_kernels.shape
    rows, along = up(height, 2 * apart) * apart, up(width, 2 * aside) * aside  # of tiles in an image, tiles in a row
    most = smaller(up(batch * rows, parts), up(least_tiles, along))  # rows in one go
    lanes, tiles = lanes_of(upstream), most * along
    channel_blocks, filter_blocks = up(channels, most_channels), up(filters, strips * wide)
    full = larger(lanes, TALLEST)  # both divide it: vectors and tiles
    deep, many = up(up(channels, channel_blocks), full) * full, strips * wide  # numbers of a pixel, of an output
    pitch, run = 2 * (along + aside), 2 * along  # pixels of a line, outputs of a line
    zero = upstream.dtype.type(0)
    lines = filled((2 * most + 4 * apart) * pitch * deep, value, upstream.dtype)
    outputs = filled((2 * most + 2 * apart) * run * many, zero, upstream.dtype)
    room, space = tiles * deep + lanes, tiles * many + lanes  # for a place
    pixels, gains = aligned(PLACES * room, upstream.dtype), aligned(PLACES * space, upstream.dtype)
    sums, turned = aligned(PLACES * deep * many, upstream.dtype), aligned(9 * deep * wide, upstream.dtype)
    nothing, steps = filled(TALLEST, zero, upstream.dtype), aligned(tiles, INDEX)
    for t in range(tiles):
        steps[t] = t * wide
    for task in handed_out(parts * channel_blocks * filter_blocks, taken, shares):
        block, part = task % channel_blocks, task // channel_blocks // filter_blocks
        c, k = channels * block // channel_blocks, task // channel_blocks % filter_blocks * many
        some, others = channels * (block + 1) // channel_blocks - c, smaller(many, filters - k)
        begin, end = batch * rows * part // parts, batch * rows * (part + 1) // parts
        for start in range(begin, end, most):
            stop, tile = smaller(end, start + most), 0
            for n in range(start // rows, up(stop, rows)):
                first, last = larger(start - n * rows, 0), smaller(stop - n * rows, rows)
                top, bottom = corner_of(first, apart), corner_of(last - 1, apart) + apart + 1
                plane, high = n * channels + c, bottom + 2 * apart - top
                lay_lines(images, plane, some, top - above, high, left, pitch, deep, value, lines)
                lay_lines(upstream, n * filters + k, others, top, bottom - top, 0, run, many, zero, outputs)
                for row in range(first, last):
                    for column in range(along):
                        y, x = corner_of(row, apart) - top, corner_of(column, aside)
                        at, to = (y * pitch + x) * deep, tile * deep
                        mix(lines, at, apart * pitch * deep, aside * deep, pixels, to, room, deep)
                        for s in range(strips):
                            at, to = (y * run + x) * many + s * wide, (s * tiles + tile) * wide
                            widen(outputs, at, apart * run * many, aside * many, gains, to, space, wide)
                        tile += 1
            for place in range(PLACES):
                for s in range(strips):
                    at = place * space + s * tiles * wide
                    for f in range(0, deep, TALLEST):
                        multiply(
                            pixels, place * room + f, 1, deep, TALLEST, tile, gains, at, steps, nothing, 0,
                            BY_ROW if start == begin else WAITING, False, sums,
                            ((place * strips + s) * deep + f) * wide, sums, 0, 0, wide,
                        )  # fmt: skip
        for s in range(up(others, wide)):
            for f in range(some):
                narrow(sums, (s * deep + f) * wide, strips * deep * wide, turned, f * 9 * wide, wide)
            to = ((part * filters + k + s * wide) * channels + c) * 9
            transpose(turned, 0, wide, some * 9, smaller(wide, others - s * wide), by_kernels, to, channels * 9)
