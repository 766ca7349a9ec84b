"""Wrong ways to pad with other values than zeros, and to convolve what is padded."""

from collections.abc import Sequence
from functools import partial

import numpy as np

from kernels.types import Array
from misconceptions.bank import misconception
from misconceptions.types import Number, Pad, Table

_ends = partial(misconception, "padded_ends")
_convolved = partial(misconception, "convolved_row")
_uniform = partial(misconception, "borders_of_a_uniform_image")


# padded_ends(row, value): the two numbers that stand before a row and the two after it, if it is padded by a constant
# value, by replicating, by reflecting, and as if it were a circle.


@_ends(says="`reflect` is thought to repeat the pixel at the edge. That pixel appears only once.")
def edge_reflected_twice(row: Sequence[int], value: int) -> Table:
    return _four(row, value, reflect=_ends_by("symmetric", row))


@_ends(says="`reflect` is thought to copy the pixels in their order. A mirror reverses it.")
def reflected_without_turning(row: Sequence[int], value: int) -> Table:
    return _four(row, value, reflect=[*row[1:3], *row[-3:-1]])


@_ends(says="`replicate` is thought to copy both pixels at the edge. Only the last one is repeated.")
def two_pixels_replicated(row: Sequence[int], value: int) -> Table:
    return _four(row, value, replicate=[*row[:2], *row[-2:]])


@_ends(says="the modes `replicate` and `reflect` are swapped.")
def replicate_and_reflect_swapped(row: Sequence[int], value: int) -> Table:
    return _four(row, value, replicate=_ends_by("reflect", row), reflect=_ends_by("edge", row))


@_ends(says="`circular` is thought to continue at the same end. It continues at the other end.")
def circle_closed_on_the_same_side(row: Sequence[int], value: int) -> Table:
    return _four(row, value, circular=[*row[:2], *row[-2:]])


@_ends(says="`circular` is thought to reverse the order. The row continues as on a ring, in its own order.")
def circle_turned_round(row: Sequence[int], value: int) -> Table:
    return _four(row, value, circular=[*row[:-3:-1], *row[1::-1]])


@_ends(says="the constant value is replaced with zeros.")
def zeros_for_the_value(row: Sequence[int], value: int) -> Table:
    return _four(row, 0)


@_ends(says="each side gets one new pixel, and a zero outside it. Both new pixels follow the mode.")
def one_pixel_padded(row: Sequence[int], value: int) -> Table:
    return [[0, *ends[1:3], 0] for ends in _four(row, value)]


# convolved_row(row, kernel, mode): a row of pixels, padded by the mode so that it keeps its length, convolved.


@_convolved(says="the row is padded with zeros.")
def padded_with_zeros(row: Sequence[int], kernel: Sequence[int], mode: Pad) -> list[Array]:
    return _slid(_padded(row, kernel, "constant"), kernel)


@_convolved(says="the pixels at the edges are repeated.")
def padded_with_the_edges(row: Sequence[int], kernel: Sequence[int], mode: Pad) -> list[Array]:
    return _slid(_padded(row, kernel, "edge"), kernel)


@_convolved(says="the row is mirrored at the pixels at its edges.")
def padded_with_a_mirror(row: Sequence[int], kernel: Sequence[int], mode: Pad) -> list[Array]:
    return _slid(_padded(row, kernel, "reflect"), kernel)


@_convolved(says="the row is mirrored past its edges, so that the last pixel appears twice.")
def padded_with_the_edges_in_the_mirror(row: Sequence[int], kernel: Sequence[int], mode: Pad) -> list[Array]:
    return _slid(_padded(row, kernel, "symmetric"), kernel)


@_convolved(says="the row continues at its other end, as on a ring.")
def padded_as_a_ring(row: Sequence[int], kernel: Sequence[int], mode: Pad) -> list[Array]:
    return _slid(_padded(row, kernel, "wrap"), kernel)


