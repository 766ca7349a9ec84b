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
    """Return how many places a kernel takes along one axis: floor((size + 2 padding - kernel) / stride) + 1.

    Raises ValueError when the kernel is larger than the padded axis, or a number makes no sense.
    """
    for name, number, least in (("size", size, 1), ("kernel", kernel, 1), ("stride", stride, 1), ("padding", padding, 0)):
        if number < least:
            raise ValueError(f"{name} must be at least {least}, not {number}")
    if kernel > size + 2 * padding:
        raise ValueError(f"a kernel of {kernel} does not fit into {size} values with a padding of {padding} on each side")
    return (size + 2 * padding - kernel) // stride + 1
