"""Wrong ways to count what dense layers are made of. Each takes the arguments of its function of `kernels`."""

from collections.abc import Sequence
from functools import partial
from itertools import accumulate, pairwise
from math import prod

import kernels
from misconceptions.bank import about, misconception

_layers = partial(misconception, "dense_layers")
_neurons = partial(misconception, "count_neurons")
_weights = partial(misconception, "dense_weights")  # as count_dense, with what nobody programs, but some believe

for _one in about("count_dense"):
    _weights(says=_one.sentence, tags=_one.tags)(_one.answer)


@_weights(says="the weights of the first hidden layer are missing.")
def first_layer_without_weights(layer_sizes: Sequence[int], bias: bool) -> int:
    return kernels.count_dense(layer_sizes[1:], bias)


@_weights(says="the weights of the output layer are missing.")
def last_layer_without_weights(layer_sizes: Sequence[int], bias: bool) -> int:
    return kernels.count_dense(layer_sizes[:-1], bias)


@_weights(says="every layer is connected to the inputs. A layer is connected to the one right before it.")
def inputs_into_every_layer(layer_sizes: Sequence[int], bias: bool) -> int:
    return sum(kernels.count_dense([layer_sizes[0], outputs], bias) for outputs in layer_sizes[1:])


@_weights(says="a layer is connected to all layers before it. It is connected to the one right before it.")
def all_layers_connected(layer_sizes: Sequence[int], bias: bool) -> int:
    before = accumulate(layer_sizes)
    return sum(kernels.count_dense([inputs, outputs], bias) for inputs, outputs in zip(before, layer_sizes[1:]))


@_layers(says="each input of a layer has an intercept. Each neuron of the layer has one.")
def an_intercept_for_each_input(layer_sizes: Sequence[int]) -> list[tuple[int, int]]:
    return [(inputs * outputs, inputs) for inputs, outputs in pairwise(layer_sizes)]


@_layers(says="a layer has a single intercept. Each of its neurons has one.")
def an_intercept_for_each_layer(layer_sizes: Sequence[int]) -> list[tuple[int, int]]:
    return [(inputs * outputs, 1) for inputs, outputs in pairwise(layer_sizes)]


@_layers(says="the intercepts are counted among the weights as well. They have a column of their own.")
def intercepts_counted_twice(layer_sizes: Sequence[int]) -> list[tuple[int, int]]:
    return [(inputs * outputs + outputs, outputs) for inputs, outputs in pairwise(layer_sizes)]


@_layers(says="sizes of layers are added. Every neuron is connected to all of the layer before: multiply.")
def sizes_added(layer_sizes: Sequence[int]) -> list[tuple[int, int]]:
    return [(inputs + outputs, outputs) for inputs, outputs in pairwise(layer_sizes)]


@_layers(says="every layer gets the inputs of the network. It gets the outputs of the layer before it.")
def every_layer_fed_with_the_inputs(layer_sizes: Sequence[int]) -> list[tuple[int, int]]:
    return [(layer_sizes[0] * outputs, outputs) for outputs in layer_sizes[1:]]


@_layers(says="a layer is connected to all layers before it. It is connected to the one right before it.")
def connected_to_all_layers_before(layer_sizes: Sequence[int]) -> list[tuple[int, int]]:
    return [(sum(layer_sizes[:place]) * outputs, outputs) for place, outputs in enumerate(layer_sizes) if place]


@_layers(says="neurons are connected one to one. Every neuron is connected to all of the layer before.")
def connected_one_to_one(layer_sizes: Sequence[int]) -> list[tuple[int, int]]:
    return [(min(inputs, outputs), outputs) for inputs, outputs in pairwise(layer_sizes)]


@_neurons(says="the inputs are counted as neurons. Inputs are given, not computed.")
def inputs_are_neurons(layer_sizes: Sequence[int]) -> int:
    return sum(layer_sizes)


@_neurons(says="the neurons of the last layer are left out. The outputs are computed, by neurons.")
def outputs_are_no_neurons(layer_sizes: Sequence[int]) -> int:
    return sum(layer_sizes[1:-1])


@_neurons(says="the first hidden layer is mistaken for the inputs. The inputs come before it.")
def first_hidden_layer_for_inputs(layer_sizes: Sequence[int]) -> int:
    return sum(layer_sizes[2:])


@_neurons(says="the inputs are counted in place of the outputs. Outputs are computed by neurons, inputs are given.")
def inputs_for_outputs(layer_sizes: Sequence[int]) -> int:
    return sum(layer_sizes[:-1])


@_neurons(says="layers are counted instead of the neurons in them.")
def layers_counted(layer_sizes: Sequence[int]) -> int:
    return len(layer_sizes) - 1


@_neurons(says="the weights between neurons are counted instead of the neurons.")
def weights_counted(layer_sizes: Sequence[int]) -> int:
    return kernels.count_dense(layer_sizes, bias=False)


@_neurons(says="the sizes of the layers are multiplied. Add them up: each layer has its own neurons.")
def neurons_multiplied(layer_sizes: Sequence[int]) -> int:
    return prod(layer_sizes[1:])


@_neurons(says="each layer is counted with one neuron more, for its intercepts. An intercept is not a neuron.")
def intercepts_are_neurons(layer_sizes: Sequence[int]) -> int:
    return sum(layer_sizes[1:]) + len(layer_sizes) - 1
