"""Wrong ways to work out neurons with a step function. Each takes the arguments of its function of `kernels`."""

from collections.abc import Sequence
from functools import partial

import numpy as np
from numpy.typing import NDArray

import kernels
from kernels.types import Array, Integers
from misconceptions.bank import misconception

_neuron = partial(misconception, "neuron_table")
_layers = partial(misconception, "two_layer_table")
_range = partial(misconception, "threshold_range")


@_neuron(says="the weights are swapped: each belongs to its own input.")
def weights_swapped(weights: Sequence[int], threshold: int) -> Array:
    return kernels.neuron_table(weights[::-1], threshold)


@_neuron(says="the neuron fires only above its threshold. A sum that is equal to the threshold is enough.")
def fires_above_the_threshold(weights: Sequence[int], threshold: int) -> Array:
    return kernels.neuron_table(weights, threshold + 1)


@_neuron(says="the outputs are the wrong way round: the neuron gives 1 from the threshold on, and 0 below it.")
def fires_below_the_threshold(weights: Sequence[int], threshold: int) -> Array:
    sums, outputs = kernels.neuron_table(weights, threshold).T
    return np.stack([sums, 1 - outputs], axis=1)


@_neuron(says="the threshold is left out: the neuron fires at any sum above 0.")
def threshold_of_zero(weights: Sequence[int], threshold: int) -> Array:
    return kernels.neuron_table(weights, 1)


@_neuron(says="the threshold is subtracted from the sum. The weighted sum is compared with it, and stays as it is.")
def threshold_subtracted(weights: Sequence[int], threshold: int) -> Array:
    return kernels.neuron_table(weights, threshold) - [threshold, 0]


@_neuron(says="the signs of the weights are lost: a negative weight makes the sum smaller.")
def signs_lost(weights: Sequence[int], threshold: int) -> Array:
    return kernels.neuron_table([abs(weight) for weight in weights], threshold)


@_neuron(says="the weighted inputs are multiplied together instead of added up.")
def products_for_sums(weights: Sequence[int], threshold: int) -> Array:
    return _compared(np.where(_is_on(weights), weights, 0).prod(axis=1), threshold)


@_neuron(says="only the largest of the weighted inputs counts. They are added up.")
def largest_for_sum(weights: Sequence[int], threshold: int) -> Array:
    return _compared(np.where(_is_on(weights), weights, 0).max(axis=1), threshold)


@_neuron(says="an input of 0 is treated as -1: its weight is subtracted. A weight times 0 adds nothing.")
def zero_taken_for_minus_one(weights: Sequence[int], threshold: int) -> Array:
    return _compared(np.where(_is_on(weights), weights, -np.array(weights)).sum(axis=1), threshold)


@_neuron(says="the sum is passed on where the neuron fires. A step function gives 1 there, however large the sum.")
def sum_handed_on(weights: Sequence[int], threshold: int) -> Array:
    sums, outputs = kernels.neuron_table(weights, threshold).T
    return np.stack([sums, sums * outputs], axis=1)


@_layers(says="the output neuron is fed with the inputs. It gets the outputs of the hidden neurons.")
def hidden_layer_skipped(
    hidden_weights: Sequence[Sequence[int]], hidden_thresholds: Sequence[int], weights: Sequence[int], threshold: int
) -> Array:
    hidden = kernels.two_layer_table(hidden_weights, hidden_thresholds, weights, threshold)[:, :-2]
    return np.hstack([hidden, kernels.neuron_table(weights, threshold)])


@_layers(says="the hidden neurons pass on their sums. Each outputs 1 or 0, and only that is weighted again.")
def hidden_sums_handed_on(
    hidden_weights: Sequence[Sequence[int]], hidden_thresholds: Sequence[int], weights: Sequence[int], threshold: int
) -> Array:
    outputs = kernels.two_layer_table(hidden_weights, hidden_thresholds, weights, threshold)[:, :-2]
    sums = np.stack([kernels.neuron_table(each, 0)[:, 0] for each in hidden_weights], axis=1)
    return np.hstack([outputs, _compared(sums @ np.array(weights), threshold)])


@_layers(says="the weights between the inputs and the hidden neurons are crossed: follow each line from its input.")
def hidden_weights_crossed(
    hidden_weights: Sequence[Sequence[int]], hidden_thresholds: Sequence[int], weights: Sequence[int], threshold: int
) -> Array:
    return kernels.two_layer_table(list(zip(*hidden_weights)), hidden_thresholds, weights, threshold)


