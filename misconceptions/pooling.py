"""Wrong ways to pool. Each takes the arguments of `kernels.pool2d`.

Where a misconception is about some modes alone, it gives the right answer by every other one, and has a tag for each of
those: "right by max".
"""

from collections.abc import Callable, Collection
from functools import partial, wraps

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

import kernels
from kernels import POOLINGS, pair
from kernels.shapes import Pair
from kernels.types import Array
from misconceptions.bank import misconception

_pool2d: Callable[..., Array] = partial(kernels.pool2d, backend="numpy")
Pool = Callable[..., Array]
_pooling = partial(misconception, "pool2d")


def _pooling_by(*modes: str, says: str, tags: Collection[str] = ()) -> Callable[[Pool], Pool]:
    """Enter the decorated function into the bank; by any other mode than these, the right answer takes its place."""

    def enter(distorted: Pool) -> Pool:
        @wraps(distorted)
        def answer(images: Array, size: Pair = 2, stride: Pair | None = None, mode: str = "max") -> Array:
            return (distorted if mode in modes else _pool2d)(images, size, stride, mode)

        others = [f"right by {mode}" for mode in POOLINGS if mode not in modes]
        return _pooling(says=says, tags=[*tags, *others])(answer)

    return enter


@_pooling(says="the maximum of each window is returned, whatever the mode.", tags={"mode ignored"})
def always_max(images: Array, size: Pair = 2, stride: Pair | None = None, mode: str = "max") -> Array:
    return _pool2d(images, size, stride, "max")


@_pooling_by("max", "min", says="max and min are swapped.")
def max_and_min_swapped(images: Array, size: Pair, stride: Pair | None, mode: str) -> Array:
    return _pool2d(images, size, stride, {"max": "min", "min": "max"}[mode])


@_pooling_by("average", "median", says="average and median are mixed up.")
def average_and_median_swapped(images: Array, size: Pair, stride: Pair | None, mode: str) -> Array:
    return _pool2d(images, size, stride, {"average": "median", "median": "average"}[mode])


@_pooling_by("average", says="the values are summed, but not divided by their number.")
def sum_for_average(images: Array, size: Pair, stride: Pair | None, mode: str) -> Array:
    height, width = pair(size, "size", 1)
    return _pool2d(images, size, stride, mode) * (height * width)


@_pooling_by(
    "median",
    says="the smaller of the two middle values is returned for an even number of values. The median is their mean.",
)
def lower_median(images: Array, size: Pair, stride: Pair | None, mode: str) -> Array:
    return _order_statistic(images, size, stride, -1)


@_pooling_by(
    "median",
    says="the larger of the two middle values is returned for an even number of values. The median is their mean.",
)
def upper_median(images: Array, size: Pair, stride: Pair | None, mode: str) -> Array:
    return _order_statistic(images, size, stride, 0)


