"""Wrong ways to follow a training by hand: steps downhill, when to stop, what to keep, gradients through many layers."""

from collections.abc import Callable, Sequence
from functools import partial
from math import prod

import numpy as np

import kernels
from kernels.types import Integers, Shape
from misconceptions.bank import misconception
from misconceptions.types import Layers, Number, Table

_descent = partial(misconception, "gradient_descent")
_stopping = partial(misconception, "early_stopping")
_selection = partial(misconception, "model_selection")
_trained = partial(misconception, "trained_weights")
_backward = partial(misconception, "gradient_through_layers")


# gradient_descent(steepness, minimum, weight, rate, steps): the gradient and the new weight of each step, for the loss
# steepness * (weight - minimum)^2.


@_descent(says="the gradient is added. It points uphill: subtract it.")
def gradient_added(steepness: Number, minimum: Number, weight: Number, rate: Number, steps: int) -> Table:
    return _steps(weight, steps, lambda w: 2 * steepness * (w - minimum), lambda w, gradient: w + rate * gradient)


@_descent(says="the gradient is not multiplied by the learning rate.")
def learning_rate_forgotten(steepness: Number, minimum: Number, weight: Number, rate: Number, steps: int) -> Table:
    return _steps(weight, steps, lambda w: 2 * steepness * (w - minimum), lambda w, gradient: w - gradient)


@_descent(says="the gradient is divided by the learning rate. Multiply.")
def divided_by_the_learning_rate(steepness: Number, minimum: Number, weight: Number, rate: Number, steps: int) -> Table:
    return _steps(weight, steps, lambda w: 2 * steepness * (w - minimum), lambda w, gradient: w - gradient / rate)


@_descent(says="the gradient of the first step is used again. It changes with the weight: work it out in each step.")
def first_gradient_kept(steepness: Number, minimum: Number, weight: Number, rate: Number, steps: int) -> Table:
    first = 2 * steepness * (weight - minimum)
    return _steps(weight, steps, lambda w: first, lambda w, gradient: w - rate * gradient)


@_descent(says="the derivative of the square lacks its factor 2.")
def factor_two_forgotten(steepness: Number, minimum: Number, weight: Number, rate: Number, steps: int) -> Table:
    return _steps(weight, steps, lambda w: steepness * (w - minimum), lambda w, gradient: w - rate * gradient)


@_descent(says="the factor in front of the square is forgotten in the gradient.")
def steepness_forgotten(steepness: Number, minimum: Number, weight: Number, rate: Number, steps: int) -> Table:
    return _steps(weight, steps, lambda w: 2 * (w - minimum), lambda w, gradient: w - rate * gradient)


@_descent(says="the weight itself is squared. The loss squares its distance from the minimum.")
def minimum_at_zero(steepness: Number, minimum: Number, weight: Number, rate: Number, steps: int) -> Table:
    return _steps(weight, steps, lambda w: 2 * steepness * w, lambda w, gradient: w - rate * gradient)


@_descent(says="the loss is used instead of its gradient.")
def loss_for_gradient(steepness: Number, minimum: Number, weight: Number, rate: Number, steps: int) -> Table:
    return _steps(weight, steps, lambda w: steepness * (w - minimum) ** 2, lambda w, gradient: w - rate * gradient)


@_descent(says="the old weight is replaced by the step. The step is added to it.")
def old_weight_forgotten(steepness: Number, minimum: Number, weight: Number, rate: Number, steps: int) -> Table:
    return _steps(weight, steps, lambda w: 2 * steepness * (w - minimum), lambda w, gradient: -rate * gradient)


# early_stopping(training, validation, patience): the epoch after which training stops, the epoch whose weights are kept,
# and the validation loss there.


@_stopping(says="training continues to the last epoch. It stops as soon as the patience is used up.")
def never_stopped(training: Sequence[Number], validation: Sequence[Number], patience: int) -> Table:
    return _kept(validation, len(validation))


