"""Sizes of feature maps."""

import operator
from collections.abc import Sequence
from typing import NamedTuple

Pair = int | Sequence[int]  # one number for both axes, or (vertical, horizontal)
MOST = 2**31 - 1  # compiled code multiplies such a number by others, in integers of 64 bits


def pair(value: Pair, name: str, least: int) -> tuple[int, int]:
    """Return value as (vertical, horizontal) integers.

    Raises ValueError, naming the value, unless it is one or two integers from `least` to 2^31 - 1.
    """
    if type(value) is int and least <= value <= MOST:  # most often, and quick
        return value, value
    parts = value if type(value) is tuple else tuple(value) if isinstance(value, Sequence) else (value, value)
    try:
        vertical, horizontal = parts
        vertical, horizontal = operator.index(vertical), operator.index(horizontal)
    except (TypeError, ValueError):
        raise ValueError(f"{name} must be an integer or a pair (vertical, horizontal), not {value!r}") from None
    if vertical < least or horizontal < least:
        raise ValueError(f"{name} must be at least {least}, not {value!r}")
    if vertical > MOST or horizontal > MOST:
        raise ValueError(f"{name} must be less than 2^31, not {value!r}")
    return vertical, horizontal


class Geometry(NamedTuple):
    """How kernels are placed on images. Each entry is (vertical, horizontal); a dilation of 2 leaves a gap of one pixel."""

    stride: tuple[int, int] = (1, 1)
    padding: tuple[int, int] = (0, 0)
    dilation: tuple[int, int] = (1, 1)


def reach(kernel: int, dilation: int) -> int:
    """Return how many pixels a kernel spans along one axis, from its first weight to its last."""
    return (kernel - 1) * dilation + 1


def output_size(size: int, kernel: int, stride: int = 1, padding: int = 0, dilation: int = 1) -> int:
    """Return how many positions a kernel can occupy along one axis: floor((size + 2 padding - kernel) / stride) + 1.

    A dilated kernel is as long as what it reaches over, (kernel - 1) dilation + 1. One that is larger than the padded axis
    fits nowhere: 0. Raises ValueError when a number makes no sense.
    """
    numbers = (("size", size, 1), ("kernel", kernel, 1), ("stride", stride, 1), ("padding", padding, 0))
    for name, number, least in (*numbers, ("dilation", dilation, 1)):
        if number < least:
            raise ValueError(f"{name} must be at least {least}, not {number}")
    return _positions(size, kernel, stride, padding, dilation)


def _positions(size: int, kernel: int, stride: int, padding: int, dilation: int) -> int:
    return max(size + 2 * padding - reach(kernel, dilation), -stride) // stride + 1


def feature_map_size(size: Sequence[int], kernel: Sequence[int], geometry: Geometry) -> tuple[int, int]:
    """Return height and width of a feature map. Each argument is (vertical, horizontal).

    Raises ValueError when the kernel fits nowhere.
    """
    height, width = map(_positions, size, kernel, *geometry)
    if not (height and width):
        axis = 0 if not height else 1
        weights, apart = kernel[axis], geometry.dilation[axis]
        covered = f"{weights}" if apart == 1 else f"{weights}, {reach(weights, apart)} with its dilation of {apart},"
        around = f"with a padding of {geometry.padding[axis]} on each side"
        raise ValueError(f"a kernel of {covered} does not fit into {size[axis]} values {around}")
    return height, width