@_pooling_by("median", says="the windows are not sorted before the middle value is picked.")
def unsorted_median(images: Array, size: Pair, stride: Pair | None, mode: str) -> Array:
    values = _window_values(images, size, stride)
    return values[..., values.shape[-1] // 2]


@_pooling_by("average", "median", says="only a window's largest and smallest value are averaged, not all of them.")
def middle_of_largest_and_smallest(images: Array, size: Pair, stride: Pair | None, mode: str) -> Array:
    return (_pool2d(images, size, stride, "max") + _pool2d(images, size, stride, "min")) / 2


@_pooling_by("average", says="the sum is divided by the window's height, not by the number of its values.")
def divided_by_height(images: Array, size: Pair, stride: Pair | None, mode: str) -> Array:
    return _pool2d(images, size, stride, mode) * pair(size, "size", 1)[1]


@_pooling_by("average", says="the average is rounded down. Keep its decimals.")
def average_rounded_down(images: Array, size: Pair, stride: Pair | None, mode: str) -> Array:
    return np.floor(_pool2d(images, size, stride, mode))


@_pooling_by("max", "min", says="values are compared without their signs. −7 is smaller than 2.", tags={"signs"})
def compared_without_signs(images: Array, size: Pair, stride: Pair | None, mode: str) -> Array:
    values = _window_values(images, size, stride)
    found = (np.argmax if mode == "max" else np.argmin)(np.abs(values), axis=-1)
    return np.take_along_axis(values, found[..., None], axis=-1)[..., 0]


@_pooling(says="the window moves down first, then to the right. It moves left to right, then down.")
def window_down_before_right(images: Array, size: Pair = 2, stride: Pair | None = None, mode: str = "max") -> Array:
    pooled = _pool2d(images, size, stride, mode)
    return np.swapaxes(pooled, -1, -2).reshape(pooled.shape)


@_pooling_by(
    "max",
    says="the maximum starts from 0, so windows of negative numbers give 0. Start from a value of the window.",
    tags={"start"},
)
def maximum_starts_from_zero(images: Array, size: Pair, stride: Pair | None, mode: str) -> Array:
    return np.maximum(_pool2d(images, size, stride, mode), 0)


@_pooling_by(
    "min",
    says="the minimum starts from 0, so windows of positive numbers give 0. Start from a value of the window.",
    tags={"start"},
)
def minimum_starts_from_zero(images: Array, size: Pair, stride: Pair | None, mode: str) -> Array:
    return np.minimum(_pool2d(images, size, stride, mode), 0)


@_pooling_by(
    "max",
    says="the maximum starts from -100, which some values are below. Start from a value of the window.",
    tags={"start", "rare numbers"},
)
def maximum_starts_from_minus_100(images: Array, size: Pair, stride: Pair | None, mode: str) -> Array:
    return np.maximum(_pool2d(images, size, stride, mode), -100)


@_pooling_by(
    "min",
    says="the minimum starts from 100, which some values are above. Start from a value of the window.",
    tags={"start", "rare numbers"},
)
def minimum_starts_from_100(images: Array, size: Pair, stride: Pair | None, mode: str) -> Array:
    return np.minimum(_pool2d(images, size, stride, mode), 100)


@_pooling_by(
    "max",
    "min",
    says="a 0 that was found is treated as nothing found, and the next value replaces it. Start from a "
    "value of the window.",
    tags={"start", "rare numbers"},
)
def zero_taken_for_nothing(images: Array, size: Pair, stride: Pair | None, mode: str) -> Array:
    values = _window_values(images, size, stride)
    found: Array = values[..., 0]
    for place in range(1, values.shape[-1]):
        new = values[..., place]
        found = np.where((found == 0) | (new > found if mode == "max" else new < found), new, found)
    return found


@_pooling(says="the window moves by one. Without a stride it moves by its own size.", tags={"default stride"})
def default_stride_of_one(images: Array, size: Pair = 2, stride: Pair | None = None, mode: str = "max") -> Array:
    return _pool2d(images, size, 1 if stride is None else stride, mode)


@_pooling(says="the stride is ignored: the window always moves by its own size.", tags={"stride"})
def stride_ignored(images: Array, size: Pair = 2, stride: Pair | None = None, mode: str = "max") -> Array:
    return _pool2d(images, size, None, mode)


@_pooling(says="vertical and horizontal stride are swapped. The vertical number comes first.", tags={"pairs"})
def stride_swapped(images: Array, size: Pair = 2, stride: Pair | None = None, mode: str = "max") -> Array:
    return _pool2d(images, size, pair(size if stride is None else stride, "stride", 1)[::-1], mode)


@_pooling(says="height and width of the window are swapped. The vertical number comes first.", tags={"pairs"})
def size_swapped(images: Array, size: Pair = 2, stride: Pair | None = None, mode: str = "max") -> Array:
    return _pool2d(images, pair(size, "size", 1)[::-1], size if stride is None else stride, mode)


@_pooling(says="the window is as wide as it is high. The vertical number comes first.", tags={"pairs"})
def square_window(images: Array, size: Pair = 2, stride: Pair | None = None, mode: str = "max") -> Array:
    return _pool2d(images, pair(size, "size", 1)[0], size if stride is None else stride, mode)


@_pooling(
    says="each window is pooled over all channels. Pooling leaves the number of channels as it is.", tags={"channels"}
)
def pooled_over_channels(images: Array, size: Pair = 2, stride: Pair | None = None, mode: str = "max") -> Array:
    pooled = _pool2d(images, size, stride, mode)
    return np.broadcast_to(POOLINGS[mode].reduce(pooled, axis=1, keepdims=True), pooled.shape)


@_pooling(
    says="partial windows at the edge are pooled too. Output sizes are rounded down: leave partial windows out.",
    tags={"edges"},
)
def incomplete_windows_kept(images: Array, size: Pair = 2, stride: Pair | None = None, mode: str = "max") -> Array:
    (height, width), (down, right) = pair(size, "size", 1), pair(size if stride is None else stride, "stride", 1)
    rows, columns = (
        min(-(-max(length - window, 0) // step) + 1, -(-length // step))  # no window begins behind the edge
        for length, window, step in zip(images.shape[2:], (height, width), (down, right))
    )
    pooled = np.empty((*images.shape[:2], rows, columns))
    for y in range(rows):
        for x in range(columns):
            window = images[:, :, y * down : y * down + height, x * right : x * right + width]
            pooled[:, :, y, x] = POOLINGS[mode].reduce(window, axis=(2, 3))
    return pooled


@_pooling(says="every image of the batch gives the first image's answer.", tags={"several images"})
def first_image_pooled(images: Array, size: Pair = 2, stride: Pair | None = None, mode: str = "max") -> Array:
    return _pool2d(np.broadcast_to(images[:1], images.shape), size, stride, mode)


def _window_values(images: Array, size: Pair, stride: Pair | None) -> Array:
    """Return the values of each window in a row: (N, C, H, W) -> (N, C, OH, OW, height * width)."""
    size, stride = pair(size, "size", 1), pair(size if stride is None else stride, "stride", 1)
    windows = sliding_window_view(images, size, axis=(2, 3))[:, :, :: stride[0], :: stride[1]]
    values: Array = windows.reshape(*windows.shape[:4], -1)
    return values


def _order_statistic(images: Array, size: Pair, stride: Pair | None, before_middle: int) -> Array:
    """Return the sorted windows' value at the middle, or right before it where their number is even."""
    values = np.sort(_window_values(images, size, stride), axis=-1)
    count = values.shape[-1]
    return values[..., count // 2 + (before_middle if count % 2 == 0 else 0)]
