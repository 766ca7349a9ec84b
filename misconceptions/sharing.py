"""Wrong ways to count what sharing weights saves.

A convolution is compared with a layer that makes the same feature maps, but shares no weights: one that has a kernel of
its own for each place ("local"), or one that connects each output with each input ("dense").
"""

from fractions import Fraction
from functools import partial
from math import prod

import kernels
from kernels.network import Layer
from kernels.types import Shape
from misconceptions.bank import misconception
from misconceptions.types import Number, Table

_local = partial(misconception, "count_local")
_factor = partial(misconception, "sharing_factor")
_counts = partial(misconception, "layer_counts")


@_local(says="the weights are shared by all positions. Without sharing, each position has kernels of its own.")
def weights_shared(input_shape: Shape, layer: Layer, bias: bool) -> int:
    return kernels.count_layers(input_shape, [layer], bias)[0]


@_local(says="each output is connected to the whole image. It is connected to its own window only.")
def connected_with_everything(input_shape: Shape, layer: Layer, bias: bool) -> int:
    return (prod(input_shape) + bias) * _neurons(input_shape, layer)


@_local(says="a kernel is counted on each pixel of the image. There are as many positions as the feature map has values.")
def place_for_each_pixel(input_shape: Shape, layer: Layer, bias: bool) -> int:
    return prod(input_shape[1:]) * kernels.count_layers(input_shape, [layer], bias)[0]


@_local(says="each position has a single kernel. It has one for each feature map.")
def single_kernel_at_each_place(input_shape: Shape, layer: Layer, bias: bool) -> int:
    return weights_shared(input_shape, {**layer, "out_channels": 1}, bias) * _places(input_shape, layer)


@_local(says="the windows have no depth. A kernel is as deep as the image, with weights shared or not.")
def windows_without_depth(input_shape: Shape, layer: Layer, bias: bool) -> int:
    return weights_shared((1, *input_shape[1:]), layer, bias) * _places(input_shape, layer)


@_local(says="the intercepts are still shared. Without sharing, each neuron has its own.")
def intercepts_shared(input_shape: Shape, layer: Layer, bias: bool) -> int:
    intercepts: int = bias * layer["out_channels"]
    return weights_shared(input_shape, layer, False) * _places(input_shape, layer) + intercepts


@_local(says="the intercepts are left out. Each neuron has one.")
def local_intercepts_forgotten(input_shape: Shape, layer: Layer, bias: bool) -> int:
    return weights_shared(input_shape, layer, False) * _places(input_shape, layer)


@_local(says="the padding is forgotten when positions are counted.")
def places_without_padding(input_shape: Shape, layer: Layer, bias: bool) -> int:
    return weights_shared(input_shape, layer, bias) * _places(input_shape, {**layer, "padding": 0})


@_local(says="the stride is forgotten when positions are counted.")
def places_without_stride(input_shape: Shape, layer: Layer, bias: bool) -> int:
    return weights_shared(input_shape, layer, bias) * _places(input_shape, {**layer, "stride": 1})


@_factor(says="a locally connected layer is compared. A dense layer also has weights to all pixels outside the window.")
def compared_with_local(input_shape: Shape, layer: Layer) -> Number:
    return _places(input_shape, layer)


@_factor(says="a single output of each layer is compared. The dense layer has weights of its own for each position.")
def single_outputs_compared(input_shape: Shape, layer: Layer) -> Number:
    return Fraction(prod(input_shape[1:]), prod(kernels.window(layer)[0]))


@_factor(says="the dense layer makes a single feature map. It has to make as many as the convolution.")
def single_dense_map(input_shape: Shape, layer: Layer) -> Number:
    return Fraction(_dense(input_shape, {**layer, "out_channels": 1}), _shared(input_shape, layer))


@_factor(says="the kernels have no depth. A kernel is as deep as the image.")
def factor_without_depth(input_shape: Shape, layer: Layer) -> Number:
    return Fraction(_dense(input_shape, layer), _shared((1, *input_shape[1:]), layer))


@_factor(says="the dense layer sees a single channel. It is connected to all values of the image.")
def dense_without_depth(input_shape: Shape, layer: Layer) -> Number:
    return Fraction(_dense((1, *input_shape[1:]), layer), _shared(input_shape, layer))


