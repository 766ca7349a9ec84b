"""Wrong ideas of what a shift, a mirror or another light does to feature maps."""

from collections.abc import Callable, Sequence
from functools import partial
from itertools import accumulate
from operator import mul

import numpy as np

from kernels.types import Array
from misconceptions.bank import misconception
from misconceptions.types import Table

_peak = partial(misconception, "peak_after_a_shift")
_pooled = partial(misconception, "pooled_shifts")
_turned = partial(misconception, "map_of_a_turned_image")
_lit = partial(misconception, "outputs_in_another_light")


# peak_after_a_shift(places, strides, shift): where a peak stands after each layer, if it stood at `places` before the image
# moved by `shift` pixels. All are (row, column); each layer has one stride for both.


@_peak(says="the peak moves by as many positions as the image moves pixels. A layer divides a shift by its stride.")
def strides_ignored(places: Table, strides: Sequence[int], shift: Sequence[int]) -> Table:
    return _moved(places, [1] * len(strides), shift)


@_peak(says="each layer divides by its own stride alone. The strides before it count as well: multiply them.")
def own_stride_alone(places: Table, strides: Sequence[int], shift: Sequence[int]) -> Table:
    return _moved(places, strides, shift)


@_peak(says="the peak stays where it is. Feature maps move with the image; only what they hold stays the same.")
def feature_maps_stay(places: Table, strides: Sequence[int], shift: Sequence[int]) -> Table:
    return places


@_peak(says="the peak moves the other way.")
def moved_the_other_way(places: Table, strides: Sequence[int], shift: Sequence[int]) -> Table:
    return _moved(places, _totals(strides), [-step for step in shift])


@_peak(says="rows and columns are swapped: down changes the row, to the right changes the column.")
def rows_and_columns_swapped(places: Table, strides: Sequence[int], shift: Sequence[int]) -> Table:
    return _moved(places, _totals(strides), shift[::-1])


@_peak(says="the strides are added. Two layers of stride 2 make a stride of 4: multiply them.")
def strides_added(places: Table, strides: Sequence[int], shift: Sequence[int]) -> Table:
    return _moved(places, list(accumulate(strides)), shift)


@_peak(says="only the last layer divides the shift. Each layer with a stride above 1 does.")
def last_layer_divides(places: Table, strides: Sequence[int], shift: Sequence[int]) -> Table:
    return _moved(places, [*([1] * (len(strides) - 1)), _totals(strides)[-1]], shift)