@_stopping(says="the training loss is watched. Whether a network overfits shows in the validation loss.")
def training_loss_watched(training: Sequence[Number], validation: Sequence[Number], patience: int) -> Table:
    return _kept(training, _stop(training, patience))


@_stopping(says="training stops at the first epoch that is not better. The patience allows some of them.")
def no_patience(training: Sequence[Number], validation: Sequence[Number], patience: int) -> Table:
    return _kept(validation, _stop(validation, 1))


@_stopping(says="training stops an epoch late: it stops as soon as the patience is used up.")
def one_epoch_late(training: Sequence[Number], validation: Sequence[Number], patience: int) -> Table:
    return _kept(validation, _stop(validation, patience + 1))


@_stopping(says="the weights of the last epoch are kept. Those of the best epoch are.")
def last_weights_kept(training: Sequence[Number], validation: Sequence[Number], patience: int) -> Table:
    stop = _stop(validation, patience)
    return [[stop, stop, validation[stop - 1]]]


@_stopping(says="training stops at the best epoch. At that point, nobody can know that the next epochs will be worse.")
def stopped_at_the_best(training: Sequence[Number], validation: Sequence[Number], patience: int) -> Table:
    best = _best(validation, _stop(validation, patience))
    return [[best, best, validation[best - 1]]]


@_stopping(
    says="all epochs without a new best are added up. Only epochs in a row count: a new best sets the count to zero."
)
def not_in_a_row(training: Sequence[Number], validation: Sequence[Number], patience: int) -> Table:
    misses = 0
    for epoch in range(2, len(validation) + 1):
        misses += validation[epoch - 1] >= min(validation[: epoch - 1])
        if misses == patience:
            return _kept(validation, epoch)
    raise ValueError("training never stops")


# model_selection(training, validation, test): the number of the setting to use, and the accuracy to report for it.


@_selection(says="the setting is chosen by its accuracy in training. A network may have memorised what it has seen.")
def chosen_by_training(training: Sequence[Number], validation: Sequence[Number], test: Sequence[Number]) -> Table:
    return _chosen(training, test)


@_selection(says="the setting is chosen by its accuracy on the test images. They must not take part in any choice.")
def chosen_by_test(training: Sequence[Number], validation: Sequence[Number], test: Sequence[Number]) -> Table:
    return _chosen(test, test)


@_selection(
    says="the accuracy on the validation images is reported. The choice favoured it; test images had no part in the choice."
)
def validation_reported(training: Sequence[Number], validation: Sequence[Number], test: Sequence[Number]) -> Table:
    return _chosen(validation, validation)


@_selection(says="the accuracy in training is reported. New images were not in the training.")
def training_reported(training: Sequence[Number], validation: Sequence[Number], test: Sequence[Number]) -> Table:
    return _chosen(validation, training)


@_selection(
    says="the smallest gap between training and validation decides. A network that is bad at both has a small gap, too."
)
def chosen_by_smallest_gap(training: Sequence[Number], validation: Sequence[Number], test: Sequence[Number]) -> Table:
    return _chosen([valid - train for train, valid in zip(training, validation)], test)


@_selection(says="validation and test accuracy together decide. The test images must not take part.")
def chosen_by_validation_and_test(
    training: Sequence[Number], validation: Sequence[Number], test: Sequence[Number]
) -> Table:
    return _chosen([valid + tested for valid, tested in zip(validation, test)], test)


# trained_weights(input_shape, layers, frozen, classes): how many weights change if the first `frozen` layers with weights
# are frozen, and a new dense layer for `classes` replaces the last one.


@_trained(says="the frozen weights are counted. They do not change.")
def frozen_weights_counted(input_shape: Shape, layers: Layers, frozen: int, classes: int) -> int:
    return sum(_weights(input_shape, _new_head(layers, classes)))


@_trained(says="the frozen weights are counted instead of the others.")
def only_frozen_weights_counted(input_shape: Shape, layers: Layers, frozen: int, classes: int) -> int:
    return sum(_weights(input_shape, layers)[:frozen])