@_factor(says="the convolution has a single kernel. It has one for each feature map.")
def factor_of_a_single_kernel(input_shape: Shape, layer: Layer) -> Number:
    return Fraction(_dense(input_shape, layer), _shared(input_shape, {**layer, "out_channels": 1}))


@_factor(says="the feature map is as large as the image. Without padding the kernel can occupy fewer positions.")
def feature_map_as_large_as_the_image(input_shape: Shape, layer: Layer) -> Number:
    size = prod(input_shape[1:])
    return Fraction(size * size, prod(kernels.window(layer)[0]))


@_factor(says="the kernel is counted as a row. It has height times width weights in each channel.")
def factor_of_a_row(input_shape: Shape, layer: Layer) -> Number:
    return Fraction(_dense(input_shape, layer), _shared(input_shape, layer)) * kernels.window(layer)[0][0]


@_counts(says="each kernel is counted once for each channel. A kernel is as deep as the image: it makes one feature map.")
def kernels_counted_per_channel(input_shape: Shape, layer: Layer) -> Table:
    return _counted((1, *input_shape[1:]), {**layer, "out_channels": input_shape[0] * layer["out_channels"]})


@_counts(says="each kernel is counted as a neuron. There is a neuron for each value of each feature map.")
def neurons_are_kernels(input_shape: Shape, layer: Layer) -> Table:
    return _counted(input_shape, layer, neurons=layer["out_channels"])


@_counts(says="the neurons of a single feature map are counted. Each kernel makes one.")
def neurons_of_one_map(input_shape: Shape, layer: Layer) -> Table:
    return _counted(input_shape, layer, neurons=_places(input_shape, layer))


@_counts(says="each neuron has weights of its own. All neurons of a feature map share one kernel.")
def weights_of_each_neuron(input_shape: Shape, layer: Layer) -> Table:
    neurons = _neurons(input_shape, layer)
    return _counted(input_shape, layer, weights=neurons * (_window(input_shape, layer) + 1))


@_counts(says="a shared weight is counted as one connection. It makes a connection at each position of the kernel.")
def connections_are_weights(input_shape: Shape, layer: Layer) -> Table:
    return _counted(input_shape, layer, connections=_shared(input_shape, layer))


@_counts(says="each neuron is connected to the whole image. It is connected to its own window only.")
def connections_with_everything(input_shape: Shape, layer: Layer) -> Table:
    return _counted(input_shape, layer, connections=_dense(input_shape, layer))


@_counts(says="kernels have no depth. A kernel is as deep as the image, and its neurons are connected to all channels.")
def flat_kernels(input_shape: Shape, layer: Layer) -> Table:
    return _counted((1, *input_shape[1:]), layer)


@_counts(says="the intercepts are not counted. Each kernel has one.")
def counts_without_intercepts(input_shape: Shape, layer: Layer) -> Table:
    return _counted(input_shape, layer, weights=_shared(input_shape, layer))


@_counts(says="each neuron has an intercept of its own. The intercept is shared as the weights are.")
def intercept_for_each_neuron(input_shape: Shape, layer: Layer) -> Table:
    return _counted(input_shape, layer, weights=_shared(input_shape, layer) + _neurons(input_shape, layer))


def _counted(
    input_shape: Shape, layer: Layer, neurons: int | None = None, weights: int | None = None, connections: int | None = None
) -> Table:
    """Return kernels, neurons, weights and connections of a layer, with some of them replaced."""
    neurons = neurons or _neurons(input_shape, layer)
    weights = weights or kernels.count_layers(input_shape, [layer])[0]
    return [[layer["out_channels"]], [neurons], [weights], [connections or neurons * _window(input_shape, layer)]]


def _places(input_shape: Shape, layer: Layer) -> int:
    return prod(kernels.trace(input_shape, [layer])[-1][1:])


def _neurons(input_shape: Shape, layer: Layer) -> int:
    return prod(kernels.trace(input_shape, [layer])[-1])


def _window(input_shape: Shape, layer: Layer) -> int:
    return input_shape[0] * prod(kernels.window(layer)[0])


def _shared(input_shape: Shape, layer: Layer) -> int:
    return kernels.count_layers(input_shape, [layer], bias=False)[0]


def _dense(input_shape: Shape, layer: Layer) -> int:
    return prod(input_shape) * _neurons(input_shape, layer)