@_layers(says="the two weights of the output neuron are swapped.")
def output_weights_swapped(
    hidden_weights: Sequence[Sequence[int]], hidden_thresholds: Sequence[int], weights: Sequence[int], threshold: int
) -> Array:
    return kernels.two_layer_table(hidden_weights, hidden_thresholds, weights[::-1], threshold)


@_layers(says="the thresholds of the two hidden neurons are swapped.")
def hidden_thresholds_swapped(
    hidden_weights: Sequence[Sequence[int]], hidden_thresholds: Sequence[int], weights: Sequence[int], threshold: int
) -> Array:
    return kernels.two_layer_table(hidden_weights, hidden_thresholds[::-1], weights, threshold)


@_layers(says="both hidden neurons are given the first one's weights and threshold.")
def one_hidden_neuron_twice(
    hidden_weights: Sequence[Sequence[int]], hidden_thresholds: Sequence[int], weights: Sequence[int], threshold: int
) -> Array:
    return kernels.two_layer_table([hidden_weights[0]] * 2, [hidden_thresholds[0]] * 2, weights, threshold)


@_layers(says="neurons fire only above their thresholds. A sum that is equal to the threshold is enough.")
def layers_fire_above_the_threshold(
    hidden_weights: Sequence[Sequence[int]], hidden_thresholds: Sequence[int], weights: Sequence[int], threshold: int
) -> Array:
    return kernels.two_layer_table(hidden_weights, [each + 1 for each in hidden_thresholds], weights, threshold + 1)


@_layers(says="a hidden neuron that does not fire is treated as -1. It outputs 0, so its weight adds nothing.")
def silence_taken_for_minus_one(
    hidden_weights: Sequence[Sequence[int]], hidden_thresholds: Sequence[int], weights: Sequence[int], threshold: int
) -> Array:
    hidden = kernels.two_layer_table(hidden_weights, hidden_thresholds, weights, threshold)[:, :-2]
    return np.hstack([hidden, _compared((2 * hidden - 1) @ np.array(weights), threshold)])


@_layers(says="the outputs of the last neuron are the wrong way round: it gives 1 from its threshold on, and 0 below it.")
def output_the_wrong_way_round(
    hidden_weights: Sequence[Sequence[int]], hidden_thresholds: Sequence[int], weights: Sequence[int], threshold: int
) -> Array:
    table = kernels.two_layer_table(hidden_weights, hidden_thresholds, weights, threshold)
    return np.hstack([table[:, :-1], 1 - table[:, -1:]])


@_range(says="the neuron is assumed to fire only above its threshold. A sum that is equal to the threshold is enough.")
def range_of_a_neuron_that_fires_above(sums: Sequence[int], outputs: Sequence[int]) -> tuple[int, int]:
    smallest, largest = kernels.threshold_range(sums, outputs)
    return smallest - 1, largest - 1


@_range(
    says="the sum that must not reach the threshold is used as the smallest threshold. With that "
    "threshold, the neuron would fire."
)
def largest_silent_sum_included(sums: Sequence[int], outputs: Sequence[int]) -> tuple[int, int]:
    smallest, largest = kernels.threshold_range(sums, outputs)
    return smallest - 1, largest


@_range(says="the smallest sum at which the neuron has to fire is left out. A threshold equal to it is still reached.")
def smallest_firing_sum_excluded(sums: Sequence[int], outputs: Sequence[int]) -> tuple[int, int]:
    smallest, largest = kernels.threshold_range(sums, outputs)
    return smallest, largest - 1


@_range(says="the largest sum is used as the largest threshold. The smallest sum that has to fire must reach it too.")
def largest_sum_for_the_end(sums: Sequence[int], outputs: Sequence[int]) -> tuple[int, int]:
    return kernels.threshold_range(sums, outputs)[0], max(sums)


@_range(says="the input of zeros is left out. It has a row of its own: there, too, the output has to be right.")
def zeros_left_out(sums: Sequence[int], outputs: Sequence[int]) -> tuple[int, int]:
    return kernels.threshold_range(sums[1:], outputs[1:])


@_range(says="the input of ones is left out. It has a row of its own: there, too, the output has to be right.")
def ones_left_out(sums: Sequence[int], outputs: Sequence[int]) -> tuple[int, int]:
    return kernels.threshold_range(sums[:-1], outputs[:-1])


def _is_on(weights: Sequence[int]) -> NDArray[np.bool_]:
    on: NDArray[np.bool_] = np.array(list(np.ndindex(*[2] * len(weights)))) == 1
    return on


def _compared(sums: Integers, threshold: int) -> Integers:
    return np.stack([sums, sums >= threshold], axis=1).astype(np.int64)
