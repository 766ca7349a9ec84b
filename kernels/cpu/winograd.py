"""Winograd's convolution by 3x3 kernels: four outputs for 16 multiplications instead of 36.

Two neighbouring outputs of a kernel of three weights share two of their four pixels. Both come from four products, of sums
of pixels with sums of weights, instead of six. In two dimensions, 4x4 pixels give a tile of 2x2 outputs:

    outputs  =  A (sum over channels of (G kernel G') * (B pixels B')) A'         * multiplies element by element

The kernels are transformed once, pixels and outputs for each tile. In between, for each of the 16 places in a tile, stands
a matrix product: (tiles, channels) times (channels, filters), in the register tiles of all convolutions.

Channels, and filters, fill the vectors: pixels are laid out with the channels of each one side by side. So feature maps may
be narrow, and the pixels of a tile may be any distance apart: a dilated kernel's tile has every d-th row and column.

The error of rounding spreads over a tile: an output's is that of the largest of the 4x4 pixels, whether it sees that or
not. NaN and infinities spread, too, and sums may overflow where the outputs would not. Such outputs are not finite.

Source: Lavin and Gray, Fast Algorithms for Convolutional Neural Networks, 2016.
"""

import numpy as np

from kernels.cpu.compiled import inner
from kernels.cpu.integers import larger, smaller, up
from kernels.cpu.panel import INDEX
from kernels.cpu.shares import handed_out, in_shares
from kernels.cpu.tile import BY_ROW, SHAPES, WAITING, multiply
from kernels.cpu.transforms import PLACES, gather, mix, spread
from kernels.cpu.transpose import transpose
from kernels.cpu.vectors import VECTOR_BYTES, aligned, filled, lanes_of
from kernels.shapes import Geometry
from kernels.types import Float, Floats, Integers

# At least, for which the transforms take less time than they save:
LEAST = 28  # channels, and filters
OUTPUTS = 100  # of a filter: the kernels are transformed for them all
FULL = 0.5  # of the tiles' outputs: the others lie beyond the edges
FILTERS = 128  # whose sums are transformed at once
WIDTHS = range(SHAPES[0][1], 1, -1)  # vectors of filters in a strip: those of the best register tiles
DEPTH = 128  # channels in a block: the weights of a strip then stay in the first-level cache
CHANNELS = 16  # whose kernels are turned at once
TALLEST = SHAPES[0][0]
TILES = 128  # at once: so many share what is read of the kernels


def fits(images: Floats, kernels: Floats, geometry: Geometry, output: Floats) -> bool:
    """Return whether Winograd's convolution is the faster one."""
    filters, channels, *size = kernels.shape
    if filters < LEAST or channels < LEAST:
        return False  # said at once: a small layer takes no more than this check
    batch, _, height, width = output.shape
    simple = size == [3, 3] and geometry.stride == (1, 1) and channels == images.shape[1]
    down, right = (2 * apart for apart in geometry.dilation)
    full = height * width >= FULL * (height + -height % down) * (width + -width % right)
    large = batch * height * width >= OUTPUTS
    return simple and full and large and output.dtype == np.float32  # float64 is for those who want all digits


