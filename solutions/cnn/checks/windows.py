"""Pictures of a wrong output of a convolution or a pool: its window, the kernel and the expected output."""

from dataclasses import replace
from typing import Any

import numpy as np

from autograder.authoring import Grid, Picture, Sliding, Wrong, grid, place_in_words, shown, shown_whole

AXES = ("image", "feature map", "row", "column")
MOST_TERMS = 9  # of a sum that is written out


def of_convolution(wrong: Wrong, image, kernel, stride=1, padding=0, padding_value=0.0) -> Picture:
    """Draw the window of conv2d's first wrong output: image (H, W), kernel (KH, KW)."""
    return _convolution(wrong, image[None, None], kernel[None, None], None, stride, padding, padding_value)


def of_channels(wrong: Wrong, images, kernels, bias=None, stride=1, padding=0) -> Picture:
    """Draw the windows of conv2d_channels' first wrong output: images (N, C, H, W), kernels (K, C, KH, KW)."""
    return _convolution(wrong, images, kernels, bias, stride, padding, 0.0)


def of_pool(wrong: Wrong, images, size=2, stride=None, mode="max") -> Picture:
    """Draw the window of pool2d's first wrong output: images (N, C, H, W)."""
    size = _pair(size)
    image, channel, row, column = wrong.first
    down, right = size if stride is None else _pair(stride)
    plane = images[image, channel].astype(np.float64)
    window = _Window(row * down, column * right, *size)
    grids = [grid(f"Image, channel {channel}", plane, window.cells()), *wrong.grids()]
    values = window.of(plane).ravel()
    slid = {"stride": (down, right), "pool": mode, "size": size, "channels": [f"channel {channel}"]}
    return Picture(
        place_in_words(wrong.first, AXES),
        _pooled(values, mode, wrong.expected[wrong.first]),
        shown_whole(grids),
        _sliding(wrong, images=plane[None], **slid),
    )


class _Window:
    def __init__(self, top: int, left: int, height: int, width: int):
        self.rows, self.columns = slice(top, top + height), slice(left, left + width)

    def of(self, plane: np.ndarray) -> np.ndarray:
        return plane[self.rows, self.columns]

    def cells(self) -> set[tuple[int, int]]:
        return {
            (row, column)
            for row in range(self.rows.start, self.rows.stop)
            for column in range(self.columns.start, self.columns.stop)
        }


def _convolution(wrong: Wrong, images, kernels, bias, stride, padding, padding_value) -> Picture:
    """Draw a wrong output of a convolution with channels, or of one without, given as one image and one kernel."""
    image, which, row, column = (0, 0, *wrong.first)[-4:]
    (above, beside), (down, right) = _pair(padding), _pair(stride)
    window = _Window(row * down, column * right, *kernels.shape[-2:])
    has_channels = len(wrong.first) == 4
    title = "Image with its padding" if above or beside else "Image"
    grids: list[Grid] = []
    values, weights = [], []
    for channel, (plane, kernel) in enumerate(zip(images[image], kernels[which])):
        around = [(above, above), (beside, beside)]
        padded = np.pad(plane.astype(np.float64), around, constant_values=float(padding_value))
        name = f", channel {channel}" if has_channels else ""
        grids.append(grid(f"{title}{name}", padded, window.cells()))
        grids.append(replace(grid(f"Kernel{name}", kernel.astype(np.float64)), beside=True))
        values.append(window.of(padded))
        weights.append(kernel.astype(np.float64))
    added = [] if bias is None else [f"{shown(bias[which])} (bias[{which}])"]
    working = _sum([*_products(np.array(values), np.array(weights)), *added], wrong.expected[wrong.first])
    sliding = _sliding(
        wrong,
        images=images[image].astype(np.float64),
        kernels=kernels[which].astype(np.float64),
        bias=0.0 if bias is None else float(bias[which]),
        stride=(down, right),
        padding=(above, beside),
        padding_value=float(padding_value),
        size=kernels.shape[-2:],
        channels=[f"channel {channel}" for channel in range(len(kernels[which]))] if has_channels else [],
    )
    return Picture(place_in_words(wrong.first, AXES), working, shown_whole([*grids, *wrong.grids()]), sliding)


def _sliding(wrong: Wrong, **parts: Any) -> Sliding:
    """Return the window over the image of the first wrong output, and all outputs of that image."""
    plane = wrong.first[:-2]
    return Sliding(**parts, expected=wrong.expected[plane], received=wrong.received[plane], wrong=wrong.places[plane])


def _products(values: np.ndarray, weights: np.ndarray) -> list[str]:
    """Write the products of windows and kernels, (channels, rows, columns), or, if many, their sums by channel or row."""
    if values.size <= MOST_TERMS:
        return [f"{_factor(value)}*{_factor(weight)}" for value, weight in zip(values.ravel(), weights.ravel())]
    products = values * weights
    if len(products) > 1:
        return [f"{shown(channel.sum())} (channel {number})" for number, channel in enumerate(products)]
    return [f"{shown(row.sum())} (row {number} of the window)" for number, row in enumerate(products[0])]


def _sum(terms: list[str], result: float) -> str:
    """Write out a sum if its terms are few."""
    return f"{' + '.join(terms)} = {shown(result)}".replace("+ -", "- ") if len(terms) <= MOST_TERMS + 1 else ""


def _pooled(values: np.ndarray, mode: str, result: float) -> str:
    """Write out the values of a window and the result if they are few."""
    if len(values) > MOST_TERMS:
        return ""
    return f"The {mode} of {', '.join(map(shown, values))} is {shown(result)}."


def _factor(value: float) -> str:
    return f"({shown(value)})" if value < 0 else shown(value)


def _pair(value: Any) -> tuple[int, int]:
    vertical, horizontal = np.broadcast_to(value, 2).tolist()
    return vertical, horizontal