@_trained(says="the new last layer is forgotten. All of its weights are trained.")
def new_head_forgotten(input_shape: Shape, layers: Layers, frozen: int, classes: int) -> int:
    return sum(_weights(input_shape, layers)[frozen:-1])


@_trained(says="only the new last layer is counted. The layers between it and the frozen ones are trained too.")
def only_new_head_counted(input_shape: Shape, layers: Layers, frozen: int, classes: int) -> int:
    return _weights(input_shape, _new_head(layers, classes))[-1]


@_trained(says="the old last layer is counted. The new one has a neuron for each of the new classes.")
def old_head_counted(input_shape: Shape, layers: Layers, frozen: int, classes: int) -> int:
    return sum(_weights(input_shape, layers)[frozen:])


@_trained(says="intercepts are not counted. Each kernel and each neuron has one.")
def trained_intercepts_forgotten(input_shape: Shape, layers: Layers, frozen: int, classes: int) -> int:
    return sum(_weights(input_shape, _new_head(layers, classes), bias=False)[frozen:])


@_trained(says="pools are counted among the frozen layers. They have no weights.")
def pools_counted_as_frozen(input_shape: Shape, layers: Layers, frozen: int, classes: int) -> int:
    named = [layer for layer in layers if layer["type"] != "flatten"][:frozen]
    return sum(_weights(input_shape, _new_head(layers, classes))[sum(layer["type"] != "pool" for layer in named) :])


@_trained(says="the intercepts of the frozen layers are counted. A frozen layer keeps them too.")
def frozen_intercepts_trained(input_shape: Shape, layers: Layers, frozen: int, classes: int) -> int:
    network = _new_head(layers, classes)
    with_bias, without = _weights(input_shape, network), _weights(input_shape, network, bias=False)
    return sum(with_bias) - sum(without[:frozen])


@_trained(says="one layer too many is frozen.")
def one_layer_more_frozen(input_shape: Shape, layers: Layers, frozen: int, classes: int) -> int:
    return sum(_weights(input_shape, _new_head(layers, classes))[frozen + 1 :])


# gradient_through_layers(gradient, weights, slopes): the gradient that reaches the input of each layer, from the last layer
# to the first, in a chain of neurons; weights and slopes of the activations from the first layer to the last.


@_backward(says="the weights are forgotten. Each layer multiplies by its weight and by its slope.")
def only_slopes_multiplied(gradient: Number, weights: Sequence[Number], slopes: Sequence[Number]) -> Table:
    return _backwards(gradient, [1] * len(weights), slopes)


@_backward(says="the slopes are forgotten. Each layer multiplies by its weight and by its slope.")
def only_weights_multiplied(gradient: Number, weights: Sequence[Number], slopes: Sequence[Number]) -> Table:
    return _backwards(gradient, weights, [1] * len(slopes))


@_backward(says="weight and slope of a layer are added. The chain rule multiplies.")
def weight_and_slope_added(gradient: Number, weights: Sequence[Number], slopes: Sequence[Number]) -> Table:
    return _backwards(gradient, [weight + slope for weight, slope in zip(weights, slopes)], [1] * len(slopes))


@_backward(says="the layers are worked through from the first to the last. Gradients come from the loss, at the end.")
def gradient_runs_forwards(gradient: Number, weights: Sequence[Number], slopes: Sequence[Number]) -> Table:
    return _backwards(gradient, weights[::-1], slopes[::-1])


@_backward(says="each layer starts from the gradient at the end. It gets the gradient of the layer after it.")
def each_layer_for_itself(gradient: Number, weights: Sequence[Number], slopes: Sequence[Number]) -> Table:
    return [[gradient * weight * slope for weight, slope in zip(weights[::-1], slopes[::-1])]]


@_backward(says="the gradient is divided by the slopes. The chain rule multiplies.")
def divided_by_the_slopes(gradient: Number, weights: Sequence[Number], slopes: Sequence[Number]) -> Table:
    return _backwards(gradient, weights, [1 / slope for slope in slopes])


