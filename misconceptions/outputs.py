"""Wrong ways to read and to judge outputs that are more than a class: boxes, grids of boxes, labels of pixels."""

from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import partial
from math import prod
from operator import add

import numpy as np

from kernels.types import Integers
from misconceptions.bank import misconception
from misconceptions.types import Table

_grid = partial(misconception, "grid_detector_outputs")
_union = partial(misconception, "intersection_over_union")
_moved = partial(misconception, "box_on_a_changed_image")
_parser = partial(misconception, "scene_parser_sizes")
_labels = partial(misconception, "label_map_scores")
_transposed = partial(misconception, "transposed_convolution")


# grid_detector_outputs(cells, boxes, classes): outputs of a cell, boxes in all, and outputs in all, of a detector with
# cells x cells cells that each have so many boxes, of 4 numbers and a confidence, and a score for each class.


@_grid(says="each box has its own class scores. Here a cell has them once.")
def classes_for_each_box(cells: int, boxes: int, classes: int) -> Table:
    return _outputs(cells, boxes, boxes * (5 + classes))


@_grid(says="the confidence of a box is left out.")
def confidence_forgotten(cells: int, boxes: int, classes: int) -> Table:
    return _outputs(cells, boxes, 4 * boxes + classes)


@_grid(says="the class scores are left out.")
def classes_forgotten(cells: int, boxes: int, classes: int) -> Table:
    return _outputs(cells, boxes, 5 * boxes)


@_grid(says="a single class is counted. There is a score for each.")
def one_number_for_the_class(cells: int, boxes: int, classes: int) -> Table:
    return _outputs(cells, boxes, 5 * boxes + 1)


@_grid(says="only one row of cells is counted. The grid is a square.")
def one_row_of_cells(cells: int, boxes: int, classes: int) -> Table:
    return [[5 * boxes + classes, cells * boxes, cells * (5 * boxes + classes)]]


@_grid(says="a cell has a single box.")
def one_box_for_a_cell(cells: int, boxes: int, classes: int) -> Table:
    return _outputs(cells, 1, 5 + classes)


@_grid(says="the centre of a box is counted as a single number. It has two: x and y.")
def two_numbers_for_a_box(cells: int, boxes: int, classes: int) -> Table:
    return _outputs(cells, boxes, 3 * boxes + classes)


# intersection_over_union(one, other): intersection and union in pixels, and their quotient in whole percent, of two boxes
# (left, top, right, bottom).


@_union(says="both areas are added for the union, so that the intersection counts twice.")
def union_without_subtracting(one: Sequence[int], other: Sequence[int]) -> Table:
    both = _common(one, other)
    return _iou(both, _area(one) + _area(other))


@_union(says="the intersection is compared with the first box alone.")
def share_of_the_first_box(one: Sequence[int], other: Sequence[int]) -> Table:
    return [[_common(one, other), _joint(one, other), _share(_common(one, other), _area(one))]]


@_union(says="the intersection is compared with the second box alone.")
def share_of_the_second_box(one: Sequence[int], other: Sequence[int]) -> Table:
    return [[_common(one, other), _joint(one, other), _share(_common(one, other), _area(other))]]


@_union(says="the box around both is used as the union. Some of its corners belong to neither box.")
def box_around_both(one: Sequence[int], other: Sequence[int]) -> Table:
    around = [*map(min, one[:2], other[:2]), *map(max, one[2:], other[2:])]
    return _iou(_common(one, other), _area(around))


@_union(says="the intersection is subtracted twice. Both areas have it, so it is counted once too often, not twice.")
def intersection_subtracted_twice(one: Sequence[int], other: Sequence[int]) -> Table:
    both = _common(one, other)
    return _iou(both, _area(one) + _area(other) - 2 * both)


@_union(says="one pixel too many is counted in each direction. From 10 to 30 there are 20.")
def sides_counted_as_fence_posts(one: Sequence[int], other: Sequence[int]) -> Table:
    wider = [[*box[:2], box[2] + 1, box[3] + 1] for box in (one, other)]
    return _iou(_common(*wider), _joint(*wider))


@_union(says="the numbers are read as left, top, width and height. The last two are the right and bottom sides.")
def corners_read_as_sizes(one: Sequence[int], other: Sequence[int]) -> Table:
    corners = [[left, top, left + width, top + height] for left, top, width, height in (one, other)]
    return _iou(_common(*corners), _joint(*corners))


# box_on_a_changed_image(box, width, height, by): (left, top, right, bottom) of a box on the image mirrored left to right,
# and on the image enlarged by a factor.


@_moved(says="the box stays where it is in a mirrored image.")
def box_not_mirrored(box: Sequence[int], width: int, height: int, by: int) -> Table:
    return [box, _scaled(box, by)]


