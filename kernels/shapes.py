"""Sizes of feature maps."""

import operator
from collections.abc import Sequence

Pair = int | Sequence[int]  # one number for both axes, or (vertical, horizontal)


def pair(value: Pair, name: str, least: int) -> tuple[int, int]:
    """Return value as (vertical, horizontal) integers.

    Raises ValueError, naming the value, unless it is one or two integers of at least `least`.
    """
    if type(value) is int and value >= least:  # most often, and quick
        return value, value
    parts = (value, value) if not isinstance(value, Sequence) else tuple(value)
    try:
        vertical, horizontal = (operator.index(part) for part in parts)
    except (TypeError, ValueError):
        raise ValueError(f"{name} must be an integer or a pair (vertical, horizontal), not {value!r}") from None
    if min(vertical, horizontal) < least:
        raise ValueError(f"{name} must be at least {least}, not {value!r}")
    return vertical, horizontal


def output_size(size: int, kernel: int, stride: int = 1, padding: int = 0) -> int:
    """Return how many positions a kernel can occupy along one axis: floor((size + 2 padding - kernel) / stride) + 1.

    A kernel larger than the padded axis fits nowhere: 0. Raises ValueError when a number makes no sense.
    """
    for name, number, least in (("size", size, 1), ("kernel", kernel, 1), ("stride", stride, 1), ("padding", padding, 0)):
        if number < least:
            raise ValueError(f"{name} must be at least {least}, not {number}")
    return max(size + 2 * padding - kernel, -stride) // stride + 1


def feature_map_size(
    size: Sequence[int], kernel: tuple[int, int], stride: tuple[int, int], padding: tuple[int, int] = (0, 0)
) -> tuple[int, int]:
    """Return height and width of a feature map. Each argument is (vertical, horizontal).

    Raises ValueError when the kernel fits nowhere.
    """
    height, width = map(output_size, size, kernel, stride, padding)
    for count, values, covered, added in zip((height, width), size, kernel, padding):
        if not count:
            around = f"with a padding of {added} on each side"
            raise ValueError(f"a kernel of {covered} does not fit into {values} values {around}")
    return height, width