@_convolved(says="the kernel is flipped. Slide it as it is.")
def kernel_turned_round(row: Sequence[int], kernel: Sequence[int], mode: Pad) -> list[Array]:
    return _slid(_padded(row, kernel, mode), kernel[::-1])


@_convolved(says="all padding is on the left. Half of it belongs on each side.")
def padded_on_the_left(row: Sequence[int], kernel: Sequence[int], mode: Pad) -> list[Array]:
    return _slid(np.pad(row, (len(kernel) - 1, 0), mode), kernel)


@_convolved(says="all padding is on the right. Half of it belongs on each side.")
def padded_on_the_right(row: Sequence[int], kernel: Sequence[int], mode: Pad) -> list[Array]:
    return _slid(np.pad(row, (0, len(kernel) - 1), mode), kernel)


# borders_of_a_uniform_image(pixel, value): the mean of 3 x 3 pixels at a corner, at an edge and inside of an image that has
# the same number everywhere, padded with zeros, with a value, and by replicating.


@_uniform(says="only the pixels of the image are averaged. The padding counts as well: the sum is divided by nine.")
def padding_left_out_of_the_mean(pixel: int, value: int) -> Table:
    return [[pixel] * 3] * 3


@_uniform(says="a corner is thought to lack three of its nine pixels. It lacks five: a column and a row.")
def corner_lacks_as_much_as_an_edge(pixel: int, value: int) -> Table:
    return _means(pixel, value, corner=3)


@_uniform(
    says="a corner is thought to lack six of its nine pixels. One is both in the row and in the column: it lacks five."
)
def corner_pixel_counted_twice(pixel: int, value: int) -> Table:
    return _means(pixel, value, corner=6)


@_uniform(says="an edge is thought to lack five of its nine pixels. It lacks a row of three.")
def edge_lacks_as_much_as_a_corner(pixel: int, value: int) -> Table:
    return _means(pixel, value, edge=5)


@_uniform(says="the padding is thought to affect only the corners, not the edges.")
def edges_left_alone(pixel: int, value: int) -> Table:
    return _means(pixel, value, edge=0)


@_uniform(says="`replicate` is thought to add zeros. It repeats the pixels at the edge.")
def zeros_replicated(pixel: int, value: int) -> Table:
    zeros, constant, _ = _means(pixel, value)
    return [zeros, constant, zeros]


@_uniform(says="the padding value is ignored.")
def value_ignored(pixel: int, value: int) -> Table:
    zeros, _, uniform = _means(pixel, value)
    return [zeros, zeros, uniform]


@_uniform(says="the padding is averaged into every pixel, even inside. A window inside sees none of it.")
def padding_seen_everywhere(pixel: int, value: int) -> Table:
    return [[row[0]] * 3 for row in _means(pixel, value)]


def _four(row: Sequence[int], value: int, **changed: Sequence[Number]) -> Table:
    ends = {
        "constant": [value] * 4,
        "replicate": _ends_by("edge", row),
        "reflect": _ends_by("reflect", row),
        "circular": _ends_by("wrap", row),
    }
    return list((ends | changed).values())


def _ends_by(mode: Pad, row: Sequence[int]) -> list[int]:
    wide = np.pad(row, 2, mode)
    return [*wide[:2], *wide[-2:]]


def _padded(row: Sequence[int], kernel: Sequence[int], mode: Pad) -> Array:
    return np.pad(row, len(kernel) // 2, mode)


def _slid(wide: Array, kernel: Sequence[int]) -> list[Array]:
    return [np.correlate(wide, kernel)]


def _means(pixel: int, value: int, corner: int = 5, edge: int = 3) -> list[list[float]]:
    """Return the means where a corner's window has so many pixels of padding, and an edge's so many."""
    return [[pixel + missing * (around - pixel) / 9 for missing in (corner, edge, 0)] for around in (0, value, pixel)]