@_moved(says="left and right are mirrored and not swapped. The new left side comes from the old right one.")
def mirrored_and_not_swapped(box: Sequence[int], width: int, height: int, by: int) -> Table:
    left, top, right, bottom = box
    return [[width - left, top, width - right, bottom], _scaled(box, by)]


@_moved(says="the image is mirrored top to bottom.")
def mirrored_top_to_bottom(box: Sequence[int], width: int, height: int, by: int) -> Table:
    left, top, right, bottom = box
    return [[left, height - bottom, right, height - top], _scaled(box, by)]


@_moved(says="the image is turned by 180 degrees. A mirror leaves top and bottom alone.")
def turned_by_180_degrees(box: Sequence[int], width: int, height: int, by: int) -> Table:
    left, top, right, bottom = box
    return [[width - right, height - bottom, width - left, height - top], _scaled(box, by)]


@_moved(says="left and right are swapped, and their distances from the edge are not.")
def sides_swapped_alone(box: Sequence[int], width: int, height: int, by: int) -> Table:
    left, top, right, bottom = box
    return [[right, top, left, bottom], _scaled(box, by)]


@_moved(says="only the size of the box is scaled. Its position is scaled as well.")
def only_the_size_scaled(box: Sequence[int], width: int, height: int, by: int) -> Table:
    left, top, right, bottom = box
    grown = [left, top, left + by * (right - left), top + by * (bottom - top)]
    return [_mirrored(box, width), grown]


@_moved(says="only the position of the box is scaled. Its size is scaled as well.")
def only_the_place_scaled(box: Sequence[int], width: int, height: int, by: int) -> Table:
    left, top, right, bottom = box
    moved = [by * left, by * top, by * left + right - left, by * top + bottom - top]
    return [_mirrored(box, width), moved]


@_moved(says="the mirrored box is enlarged. Each change starts with the image as it was.")
def mirrored_before_scaled(box: Sequence[int], width: int, height: int, by: int) -> Table:
    return [_mirrored(box, width), _scaled(_mirrored(box, width), by)]


# scene_parser_sizes(height, width, strides, classes): height and width of the map behind layers of these strides, the
# factor to get back to the pixels, and the scores for all pixels of the image.


@_parser(says="an image has one score for each class. A scene parser gives scores to each pixel.")
def one_class_for_the_image(height: int, width: int, strides: Sequence[int], classes: int) -> Table:
    return _parsed(height, width, prod(strides), classes)


@_parser(says="a pixel has one number. It has a score for each class.")
def one_number_for_a_pixel(height: int, width: int, strides: Sequence[int], classes: int) -> Table:
    return _parsed(height, width, prod(strides), height * width)