def conv2d(
    images: Floats,
    kernels: Floats,
    bias: Floats,
    geometry: Geometry,
    value: Float,
    output: Floats,
    shares: int,
    turned: bool = False,
) -> bool:
    """Write the convolution to output, and return whether all of it is finite; if not, it may be wrong.

    If turned, it is that by kernels (C, K, 3, 3) with channels and filters exchanged, and each turned by 180°.
    """
    filters, channels = kernels.shape[1::-1] if turned else kernels.shape[:2]
    wide = width_of_strips(filters, kernels.itemsize)
    weights = np.empty((PLACES, -(-filters // wide), channels, wide), kernels.dtype)
    finite = np.ones(shares, np.bool_)
    _transform_weights(kernels, turned, weights, shares)
    numbers = *geometry.padding, *geometry.dilation, value
    _share(images, weights, bias, *numbers, output, TILES, finite, np.zeros(1, np.int64), shares)
    return bool(finite.all())


def width_of_strips(filters: int, itemsize: int) -> int:
    """Return into strips of how many filters to cut them: full vectors, as many as the best register tiles have."""
    lanes = VECTOR_BYTES // itemsize
    return min((vectors * lanes for vectors in WIDTHS), key=lambda wide: -filters % wide)


@in_shares
def _transform_weights(kernels: Floats, turned: bool, weights: Floats, share: int, shares: int) -> None:
    """Write one share of the transformed kernels, (16, strips, C, filters of a strip)."""
    _, strips, channels, wide = weights.shape
    filters = kernels.shape[1] if turned else kernels.shape[0]
    # A vector for neighbouring filters' weights at one place; zeros for filters that a strip lacks.
    vectors = filled(9 * CHANNELS * wide, kernels.dtype.type(0), kernels.dtype)
    blocks = up(channels, CHANNELS)
    for part in range(strips * blocks * share // shares, strips * blocks * (share + 1) // shares):
        strip, first = part // blocks, part % blocks * CHANNELS
        many, k = smaller(CHANNELS, channels - first), strip * wide
        some = smaller(wide, filters - k)
        if turned:
            for c in range(many):  # the last weight comes first
                transpose(kernels, ((first + c) * filters + k) * 9, 9, some, 9, vectors, (c * 9 + 8) * wide, -wide)
        else:
            transpose(kernels, (k * channels + first) * 9, channels * 9, some, many * 9, vectors, 0, wide)
        for c in range(many):
            at = (strip * channels + first + c) * wide
            spread(vectors, c * 9 * wide, weights, at, strips * channels * wide, wide)


@in_shares
def _share(
    images: Floats,
    weights: Floats,
    bias: Floats,
    above: int,
    left: int,
    apart: int,
    aside: int,
    value: Float,
    output: Floats,
    most_tiles: int,
    finite: Integers,
    taken: Integers,
    share: int,
    shares: int,
) -> None:
    """Compute one share of the output. A task is some rows of tiles, of an image or of several."""
    (batch, filters, height, width), (_, strips, channels, wide) = output.shape, weights.shape
    lanes, block = lanes_of(output), larger(1, FILTERS // wide)
    rows, along = up(height, 2 * apart) * apart, up(width, 2 * aside) * aside  # of tiles in an image, tiles in a row
    tasks = smaller(batch * rows, up(up(batch * rows, larger(1, most_tiles // along)), shares) * shares)
    most = up(batch * rows, tasks)
    deep, pitch = up(channels, lanes) * lanes, 2 * (along + aside)  # numbers of a pixel, pixels of a line
    lines = filled((2 * most + 4 * apart) * pitch * deep, value, output.dtype)
    room = up(most * along, TALLEST) * TALLEST + 1  # for the tiles at one place
    pixels, sums = aligned(PLACES * room * deep, output.dtype), aligned(PLACES * room * block * wide, output.dtype)
    waiting, results = aligned(room * wide, output.dtype), aligned(4 * along * block * wide, output.dtype)
    zero = output.dtype.type(0)
    nothing, biases = filled(TALLEST, zero, output.dtype), filled(strips * wide, zero, output.dtype)
    for k in range(filters):
        biases[k] = bias[k]
    steps = aligned(channels, INDEX)
    for c in range(channels):
        steps[c] = c * wide
    for task in handed_out(tasks, taken, shares):
        begin, end = batch * rows * task // tasks, batch * rows * (task + 1) // tasks
        tiles = 0
        for n in range(begin // rows, up(end, rows)):
            first, last = larger(begin - n * rows, 0), smaller(end - n * rows, rows)
            top, bottom = corner_of(first, apart), corner_of(last - 1, apart) + 3 * apart + 1
            lay_lines(images, n * channels, channels, top - above, bottom - top, left, pitch, deep, value, lines)
            for row in range(first, last):
                for x in range(along):
                    corner = ((corner_of(row, apart) - top) * pitch + corner_of(x, aside)) * deep
                    mix(lines, corner, apart * pitch * deep, aside * deep, pixels, tiles * deep, room * deep, deep)
                    tiles += 1
        for place in range(PLACES):
            for i in range((place * room + tiles) * deep, (place * room + up(tiles, TALLEST) * TALLEST) * deep):
                pixels[i] = 0  # multiplied with the others: numbers left there might be slow
        for strip in range(0, strips, block):
            k, many = strip * wide, smaller(block, strips - strip) * wide
            for place in range(PLACES):
                for i in range(many // wide):
                    for c in range(0, channels, DEPTH):
                        at, last = ((place * strips + strip + i) * channels + c) * wide, c + DEPTH >= channels
                        for tile in range(place * room, place * room + tiles, TALLEST):
                            multiply(
                                pixels, tile * deep + c, deep, 1, TALLEST, smaller(DEPTH, channels - c), weights, at, steps,
                                nothing, 0, WAITING if c else BY_ROW, last, waiting, (tile - place * room) * wide, sums,
                                tile * many + i * wide, many, wide,
                            )  # fmt: skip
            for row in range(begin, end):
                for x in range(along):
                    tile, corner = (row - begin) * along + x, corner_of(x, aside) * many
                    gather(
                        sums, tile * many, room * many, biases, k, results, corner, 2 * along * many, aside * many, many
                    )  # fmt: skip
                if not _finite(results, 4 * along * many):
                    finite[share] = False
                y = corner_of(row % rows, apart)
                for r in range(2):
                    if y + r * apart < height:
                        to = ((row // rows * filters + k) * height + y + r * apart) * width
                        at = 2 * r * along * many
                        transpose(results, at, many, width, smaller(many, filters - k), output, to, height * width)


@inner
def corner_of(tile: int, apart: int) -> int:
    """Return the first output of a tile along an axis: so many tiles take turns, then come as many second outputs."""
    return tile + tile // apart * apart


@inner(inline="always")
def lay_lines(
    images: Floats,
    plane: int,
    channels: int,
    top: int,
    count: int,
    left: int,
    pitch: int,
    deep: int,
    value: Float,
    lines: Floats,
) -> None:
    """Lay out so many lines of an image from row `top` on, the channels of a pixel side by side. Beside it lies padding.

    The channels are the planes of all images from this one on. A padding below 0 cuts pixels off.
    """
    height, width = images.shape[2:]
    first, cut = smaller(larger(left, 0), pitch), larger(-left, 0)
    wide = smaller(width - cut, pitch - first)
    for y in range(count):
        to, row = (y * pitch + first) * deep, top + y
        if 0 <= row < height:
            transpose(images, (plane * height + row) * width + cut, height * width, channels, wide, lines, to, deep)
        else:
            for i in range(to, to + wide * deep):
                lines[i] = value


@inner(fastmath={"reassoc"})  # sums in vectors
def _finite(values: Floats, count: int) -> bool:
    """Return whether so many values are finite: 0 times any other is NaN."""
    total = values.dtype.type(0)
    for i in range(count):
        total += values[i] * 0
    return bool(total == 0)
