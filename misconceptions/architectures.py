"""Wrong ways to count the weights of an architecture layer by layer, and to compare two architectures."""

from collections.abc import Callable, Sequence
from functools import partial
from math import prod

import kernels
from kernels.network import Layer
from kernels.types import Shape
from misconceptions.bank import misconception
from misconceptions.types import Layers, Table

_layers = partial(misconception, "count_layers")
_change = partial(misconception, "count_change")
_stack = partial(misconception, "compare_stack")


@_layers(says="intercepts are left out. Each kernel and each neuron of a dense layer has one.")
def layers_without_intercepts(input_shape: Shape, layers: Layers) -> list[int]:
    return kernels.count_layers(input_shape, layers, bias=False)


@_layers(says="each layer has a single intercept. Each kernel and each neuron of a dense layer has its own.")
def one_intercept_in_each_layer(input_shape: Shape, layers: Layers) -> list[int]:
    return [count + (count > 0) for count in kernels.count_layers(input_shape, layers, bias=False)]


@_layers(says="kernels have no depth. A kernel is as deep as the feature maps that go into it.")
def flat_kernels_in_each_layer(input_shape: Shape, layers: Layers) -> list[int]:
    return _counted(input_shape, layers, depth=lambda channels: 1)


@_layers(says="all kernels are as deep as the image. A kernel is as deep as the feature maps that go into it.")
def kernels_as_deep_as_the_image(input_shape: Shape, layers: Layers) -> list[int]:
    return _counted(input_shape, layers, depth=lambda channels: input_shape[0])


@_layers(says="the first dense layer gets one feature map. Flatten keeps the values of all feature maps.")
def dense_layer_after_one_map(input_shape: Shape, layers: Layers) -> list[int]:
    return _counted(input_shape, layers, flatten=lambda shape: prod(shape[1:]))


@_layers(says="the first dense layer gets one value of each feature map. Flatten keeps all their values.")
def dense_layer_after_the_channels(input_shape: Shape, layers: Layers) -> list[int]:
    return _counted(input_shape, layers, flatten=lambda shape: shape[0])


@_layers(says="pools are left out, and the first dense layer gets too many inputs.")
def pools_left_out(input_shape: Shape, layers: Layers) -> list[int]:
    counts = iter(kernels.count_layers(input_shape, [layer for layer in layers if layer["type"] != "pool"]))
    return [0 if layer["type"] == "pool" else next(counts) for layer in layers]