@_parser(says="scores are counted in the small map. Each pixel of the image has its own.")
def scores_of_the_small_map(height: int, width: int, strides: Sequence[int], classes: int) -> Table:
    factor = prod(strides)
    return _parsed(height, width, factor, height * width * classes // factor**2)


@_parser(says="the strides are added. Each layer divides what the one before it left: multiply them.")
def strides_added_up(height: int, width: int, strides: Sequence[int], classes: int) -> Table:
    return _parsed(height, width, sum(strides), height * width * classes)


@_parser(says="only the last stride counts.")
def last_stride_alone(height: int, width: int, strides: Sequence[int], classes: int) -> Table:
    return _parsed(height, width, strides[-1], height * width * classes)


@_parser(says="only the number of strided layers counts, as if each halved height and width.")
def every_layer_halves(height: int, width: int, strides: Sequence[int], classes: int) -> Table:
    return _parsed(height, width, 2 ** len(strides), height * width * classes)


@_parser(says="the factor is squared. It is that of height and of width, not of the pixels.")
def factor_of_the_pixels(height: int, width: int, strides: Sequence[int], classes: int) -> Table:
    factor = prod(strides)
    return [[height // factor, width // factor, factor**2, height * width * classes]]


# label_map_scores(truth, found, labels): for each label the pixels in intersection and union of the two label maps.


@_labels(says="the union counts the common pixels twice. Subtract them once.")
def union_counted_twice(truth: Integers, found: Integers, labels: Sequence[int]) -> Table:
    return [[both, one + other] for both, one, other in _counted(truth, found, labels)]


@_labels(says="the true pixels of the class are used as the union. Pixels that were found wrongly belong to it too.")
def truth_for_the_union(truth: Integers, found: Integers, labels: Sequence[int]) -> Table:
    return [[both, one] for both, one, _ in _counted(truth, found, labels)]


@_labels(says="the pixels that the parser found are used as the union. Missed pixels belong to it too.")
def found_for_the_union(truth: Integers, found: Integers, labels: Sequence[int]) -> Table:
    return [[both, other] for both, _, other in _counted(truth, found, labels)]


@_labels(says="the common pixels are left out of the union. They belong to it.")
def union_without_the_common_pixels(truth: Integers, found: Integers, labels: Sequence[int]) -> Table:
    return [[both, one + other - 2 * both] for both, one, other in _counted(truth, found, labels)]


@_labels(
    says="the smaller count of the two maps is used as the intersection, the larger one as the union. Compare the pixels."
)
def smaller_and_larger_count(truth: Integers, found: Integers, labels: Sequence[int]) -> Table:
    return [[min(one, other), max(one, other)] for _, one, other in _counted(truth, found, labels)]


@_labels(says="all pixels of the image are used as the union.")
def image_for_the_union(truth: Integers, found: Integers, labels: Sequence[int]) -> Table:
    return [[both, np.size(truth)] for both, _, _ in _counted(truth, found, labels)]


# transposed_convolution(row, kernel, stride): what a transposed convolution of this stride makes of a row.


@_transposed(says="the later kernel overwrites the earlier one where they overlap. What they write is summed.")
def later_kernels_overwrite(row: Sequence[int], kernel: Sequence[int], stride: int) -> Table:
    return _laid(row, kernel, stride, lambda before, new: new)


@_transposed(says="the larger number stays where kernels overlap. What they write is summed.")
def larger_number_stays(row: Sequence[int], kernel: Sequence[int], stride: int) -> Table:
    return _laid(row, kernel, stride, max)


@_transposed(says="what kernels write is multiplied where they overlap. It is summed.")
def overlaps_multiplied(row: Sequence[int], kernel: Sequence[int], stride: int) -> Table:
    return _laid(row, kernel, stride, lambda before, new: before * new)


@_transposed(
    says="the kernel slides over the row with zeros in between, as in a convolution. A transposed convolution flips it."
)
def kernel_slides_over_spread_values(row: Sequence[int], kernel: Sequence[int], stride: int) -> Table:
    return _laid(row, kernel[::-1], stride, add)


@_transposed(says="kernel and value are added. They are multiplied.")
def kernel_added_to_the_value(row: Sequence[int], kernel: Sequence[int], stride: int) -> Table:
    total = [0] * (stride * (len(row) - 1) + len(kernel))
    for place, value in enumerate(row):
        for offset, weight in enumerate(kernel):
            total[stride * place + offset] += value + weight
    return [total]


@_transposed(says="values are just repeated, as in nearest-neighbour upsampling. The kernel is left out.")
def values_repeated(row: Sequence[int], kernel: Sequence[int], stride: int) -> Table:
    if stride == 1:
        raise ValueError("with a stride of 1 nothing is repeated")
    length = stride * (len(row) - 1) + len(kernel)
    return [[row[min(place // stride, len(row) - 1)] for place in range(length)]]


def _outputs(cells: int, boxes: int, each: int) -> Table:
    return [[each, cells**2 * boxes, cells**2 * each]]


def _area(box: Sequence[int]) -> int:
    left, top, right, bottom = box
    return max(right - left, 0) * max(bottom - top, 0)


def _common(one: Sequence[int], other: Sequence[int]) -> int:
    return _area([*map(max, one[:2], other[:2]), *map(min, one[2:], other[2:])])


def _joint(one: Sequence[int], other: Sequence[int]) -> int:
    return _area(one) + _area(other) - _common(one, other)


def _iou(both: int, union: int) -> Table:
    return [[both, union, _share(both, union)]]


def _share(part: int, whole: int) -> int:
    return round(Fraction(100 * part, whole))


def _mirrored(box: Sequence[int], width: int) -> list[int]:
    left, top, right, bottom = box
    return [width - right, top, width - left, bottom]


def _scaled(box: Sequence[int], by: int) -> list[int]:
    return [by * side for side in box]


def _parsed(height: int, width: int, factor: int, scores: int) -> Table:
    return [[height // factor, width // factor, factor, scores]]


def _counted(truth: Integers, found: Integers, labels: Sequence[int]) -> list[tuple[int, int, int]]:
    """Return, for each label, the pixels that have it in both maps, in the first and in the second."""
    return [
        (int(((truth == label) & (found == label)).sum()), int((truth == label).sum()), int((found == label).sum()))
        for label in labels
    ]


def _laid(row: Sequence[int], kernel: Sequence[int], stride: int, join: Callable[[int, int], int]) -> Table:
    """Lay a kernel down for each value of a row, and join the numbers where two meet."""
    laid: dict[int, int] = {}
    for place, value in enumerate(row):
        for at, weight in enumerate(kernel, start=stride * place):
            laid[at] = join(laid[at], value * weight) if at in laid else value * weight
    return [[laid.get(at, 0) for at in range(max(laid) + 1)]]
