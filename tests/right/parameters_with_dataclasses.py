"""parameters.py
style: types, frozen dataclasses and small pure functions
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple, Union

IntOrPair = Union[int, tuple[int, int]]


class Pair(NamedTuple):
    vertical: int
    horizontal: int


@dataclass(frozen=True)
class Volume:
    channels: int
    height: int = 1
    width: int = 1

    @property
    def values(self) -> int:
        return self.channels * self.height * self.width

    def slide(self, size: Pair, stride: Pair, padding: Pair = Pair(0, 0)) -> Volume:
        return replace(
            self,
            height=places(self.height, size.vertical, stride.vertical, padding.vertical),
            width=places(self.width, size.horizontal, stride.horizontal, padding.horizontal),
        )


def places(length: int, window: int, stride: int, padding: int) -> int:
    return (length + 2 * padding - window) // stride + 1


def to_pair(value: IntOrPair) -> Pair:
    return Pair(*value) if isinstance(value, tuple) else Pair(value, value)


def count_dense(layer_sizes: Sequence[int], bias: bool = True) -> int:
    total = 0
    for index, units in enumerate(layer_sizes[1:]):
        total += (layer_sizes[index] + int(bias)) * units
    return int(total)


def count_conv(in_channels: int, out_channels: int, kernel_size: IntOrPair, bias: bool = True) -> int:
    size = to_pair(kernel_size)
    return int((size.vertical * size.horizontal * in_channels + int(bias)) * out_channels)


def count_network(
    input_shape: Sequence[int],
    layers: Sequence[Mapping[str, Any]],
    bias: bool = True,
) -> int:
    volume = Volume(*input_shape)
    total = 0
    for layer in layers:
        kind: str = layer["type"]
        if kind == "conv":
            size = to_pair(layer["kernel_size"])
            total += count_conv(volume.channels, layer["out_channels"], size, bias)
            volume = volume.slide(size, to_pair(layer.get("stride", 1)), to_pair(layer.get("padding", 0)))
            volume = replace(volume, channels=layer["out_channels"])
        elif kind == "pool":
            size = to_pair(layer["size"])
            volume = volume.slide(size, to_pair(layer["stride"]) if "stride" in layer else size)
        elif kind == "flatten":
            volume = Volume(volume.values)
        elif kind == "dense":
            total += count_dense((volume.values, layer["units"]), bias)
            volume = Volume(layer["units"])
    return total