@_layers(says="convolutions keep height and width, and the first dense layer gets too many inputs.")
def convolutions_that_keep_the_size(input_shape: Shape, layers: Layers) -> list[int]:
    def same(layer: Layer) -> Layer:
        return {**layer, "stride": 1, "padding": [length // 2 for length in kernels.window(layer)[0]]}

    return kernels.count_layers(input_shape, [same(layer) if layer["type"] == "conv" else layer for layer in layers])


@_layers(says="the weights of a convolution are counted at each position. All positions share the same kernels.")
def kernels_counted_at_each_place(input_shape: Shape, layers: Layers) -> list[int]:
    shapes = kernels.trace(input_shape, layers)
    counts = kernels.count_layers(input_shape, layers)
    return [
        count * prod(after[1:]) if layer["type"] == "conv" else count
        for count, layer, after in zip(counts, layers, shapes[1:])
    ]


@_layers(says="the padding is ignored, and the first dense layer gets too few inputs.")
def padding_left_out(input_shape: Shape, layers: Layers) -> list[int]:
    return kernels.count_layers(input_shape, [{**layer, "padding": 0} for layer in layers])


@_change(says="only the layer that changes is counted. The next layer gets another input, and with it other weights.")
def only_the_changed_layer(input_shape: Shape, before: Layers, after: Layers) -> int:
    return _difference_at(input_shape, before, after, lambda one, other: one != other)


@_change(says="only the layers after the change are counted. The layer that changes has other weights itself.")
def only_the_layers_after(input_shape: Shape, before: Layers, after: Layers) -> int:
    return _difference_at(input_shape, before, after, lambda one, other: one == other)


@_change(says="the difference is taken the other way round.")
def change_turned_round(input_shape: Shape, before: Layers, after: Layers) -> int:
    return kernels.count_network(input_shape, before) - kernels.count_network(input_shape, after)


@_change(says="all weights of the changed network are given. The question asks by how much their number changes.")
def new_total(input_shape: Shape, before: Layers, after: Layers) -> int:
    return kernels.count_network(input_shape, after)


@_change(says="the intercepts are left out. Each kernel and each neuron of a dense layer has one.")
def change_without_intercepts(input_shape: Shape, before: Layers, after: Layers) -> int:
    return kernels.count_network(input_shape, after, bias=False) - kernels.count_network(input_shape, before, bias=False)


@_change(says="kernels have no depth. A kernel is as deep as the feature maps that go into it.")
def change_of_flat_kernels(input_shape: Shape, before: Layers, after: Layers) -> int:
    return _difference_by(flat_kernels_in_each_layer, input_shape, before, after)


@_change(
    says="a single value of each feature map goes into the dense layer. Flatten keeps all their values.", tags={"flatten"}
)
def change_after_the_channels(input_shape: Shape, before: Layers, after: Layers) -> int:
    return _difference_by(dense_layer_after_the_channels, input_shape, before, after)


@_change(says="pools are left out, and the first dense layer gets too many inputs.")
def change_without_pools(input_shape: Shape, before: Layers, after: Layers) -> int:
    return _difference_by(pools_left_out, input_shape, before, after)


@_change(says="convolutions keep height and width, and the first dense layer gets too many inputs.")
def change_of_convolutions_that_keep_the_size(input_shape: Shape, before: Layers, after: Layers) -> int:
    return _difference_by(convolutions_that_keep_the_size, input_shape, before, after)


@_change(says="the weights of a convolution are counted at each position. All positions share the same kernels.")
def change_of_kernels_at_each_place(input_shape: Shape, before: Layers, after: Layers) -> int:
    return _difference_by(kernels_counted_at_each_place, input_shape, before, after)


@_change(says="the inputs of a layer have intercepts too. Only its kernels and its neurons have one each.")
def change_with_intercepts_of_inputs(input_shape: Shape, before: Layers, after: Layers) -> int:
    return _difference_by(_with_intercepts_of_inputs, input_shape, before, after)


@_stack(says="each layer of the stack counts like the first. The later ones get the feature maps of the layer before.")
def first_layer_repeated(in_channels: int, out_channels: int, kernel: int, depth: int) -> Table:
    return _compared(depth * _weights(in_channels, out_channels, kernel), in_channels, out_channels, kernel, depth)


@_stack(says="a single layer of the stack is counted.")
def single_layer_of_the_stack(in_channels: int, out_channels: int, kernel: int, depth: int) -> Table:
    return _compared(_weights(in_channels, out_channels, kernel), in_channels, out_channels, kernel, depth)


@_stack(says="the single kernel is as large as the stack's kernels together. Each one after the first adds a pixel less.")
def kernels_of_the_stack_added(in_channels: int, out_channels: int, kernel: int, depth: int) -> Table:
    return _compared(None, in_channels, out_channels, kernel, depth, large=kernel * depth)


@_stack(says="the single kernel is as large as the product of the stack's. Each further layer adds only a few pixels.")
def kernels_of_the_stack_multiplied(in_channels: int, out_channels: int, kernel: int, depth: int) -> Table:
    return _compared(None, in_channels, out_channels, kernel, depth, large=kernel**depth)


@_stack(says="the single kernel is as large as one kernel of the stack. A stack sees more than each of its layers.")
def same_kernel_in_one_layer(in_channels: int, out_channels: int, kernel: int, depth: int) -> Table:
    return _compared(None, in_channels, out_channels, kernel, depth, large=kernel)


@_stack(says="the kernels have no depth. A kernel is as deep as the feature maps that go into it.")
def stack_of_flat_kernels(in_channels: int, out_channels: int, kernel: int, depth: int) -> Table:
    return _compared(depth * _weights(1, out_channels, kernel), 1, out_channels, kernel, depth)


@_stack(says="a single kernel is counted in each layer. There is one for each feature map.")
def stack_of_single_kernels(in_channels: int, out_channels: int, kernel: int, depth: int) -> Table:
    stack = _weights(in_channels, 1, kernel) + (depth - 1) * _weights(out_channels, 1, kernel)
    return _compared(stack, in_channels, 1, kernel, depth)


@_stack(says="the kernels are counted as rows. A kernel has height times width weights in each channel.")
def stack_of_rows(in_channels: int, out_channels: int, kernel: int, depth: int) -> Table:
    stack, single, _ = _compared(None, in_channels, out_channels, kernel, depth)[0]
    large = depth * (kernel - 1) + 1
    return [[stack // kernel, single // large, single // large - stack // kernel]]


def _counted(
    input_shape: Shape,
    layers: Layers,
    depth: Callable[[int], int] = lambda channels: channels,
    flatten: Callable[[Shape], int] = prod,
) -> list[int]:
    """Count weights layer by layer with another rule for the depth of kernels, or for what flatten keeps."""
    counts, shape = [], tuple(input_shape)
    for layer in layers:
        count = 0
        if layer["type"] == "conv":
            count = kernels.count_conv(depth(shape[0]), layer["out_channels"], layer["kernel_size"])
        elif layer["type"] == "dense":
            count = kernels.count_dense([shape[0], layer["units"]])
        counts.append(count)
        shape = (flatten(shape),) if layer["type"] == "flatten" else kernels.trace(shape, [layer])[-1]
    return counts


def _difference_at(input_shape: Shape, before: Layers, after: Layers, belongs: Callable[[Layer, Layer], bool]) -> int:
    """Return by how much the weights change in the layers that belong to it."""
    counts = (kernels.count_layers(input_shape, layers) for layers in (before, after))
    return sum(new - old for one, other, old, new in zip(before, after, *counts) if belongs(one, other))


def _difference_by(
    count: Callable[[Shape, Layers], Sequence[int]], input_shape: Shape, before: Layers, after: Layers
) -> int:
    """Return by how much the weights change if they are counted in another way."""
    return sum(count(input_shape, after)) - sum(count(input_shape, before))


def _with_intercepts_of_inputs(input_shape: Shape, layers: Layers) -> list[int]:
    shapes = kernels.trace(input_shape, layers)
    counts = kernels.count_layers(input_shape, layers)
    return [count and count + shape[0] for count, shape in zip(counts, shapes)]


def _compared(
    stack: int | None, in_channels: int, out_channels: int, kernel: int, depth: int, large: int | None = None
) -> list[list[int]]:
    """Return the weights of a stack, of a single layer that sees as much, and their difference, some of them replaced."""
    if stack is None:
        stack = _weights(in_channels, out_channels, kernel) + (depth - 1) * _weights(out_channels, out_channels, kernel)
    single = _weights(in_channels, out_channels, large or depth * (kernel - 1) + 1)
    return [[stack, single, single - stack]]


def _weights(in_channels: int, out_channels: int, kernel: int) -> int:
    return kernels.count_conv(in_channels, out_channels, kernel, bias=False)
