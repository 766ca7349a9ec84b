"""Shapes and weights of a network that is given as a list of layers.

A layer is a dict with a "type": conv (out_channels, kernel_size, stride=1, padding=0), pool (size, stride=size), relu,
flatten or dense (units). Shapes are (channels, height, width), or (values,) after flatten and dense.
"""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from math import prod
from typing import Any

from kernels.shapes import Geometry, Pair, feature_map_size, pair
from kernels.types import Shape

Layer = Mapping[str, Any]


def count_dense(layer_sizes: Sequence[int], bias: bool = True) -> int:
    """Count the weights of fully connected layers of these sizes: 15, 10, 5, 2 without intercepts have 210."""
    return sum((inputs + bias) * outputs for inputs, outputs in pairwise(layer_sizes))


def dense_layers(layer_sizes: Sequence[int]) -> list[tuple[int, int]]:
    """Count the weights between neighbouring layers of these sizes, and the intercepts, for each layer of neurons."""
    return [(inputs * outputs, outputs) for inputs, outputs in pairwise(layer_sizes)]


def count_neurons(layer_sizes: Sequence[int]) -> int:
    """Count the neurons of fully connected layers of these sizes: inputs are given, not computed, and are none."""
    return sum(layer_sizes[1:])


def count_conv(in_channels: int, out_channels: int, kernel_size: Pair, bias: bool = True) -> int:
    """Count the weights of a convolution: a kernel is as deep as its input, and has one intercept if any."""
    height, width = pair(kernel_size, "kernel_size", 1)
    return (in_channels * height * width + bias) * out_channels


def trace(input_shape: Shape, layers: Sequence[Layer]) -> list[Shape]:
    """Return the shape before the first layer and after each one.

    Raises ValueError, naming the layer, where one does not fit the shape before it.
    """
    shapes = [tuple(input_shape)]
    for position, layer in enumerate(layers, start=1):
        try:
            shapes.append(_shape_after(layer, shapes[-1]))
        except KeyError as error:
            raise ValueError(f"layer {position} ({layer.get('type', 'no type')}) lacks {error}") from None
        except ValueError as error:
            raise ValueError(f"layer {position} ({layer.get('type', 'no type')}): {error}") from None
    return shapes


def count_network(input_shape: Shape, layers: Sequence[Layer], bias: bool = True) -> int:
    """Count the weights of a network: those of its convolutions and of its dense layers; nothing else has any."""
    return sum(count_layers(input_shape, layers, bias))


def count_layers(input_shape: Shape, layers: Sequence[Layer], bias: bool = True) -> list[int]:
    """Count the weights of each layer; pools, ReLU and flatten have none."""
    counts = []
    for layer, shape in zip(layers, trace(input_shape, layers)):
        match layer["type"]:
            case "conv":
                counts.append(count_conv(shape[0], layer["out_channels"], layer["kernel_size"], bias))
            case "dense":
                counts.append(count_dense([prod(shape), layer["units"]], bias))
            case _:
                counts.append(0)
    return counts


def window(layer: Layer) -> tuple[tuple[int, int], tuple[int, int], tuple[int, int]]:
    """Return size, stride and padding of a convolution's or a pool's window, each as (vertical, horizontal)."""
    if layer["type"] == "conv":
        size = pair(layer["kernel_size"], "kernel_size", 1)
        return size, pair(layer.get("stride", 1), "stride", 1), pair(layer.get("padding", 0), "padding", 0)
    size = pair(layer["size"], "size", 1)
    return size, pair(layer.get("stride", size), "stride", 1), (0, 0)


def _shape_after(layer: Layer, shape: Shape) -> Shape:
    match layer["type"]:
        case "relu":
            return shape
        case "flatten":
            return (prod(shape),)
        case "dense":
            if len(shape) != 1:
                raise ValueError(f"needs values in one row, but gets the shape {shape}: put a flatten before it")
            return (layer["units"],)
        case "conv" | "pool" as kind:
            if len(shape) != 3:
                raise ValueError(f"needs channels, height and width, but gets the shape {shape}")
            channels = layer["out_channels"] if kind == "conv" else shape[0]
            size, stride, padding = window(layer)
            return (channels, *feature_map_size(shape[1:], size, Geometry(stride, padding)))
        case unknown:
            raise ValueError(f"{unknown!r} is not a type of layer; expected conv, pool, relu, flatten or dense")