@_backward(says="the signs of the weights are forgotten.")
def signs_of_weights_forgotten(gradient: Number, weights: Sequence[int], slopes: Sequence[Number]) -> Table:
    return _backwards(gradient, [abs(weight) for weight in weights], slopes)


# adversarial_image(image, weights, most): the image with the noise, of at most `most` for each pixel, that lowers most the
# score sum(weights * image).


@misconception("adversarial_image", says="the noise follows the signs of the weights: that raises the score.")
def noise_raises_the_score(image: Integers, weights: Integers, most: int) -> Integers:
    return image + most * _signs(weights)


@misconception("adversarial_image", says="the noise is the same for all pixels. The sign of its weight decides for each.")
def the_same_noise_everywhere(image: Integers, weights: Integers, most: int) -> Integers:
    return image - most


@misconception("adversarial_image", says="the noise is as large as the weight. It may use all that is allowed.")
def noise_as_large_as_the_weights(image: Integers, weights: Integers, most: int) -> Integers:
    return image - weights


@misconception("adversarial_image", says="the noise is multiplied by the weights. Only their signs decide.")
def noise_times_the_weights(image: Integers, weights: Integers, most: int) -> Integers:
    return image - most * weights


@misconception(
    "adversarial_image", says="only pixels with the largest weight, whatever its sign, are changed. Every pixel can help."
)
def only_the_largest_weight_used(image: Integers, weights: Integers, most: int) -> Integers:
    sizes = abs(weights)
    noise: Integers = np.where(sizes == sizes.max(), most * _signs(weights), 0)
    return image - noise


@misconception(
    "adversarial_image", says="only pixels with positive weights are changed. Those with negative ones help too."
)
def only_positive_weights_used(image: Integers, weights: Integers, most: int) -> Integers:
    return image - most * (weights > 0)


@misconception("adversarial_image", says="only the noise is returned. It has to be added to the image.")
def noise_alone(image: Integers, weights: Integers, most: int) -> Integers:
    return -most * _signs(weights)


def _steps(
    weight: Number, steps: int, slope: Callable[[Number], Number], move: Callable[[Number, Number], Number]
) -> Table:
    rows = []
    for _ in range(steps):
        gradient = slope(weight)
        weight = move(weight, gradient)
        rows.append((gradient, weight))
    return rows


def _stop(losses: Sequence[Number], patience: int) -> int:
    """Return the epoch after which training stops: so many in a row were no new best."""
    best = 1
    for epoch in range(2, len(losses) + 1):
        if losses[epoch - 1] < losses[best - 1]:
            best = epoch
        if epoch - best == patience:
            return epoch
    return len(losses)


def _kept(losses: Sequence[Number], stop: int) -> list[list[Number]]:
    best = _best(losses, stop)
    return [[stop, best, losses[best - 1]]]


def _best(losses: Sequence[Number], stop: int) -> int:
    """Return the epoch with the smallest loss up to the epoch `stop`; of equal ones the first."""
    return losses.index(min(losses[:stop])) + 1


def _chosen(decides: Sequence[Number], reported: Sequence[Number]) -> Table:
    best = max(range(len(decides)), key=lambda place: decides[place])
    return [[best + 1, reported[best]]]


def _new_head(layers: Layers, classes: int) -> Layers:
    return [*layers[:-1], {**layers[-1], "units": classes}]


def _weights(input_shape: Shape, layers: Layers, bias: bool = True) -> list[int]:
    """Return how many weights each layer has that has any."""
    shapes = kernels.trace(input_shape, layers)
    counts = [kernels.count_network(shape, [layer], bias) for layer, shape in zip(layers, shapes)]
    return [count for count in counts if count]


def _backwards(gradient: Number, weights: Sequence[Number], slopes: Sequence[Number]) -> Table:
    ends = range(len(weights) - 1, -1, -1)
    return [[gradient * prod(weights[end:]) * prod(slopes[end:]) for end in ends]]


def _signs(weights: Integers) -> Integers:
    return (weights > 0) * 1 - (weights < 0) * 1
