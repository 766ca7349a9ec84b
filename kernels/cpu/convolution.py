"""Convolution as a matrix product: the weights, (K, C KH KW), times a panel of pixels, in register tiles.

A region of an output image and a block of channels are chosen so that the block's panel (panel.py) stays in the cache
while all kernels pass over it, a tile (tile.py) at a time. The sums of earlier blocks wait, one tile behind the other.

Threads take regions in turn; if an image is smaller than its kernels, they share the kernels instead. Each output is summed
up by one thread, in the order of the weights: its bits depend neither on the threads nor on regions and blocks.

3x3 kernels over many channels need fewer multiplications by Winograd's transform (winograd.py).
"""

import numpy as np

from kernels.cpu import winograd
from kernels.cpu.compiled import inner
from kernels.cpu.integers import larger, smaller, up
from kernels.cpu.panel import fill, weight_offsets
from kernels.cpu.product import product
from kernels.cpu.shares import handed_out, in_shares
from kernels.cpu.stencil import STRIDES, share_of_planes
from kernels.cpu.threads import shares_of
from kernels.cpu.tile import SHAPES
from kernels.cpu.vectors import VECTOR_BYTES, aligned, lanes_of
from kernels.shapes import Geometry
from kernels.types import Float, Floats, Integers

DEPTH = 150  # weights of a filter in a block, at most: the pixels of a tile then stay in the first-level cache
PANEL_BYTES = 2**18  # in the second-level cache, beside the block's weights and what comes in and goes out
NEAR_BYTES = 2**15  # of a run's pixels, those of each weight counted: the first-level cache keeps them all
PIECES = 2  # of the work for each thread, at least, where so many are large enough
WORTH_THREADS = 1_500_000  # multiply-adds: with fewer, a second thread saves no time
FIXED = 16  # multiply-adds that take as long as all else that an output needs
LONG = 12  # vectors in a row of the output: in such a row it costs little that the last tile is a small one
FEW = 4  # filters for a channel, which leave a tile's rows empty
TALLEST, WIDEST = SHAPES[0]


def conv2d(
    images: Floats,
    kernels: Floats,
    bias: Floats,
    geometry: Geometry,
    padding_value: Float,
    output: Floats,
    by_winograd: bool = True,
) -> None:
    """Write the convolution of (N, C, H, W) with (K, C / groups, KH, KW) to output, (N, K, OH, OW).

    By Winograd's transform only where that is allowed.
    """
    (down, right), (above, left), (apart, aside) = geometry
    _, filters, height, width = output.shape
    shares = shares_of(output.size * (kernels.size // filters + FIXED), WORTH_THREADS)
    arguments = images, kernels, bias, down, right, above, left, apart, aside, padding_value, output
    taken = np.zeros(1, np.int64)
    few = kernels.shape[1] == 1 and filters < FEW * images.shape[1] and right in STRIDES
    if few and apart <= down * height and aside <= right * width:  # else most of a copy would be gaps between the weights
        share_of_planes(*arguments, PIECES, taken, shares)
    elif not (
        by_winograd
        and winograd.fits(images, kernels, geometry, output)
        and winograd.conv2d(images, kernels, bias, geometry, padding_value, output, shares)
    ):
        share_of_regions(*arguments, DEPTH, PANEL_BYTES, taken, shares)


@in_shares
def share_of_regions(
    images: Floats,
    kernels: Floats,
    bias: Floats,
    down: int,
    right: int,
    above: int,
    left: int,
    apart: int,
    aside: int,
    value: Float,
    output: Floats,
    most_depth: int,
    panel_bytes: int,
    taken: Integers,
    share: int,
    shares: int,
) -> None:
    """Compute one share of the output. The pixels that a kernel's rows meet are `apart`, those of its columns `aside`."""
    (batch, all_channels, image_height, image_width), (_, all_filters, height, width) = images.shape, output.shape
    _, channels, kernel_height, kernel_width = kernels.shape
    groups = all_channels // channels
    filters, taps, plane = all_filters // groups, kernel_height * kernel_width, height * width
    block = up(channels, up(channels * taps, most_depth))
    reach, lanes = (kernel_height - 1) * apart + 1, lanes_of(output)
    planes, more = kernel_width, 0
    if right == 1 and width >= LONG * lanes and aside <= width:
        planes, more = 1, (kernel_width - 1) * aside
    most = panel_bytes // (block * planes * output.itemsize)
    rows, columns, parts = _region(
        batch * groups, filters, height, width, down, reach, kernel_height, most, lanes, PIECES * shares
    )
    pitch = columns + more
    dealt, lines = smaller(down, reach), up((rows - 1) * down + reach, down)
    offsets = weight_offsets(block, kernel_height, kernel_width, apart, aside, down, planes, dealt, lines, pitch)
    panel = aligned(block * planes * dealt * lines * pitch + VECTOR_BYTES, output.dtype)  # the last tile reads on
    waiting = aligned(up(filters, parts) * rows * up(columns, lanes) * lanes if block < channels else 0, output.dtype)
    along = up(width, columns)
    regions = up(height, rows) * along
    tasks = batch * groups * regions * parts
    for task in handed_out(tasks, taken, shares):
        part, region, member = task % parts, task // parts % regions, task // parts // regions
        n, group = member // groups, member % groups
        top, begin = region // along * rows, region % along * columns
        high, wide = smaller(rows, height - top), smaller(columns, width - begin)
        if wide == width and not more:  # the output's rows are contiguous, and so are their pixels in the panel
            high, wide = 1, high * width
        first, last = group * filters + filters * part // parts, group * filters + filters * (part + 1) // parts
        for channel in range(0, channels, block):
            many = smaller(block, channels - channel)
            corner = (n * all_channels + group * channels + channel) * image_height * image_width
            fill(
                panel, images, corner, many, image_height, image_width, planes, aside, down, right, dealt, lines,
                pitch, top * down - above, begin * right - left, value,
            )  # fmt: skip
            waits = 0
            for y in range(high):
                target = n * all_filters * plane + (top + y) * width + begin
                waits = product(
                    kernels, channel * taps, channels * taps, 1, many * taps, panel, y * pitch, offsets, bias, False,
                    channel + many == channels, waiting, waits, output, target, plane, first, last, wide,
                    block * taps * wide * output.itemsize <= NEAR_BYTES,
                )  # fmt: skip


@inner
def _region(
    members: int,
    filters: int,
    height: int,
    width: int,
    down: int,
    reach: int,
    kernel_height: int,
    most: int,
    lanes: int,
    pieces: int,
) -> tuple[int, int, int]:
    """Return how many rows and columns of an output make a region, and in how many parts a region's filters are dealt out.

    Each group of each image is a member. The lines of one plane of a panel may hold `most` pixels in all.
    """
    columns, few, tile = width, reach + 7 * down, WIDEST * lanes  # lines for eight rows of the output
    if columns * few > most:
        columns = smaller(width, larger(1, most // (few * tile)) * tile)
    across = up(height, larger(1, (most // columns - reach) // down + 1))
    regions = members * across * up(width, columns)
    if regions >= 4 * pieces or regions % pieces == 0:
        return up(height, across), columns, 1
    shared = (reach - 1) * pieces > height * down  # lines that several regions would lay out
    if (filters * kernel_height > height * width or shared) and filters >= 2 * TALLEST * pieces:
        return up(height, across), columns, pieces  # all fill the same panel, but each reads its own weights only
    return up(height, smaller(height, up(across, pieces) * pieces)), columns, 1