@_peak(says="the position itself is divided by the stride again. Only the shift is divided: the position is given.")
def places_divided(places: Table, strides: Sequence[int], shift: Sequence[int]) -> Table:
    totals = _totals(strides)
    return [[at // total for at in place] for place, total in zip(_moved(places, totals, shift), totals)]


# pooled_shifts(row): what max pooling of size and stride 2 makes of a row, of the row shifted by one to the right, and of
# the row shifted by two, where zeros come in.


@_pooled(says="pooling makes all shifts disappear. A window loses some values and gains others.")
def pooling_never_changes(row: list[int]) -> Table:
    return [_maxima(row)] * 3


@_pooled(says="the pooled values move one place for each pixel. They move one place for each stride: two pixels.")
def pooled_values_move_by_pixels(row: list[int]) -> Table:
    pooled = _maxima(row)
    return [[0] * by + pooled[: len(pooled) - by] for by in range(3)]


@_pooled(says="the row moves to the left.")
def row_moves_to_the_left(row: list[int]) -> Table:
    return [_maxima([*row[by:], *[0] * by]) for by in range(3)]


@_pooled(says="what leaves the row on the right comes back on the left. Zeros come in.")
def row_moves_on_a_ring(row: list[int]) -> Table:
    return [_maxima(np.roll(row, by).tolist()) for by in range(3)]


@_pooled(says="the first pixel is repeated where the row has moved away. Zeros come in.")
def first_pixel_repeated(row: list[int]) -> Table:
    return [_maxima([*row[:1] * by, *row[: len(row) - by]]) for by in range(3)]


@_pooled(says="the smallest value of each window is used.")
def smallest_for_largest(row: list[int]) -> Table:
    shifted = [[*[0] * by, *row[: len(row) - by]] for by in range(3)]
    return [[min(pair) for pair in zip(each[::2], each[1::2])] for each in shifted]


@_pooled(says="the windows move along with the row, so that only a zero comes in.")
def windows_move_along(row: list[int]) -> Table:
    pooled = _maxima(row)
    return [pooled, [0, *pooled[:-1]], [0, *pooled[:-1]]]


@_pooled(says="the row shifted by two is shifted by two again after pooling. A shift by the stride is one place.")
def shifted_by_two_places(row: list[int]) -> Table:
    shifted = _maxima([0, *row[:-1]])
    return [_maxima(row), shifted, [0, 0, *_maxima(row)[:-2]]]


# map_of_a_turned_image(own, other, turn): the feature map of a kernel on a turned image, if on the image as it was the
# kernel has the map `own`, and the kernel turned back the map `other`. turn: turns an array as the image is turned.


@_turned(says="the map of K itself is transformed. On the new image K sees what the other kernel saw on the old one.")
def own_map_turned(own: Array, other: Array, turn: Callable[[Array], Array]) -> Array:
    return turn(own)


@_turned(says="the map is thought not to change. The image has changed under the kernel.")
def map_never_changes(own: Array, other: Array, turn: Callable[[Array], Array]) -> Array:
    return own


@_turned(says="the other kernel's map is used as it is. The map is transformed as the image is.")
def other_map_as_it_is(own: Array, other: Array, turn: Callable[[Array], Array]) -> Array:
    return other


@_turned(says="the other kernel's map is turned by 180°.")
def other_map_turned_by_180_degrees(own: Array, other: Array, turn: Callable[[Array], Array]) -> Array:
    return other[::-1, ::-1]


@_turned(says="the other kernel's map is mirrored across its diagonal.")
def other_map_transposed(own: Array, other: Array, turn: Callable[[Array], Array]) -> Array:
    return other.T


# outputs_in_another_light(outputs, kernels, factor, added): what kernels give once all pixels are multiplied by a factor
# and have a number added, if they gave `outputs` before.


@_lit(says="the added number is added to the output once. Each weight multiplies it: their sum counts.")
def added_once(outputs: Sequence[int], kernels: Sequence[Array], factor: int, added: int) -> Table:
    return [[factor * output + added for output in outputs]]


@_lit(says="the added number is left out. It changes nothing only where the weights sum to 0.")
def brightness_left_out(outputs: Sequence[int], kernels: Sequence[Array], factor: int, added: int) -> Table:
    return [[factor * output for output in outputs]]


@_lit(says="the factor is left out. All pixels are multiplied, so all products are.")
def contrast_left_out(outputs: Sequence[int], kernels: Sequence[Array], factor: int, added: int) -> Table:
    return [[output + added * int(kernel.sum()) for output, kernel in zip(outputs, kernels)]]


@_lit(says="the added number is multiplied as well. It is added after the multiplication.")
def added_before_multiplied(outputs: Sequence[int], kernels: Sequence[Array], factor: int, added: int) -> Table:
    return [[factor * (output + added * int(kernel.sum())) for output, kernel in zip(outputs, kernels)]]


@_lit(says="the added number counts once for each weight. Each weight multiplies it: their sum counts, not their number.")
def added_for_each_weight(outputs: Sequence[int], kernels: Sequence[Array], factor: int, added: int) -> Table:
    return [[factor * output + added * kernel.size for output, kernel in zip(outputs, kernels)]]


@_lit(says="the weights are summed without their signs.")
def signs_of_the_weights_lost(outputs: Sequence[int], kernels: Sequence[Array], factor: int, added: int) -> Table:
    return [[factor * output + added * int(abs(kernel).sum()) for output, kernel in zip(outputs, kernels)]]


@_lit(says="the outputs are left as they were. The pixels under the kernels have changed.")
def light_never_matters(outputs: Sequence[int], kernels: Sequence[Array], factor: int, added: int) -> Table:
    return [outputs]


def _totals(strides: Sequence[int]) -> list[int]:
    return list(accumulate(strides, mul))


def _moved(places: Table, divisors: Sequence[int], shift: Sequence[int]) -> Table:
    return [[at + step // by for at, step in zip(place, shift)] for place, by in zip(places, divisors)]


def _maxima(row: list[int]) -> list[int]:
    return [max(pair) for pair in zip(row[::2], row[1::2])]
