"""convolution.py
style: dataclasses with types; one object holds stride and padding, another the padded image
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Union

import numpy as np
import numpy.typing as npt

IntOrPair = Union[int, tuple[int, int]]


@dataclass(frozen=True)
class Pair:
    vertical: int
    horizontal: int

    @classmethod
    def of(cls, value: IntOrPair) -> Pair:
        return cls(*value) if isinstance(value, tuple) else cls(value, value)


@dataclass
class Slider:
    """Slides a window over padded numbers (..., H, W)."""

    numbers: npt.NDArray[np.float64]
    window: Pair
    stride: Pair

    @property
    def shape(self) -> tuple[int, int]:
        height, width = self.numbers.shape[-2:]
        return (
            output_size(height, self.window.vertical, self.stride.vertical),
            output_size(width, self.window.horizontal, self.stride.horizontal),
        )

    def windows(self) -> Iterator[tuple[int, int, npt.NDArray[np.float64]]]:
        for row in range(self.shape[0]):
            for column in range(self.shape[1]):
                top, left = row * self.stride.vertical, column * self.stride.horizontal
                bottom, right = top + self.window.vertical, left + self.window.horizontal
                yield row, column, self.numbers[..., top:bottom, left:right]


def output_size(size: int, kernel: int, stride: int = 1, padding: int = 0) -> int:
    room = size + 2 * padding - kernel
    if room < 0:
        return 0
    return int(room // stride) + 1


def pad(images: np.ndarray, padding: Pair, value: float = 0.0) -> npt.NDArray[np.float64]:
    around = [(0, 0)] * (images.ndim - 2)
    around += [(padding.vertical, padding.vertical), (padding.horizontal, padding.horizontal)]
    return np.pad(images.astype(np.float64), around, constant_values=value)


def conv2d(
    image: np.ndarray,
    kernel: np.ndarray,
    stride: IntOrPair = 1,
    padding: IntOrPair = 0,
    padding_value: float = 0.0,
) -> np.ndarray:
    slider = Slider(pad(image, Pair.of(padding), padding_value), Pair(*kernel.shape), Pair.of(stride))
    result = np.empty(slider.shape)
    for row, column, window in slider.windows():
        result[row, column] = np.sum(window * kernel)
    return result


def conv2d_channels(
    images: np.ndarray,
    kernels: np.ndarray,
    bias: np.ndarray | None = None,
    stride: IntOrPair = 1,
    padding: IntOrPair = 0,
) -> np.ndarray:
    slider = Slider(pad(images, Pair.of(padding)), Pair(*kernels.shape[-2:]), Pair.of(stride))
    result = np.empty((len(images), len(kernels), *slider.shape))
    for row, column, window in slider.windows():
        for number, kernel in enumerate(kernels):
            intercept = 0.0 if bias is None else bias[number]
            result[:, number, row, column] = (window * kernel).sum(axis=(1, 2, 3)) + intercept
    return result
