"""Wrong ways to count weights. Each takes the arguments of the function of `kernels` that it distorts."""

from collections.abc import Callable, Sequence
from functools import partial
from math import prod

import kernels
from kernels import pair
from kernels.network import Layer
from kernels.shapes import Pair
from kernels.types import Shape, Size
from misconceptions.bank import misconception
from misconceptions.types import Layers

_dense = partial(misconception, "count_dense")
_conv = partial(misconception, "count_conv")
_network = partial(misconception, "count_network")


@_dense(says="intercepts are not counted. Each neuron has one.")
def intercepts_forgotten(layer_sizes: Sequence[int], bias: bool = True) -> int:
    return kernels.count_dense(layer_sizes, bias=False)


@_dense(says="intercepts are counted, although there are none here.")
def intercepts_always_counted(layer_sizes: Sequence[int], bias: bool = True) -> int:
    return kernels.count_dense(layer_sizes, bias=True)


@_dense(says="the input layer has intercepts too. Inputs are given, not computed: they have none.")
def intercepts_for_inputs(layer_sizes: Sequence[int], bias: bool = True) -> int:
    return kernels.count_dense(layer_sizes, bias) + bias * layer_sizes[0]


@_dense(says="each layer has one intercept. Each neuron has its own.")
def one_intercept_per_layer(layer_sizes: Sequence[int], bias: bool = True) -> int:
    return kernels.count_dense(layer_sizes, bias=False) + bias * (len(layer_sizes) - 1)


@_dense(says="the sizes of all layers are multiplied. Weights connect neighbouring layers: sum over the pairs.")
def product_of_all_sizes(layer_sizes: Sequence[int], bias: bool = True) -> int:
    return prod(layer_sizes)


@_dense(says="neurons are counted instead of the weights between them.")
def neurons_counted(layer_sizes: Sequence[int], bias: bool = True) -> int:
    return sum(layer_sizes)


@_conv(says="intercepts are not counted. Each kernel has one.")
def kernel_intercepts_forgotten(in_channels: int, out_channels: int, kernel_size: Pair, bias: bool = True) -> int:
    return kernels.count_conv(in_channels, out_channels, kernel_size, bias=False)


@_conv(says="intercepts are counted, although there are none here.", tags={"no intercepts"})
def kernel_intercepts_always_counted(in_channels: int, out_channels: int, kernel_size: Pair, bias: bool = True) -> int:
    return kernels.count_conv(in_channels, out_channels, kernel_size, bias=True)


@_conv(says="a kernel has a weight for each pixel, but not for each channel. A kernel is as deep as its input.")
def kernel_without_depth(in_channels: int, out_channels: int, kernel_size: Pair, bias: bool = True) -> int:
    return kernels.count_conv(1, out_channels, kernel_size, bias)


@_conv(says="a single kernel is counted. There is one for each feature map that comes out.")
def single_kernel(in_channels: int, out_channels: int, kernel_size: Pair, bias: bool = True) -> int:
    return kernels.count_conv(in_channels, 1, kernel_size, bias)


@_conv(says="the kernel is counted as a row. It has height times width weights in each channel.")
def kernel_as_a_row(in_channels: int, out_channels: int, kernel_size: Pair, bias: bool = True) -> int:
    return kernels.count_conv(in_channels, out_channels, (pair(kernel_size, "kernel_size", 1)[0], 1), bias)


@_conv(says="the kernel is counted as a square. It has height times width weights in each channel.", tags={"pairs"})
def kernel_as_a_square(in_channels: int, out_channels: int, kernel_size: Pair, bias: bool = True) -> int:
    return kernels.count_conv(in_channels, out_channels, pair(kernel_size, "kernel_size", 1)[0], bias)


@_conv(says="each kernel has an intercept for each channel. It has a single one.")
def intercept_for_each_channel(in_channels: int, out_channels: int, kernel_size: Pair, bias: bool = True) -> int:
    return kernels.count_conv(in_channels, out_channels, kernel_size, bias=False) + bias * in_channels * out_channels


@_network(says="intercepts are not counted. Each kernel and each neuron has one.")
def network_intercepts_forgotten(input_shape: Shape, layers: Layers, bias: bool = True) -> int:
    return kernels.count_network(input_shape, layers, bias=False)


@_network(says="intercepts are counted, although there are none here.")
def network_intercepts_always_counted(input_shape: Shape, layers: Layers, bias: bool = True) -> int:
    return kernels.count_network(input_shape, layers, bias=True)


@_network(says="the weights of the convolutions are missing.")
def convolutions_without_weights(input_shape: Shape, layers: Layers, bias: bool = True) -> int:
    return kernels.count_network(input_shape, layers, bias) - _weights_of("conv", input_shape, layers, bias)


@_network(says="the weights of the dense layers are missing.")
def dense_layers_without_weights(input_shape: Shape, layers: Layers, bias: bool = True) -> int:
    return kernels.count_network(input_shape, layers, bias) - _weights_of("dense", input_shape, layers, bias)


@_network(says="pooling is ignored: it makes feature maps smaller, so the dense layer after it has fewer inputs.")
def pools_ignored(input_shape: Shape, layers: Layers, bias: bool = True) -> int:
    return kernels.count_network(input_shape, [layer for layer in layers if layer["type"] != "pool"], bias)


@_network(says="convolutions keep height and width. Without padding the feature map is smaller than its input.")
def convolutions_keep_the_size(input_shape: Shape, layers: Layers, bias: bool = True) -> int:
    return _after_changes(input_shape, layers, bias, padding=lambda layer: _half(layer["kernel_size"]), stride=lambda _: 1)


@_network(says="the padding of a convolution is ignored.")
def network_padding_ignored(input_shape: Shape, layers: Layers, bias: bool = True) -> int:
    return _after_changes(input_shape, layers, bias, padding=lambda _: 0)


@_network(says="the stride of a convolution is ignored.")
def network_stride_ignored(input_shape: Shape, layers: Layers, bias: bool = True) -> int:
    return _after_changes(input_shape, layers, bias, stride=lambda _: 1)


@_network(says="the stride of a pool is ignored. It moves by its size only if no stride is given.")
def pool_stride_ignored(input_shape: Shape, layers: Layers, bias: bool = True) -> int:
    changed = [{**layer, "stride": layer["size"]} if layer["type"] == "pool" else layer for layer in layers]
    return kernels.count_network(input_shape, changed, bias)


@_network(says="kernels are counted without depth. A kernel is as deep as the feature maps that go into it.")
def kernels_without_depth(input_shape: Shape, layers: Layers, bias: bool = True) -> int:
    shapes = kernels.trace(input_shape, layers)
    missing: int = sum(
        (shape[0] - 1) * prod(pair(layer["kernel_size"], "kernel_size", 1)) * layer["out_channels"]
        for layer, shape in zip(layers, shapes)
        if layer["type"] == "conv"
    )
    return kernels.count_network(input_shape, layers, bias) - missing


@_network(says="flatten forgets the channels: it keeps all values of all feature maps.")
def flatten_without_channels(input_shape: Shape, layers: Layers, bias: bool = True) -> int:
    total, shape = 0, tuple(input_shape)
    for layer in layers:
        total += kernels.count_network(shape, [layer], bias)
        shape = shape[1:] if layer["type"] == "flatten" and len(shape) == 3 else kernels.trace(shape, [layer])[-1]
        shape = (prod(shape),) if len(shape) == 2 else shape
    return total


def _weights_of(kind: str, input_shape: Shape, layers: Layers, bias: bool) -> int:
    shapes = kernels.trace(input_shape, layers)
    return sum(kernels.count_network(shape, [layer], bias) for layer, shape in zip(layers, shapes) if layer["type"] == kind)


def _after_changes(input_shape: Shape, layers: Layers, bias: bool, **changes: Callable[[Layer], Pair]) -> int:
    """Count the weights after each convolution's named options are replaced by what a function of the layer says."""
    changed = [
        {**layer, **{name: change(layer) for name, change in changes.items()}} if layer["type"] == "conv" else layer
        for layer in layers
    ]
    return kernels.count_network(input_shape, changed, bias)


def _half(kernel_size: Pair) -> Size:
    height, width = pair(kernel_size, "kernel_size", 1)
    return height // 2, width // 2
