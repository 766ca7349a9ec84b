"""Wrong ways to read PyTorch: parameters of modules, dimensions of a batch, gradients that add up, dropout."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from functools import partial
from itertools import accumulate
from math import prod
from typing import Any

from kernels.types import Shape, Size
from misconceptions.bank import misconception
from misconceptions.types import Number, Table

Modules = Sequence[Mapping[str, Any]]
Rows = Sequence[Sequence[int]]
_parameters = partial(misconception, "module_parameters")
_batch = partial(misconception, "image_to_batch")
_rearranged = partial(misconception, "reshape_and_transpose")
_descent = partial(misconception, "steps_without_zero_grad")
_dropout = partial(misconception, "dropout")


# module_parameters(modules): weights and biases of each module, a dict with "weight", the shape of its weight (outputs
# first), and "bias", whether it has one.


@_parameters(says="a module has a bias only where `bias=True` is written. That is the default.")
def bias_only_if_written(modules: Modules) -> Table:
    return [[prod(module["weight"]), 0] for module in modules]


@_parameters(says="the option `bias=False` is overlooked.")
def bias_everywhere(modules: Modules) -> Table:
    return [[prod(module["weight"]), module["weight"][0]] for module in modules]


@_parameters(says="each input has a bias. Each output has one: each kernel, each neuron.")
def bias_for_each_input(modules: Modules) -> Table:
    return [[prod(module["weight"]), module["bias"] * module["weight"][1]] for module in modules]


@_parameters(says="a module has a single bias. Each of its kernels or neurons has one.")
def one_bias_for_a_module(modules: Modules) -> Table:
    return [[prod(module["weight"]), int(module["bias"])] for module in modules]


@_parameters(says="kernels have no depth. Each has `kernel_size` squared weights for each input channel.")
def kernels_without_input_channels(modules: Modules) -> Table:
    shapes = [(outputs, *(kernel or (inputs,))) for outputs, inputs, *kernel in _shapes(modules)]
    return [[prod(shape), module["bias"] * shape[0]] for module, shape in zip(modules, shapes)]


@_parameters(says="the `kernel_size` is not squared. One number gives both height and width.")
def kernels_of_one_row(modules: Modules) -> Table:
    return [[prod(shape[:3]), module["bias"] * shape[0]] for module, shape in zip(modules, _shapes(modules))]


@_parameters(says="inputs and outputs of a linear layer are added. Every output has a weight for every input: multiply.")
def linear_layers_added(modules: Modules) -> Table:
    return [
        [prod(shape) if len(shape) > 2 else sum(shape), module["bias"] * shape[0]]
        for module, shape in zip(modules, _shapes(modules))
    ]


@_parameters(says="biases are counted among the weights. They are a tensor of their own.")
def biases_among_the_weights(modules: Modules) -> Table:
    biases = [module["bias"] * module["weight"][0] for module in modules]
    return [[prod(module["weight"]) + bias, bias] for module, bias in zip(modules, biases)]


# image_to_batch(shape, order, rows, step, copies): the shape of `copies` images stacked, each permuted to the order of
# dimensions, cut to rows[0]:rows[1] of its second dimension and to every step-th entry of its last.


@_batch(
    says="the numbers of `permute` are read the wrong way round. They say, for each new dimension, which old one it is."
)
def permuted_the_other_way(shape: Shape, order: Sequence[int], rows: Size, step: int, copies: int) -> Table:
    return _stacked(shape, [order.index(old) for old in range(3)], rows, step, copies)


@_batch(says="the sizes are left in place, although `permute` moves the dimensions.")
def not_permuted(shape: Shape, order: Sequence[int], rows: Size, step: int, copies: int) -> Table:
    return _stacked(shape, range(3), rows, step, copies)


@_batch(says="the end of a slice is included. `a:b` stops before b.")
def end_of_a_slice_included(shape: Shape, order: Sequence[int], rows: Size, step: int, copies: int) -> Table:
    return _stacked(shape, order, (rows[0], rows[1] + 1), step, copies)


@_batch(says="the numbers of a slice are read as start and length. The second one is where it stops.")
def slice_of_that_length(shape: Shape, order: Sequence[int], rows: Size, step: int, copies: int) -> Table:
    return _stacked(shape, order, (0, rows[1]), step, copies)


@_batch(says="the step of a slice is ignored.")
def step_ignored(shape: Shape, order: Sequence[int], rows: Size, step: int, copies: int) -> Table:
    return _stacked(shape, order, rows, 1, copies)


@_batch(says="a slice with a step is rounded down. It begins with entry 0, so it is rounded up.")
def step_rounded_down(shape: Shape, order: Sequence[int], rows: Size, step: int, copies: int) -> Table:
    images, first, second, third = _stacked(shape, order, rows, 1, copies)[0]
    return [[images, first, second, third // step]]


@_batch(says="the step of a slice is thought to leave entries out. It keeps every step-th entry and leaves out the others.")
def step_leaves_out(shape: Shape, order: Sequence[int], rows: Size, step: int, copies: int) -> Table:
    images, first, second, third = _stacked(shape, order, rows, 1, copies)[0]
    return [[images, first, second, third - -(-third // step)]]


@_batch(says="stacked images are joined along a dimension that they have. `stack` makes a new one, `cat` does not.")
def stacked_along_the_first_dimension(shape: Shape, order: Sequence[int], rows: Size, step: int, copies: int) -> Table:
    _, first, second, third = _stacked(shape, order, rows, step, copies)[0]
    return [[1, copies * first, second, third]]


@_batch(says="the new dimension of `stack` is put last. By default it comes first.")
def stacked_last(shape: Shape, order: Sequence[int], rows: Size, step: int, copies: int) -> Table:
    return [[*_stacked(shape, order, rows, step, copies)[0][1:], copies]]


# reshape_and_transpose(rows): of an array of two rows, what `reshape(3, 2)` and `T` give, side by side.


@_rearranged(says="`reshape` is mistaken for a transpose. It fills the new rows with the values in reading order.")
def reshaped_by_transposing(rows: Rows) -> Table:
    return _side_by_side(_transposed(rows), _transposed(rows))


@_rearranged(says="`T` is mistaken for a reshape. It turns columns into rows.")
def transposed_by_reshaping(rows: Rows) -> Table:
    return _side_by_side(_reshaped(rows), _reshaped(rows))


@_rearranged(says="the results of `reshape` and `T` are swapped.")
def reshape_and_transpose_mixed_up(rows: Rows) -> Table:
    return _side_by_side(_transposed(rows), _reshaped(rows))


@_rearranged(says="values are read and written column by column. PyTorch reshapes row by row.")
def reshaped_column_by_column(rows: Rows) -> Table:
    columns = [value for column in zip(*rows) for value in column]
    return _side_by_side(list(zip(columns[:3], columns[3:])), _transposed(rows))


@_rearranged(says="`T` is mistaken for a rotation by 90°. It mirrors the tensor across its diagonal.")
def turned_clockwise(rows: Rows) -> Table:
    return _side_by_side(_reshaped(rows), _transposed(rows[::-1]))


@_rearranged(says="`T` is mistaken for an anticlockwise rotation by 90°. It mirrors the tensor across its diagonal.")
def turned_anticlockwise(rows: Rows) -> Table:
    return _side_by_side(_reshaped(rows), _transposed(rows)[::-1])


# steps_without_zero_grad(weight, rate, inputs): the gradient of the loss input * weight and the weight after each step of
# a descent that never sets its gradient to zero.


@_descent(says="each gradient replaces the last one. Without `zero_grad`, `backward` adds to what is there.")
def gradient_replaced(weight: Number, rate: Number, inputs: Sequence[int]) -> Table:
    return _descended(weight, rate, inputs)


@_descent(says="the gradients are averaged. PyTorch adds them.")
def gradients_averaged(weight: Number, rate: Number, inputs: Sequence[int]) -> Table:
    means = [Fraction(total, count) for count, total in enumerate(accumulate(inputs), start=1)]
    return _descended(weight, rate, means)


@_descent(says="the gradient is added to the weight. SGD subtracts learning rate times gradient.")
def gradient_climbed(weight: Number, rate: Number, inputs: Sequence[int]) -> Table:
    return _descended(weight, -rate, list(accumulate(inputs)))


@_descent(says="the learning rate is left out. A step is learning rate times gradient.")
def rate_left_out(weight: Number, rate: Number, inputs: Sequence[int]) -> Table:
    return _descended(weight, 1, list(accumulate(inputs)))


@_descent(says="`w.grad` is multiplied by the learning rate. It holds only the gradient.")
def rate_within_the_gradient(weight: Number, rate: Number, inputs: Sequence[int]) -> Table:
    gradients = [rate * total for total in accumulate(inputs)]
    return _descended(weight, 1, gradients)


@_descent(says="the loss is mistaken for its gradient. The derivative of x w with respect to w is x.")
def loss_for_its_gradient(weight: Number, rate: Number, inputs: Sequence[int]) -> Table:
    steps: list[list[Number]] = []
    gradient: Number = 0
    for each in inputs:
        gradient += each * weight
        weight -= rate * gradient
        steps.append([gradient, weight])
    return steps


@_descent(says="each step starts from the first weight. It starts from the weight that the step before it left.")
def every_step_from_the_start(weight: Number, rate: Number, inputs: Sequence[int]) -> Table:
    return [[total, weight - rate * total] for total in accumulate(inputs)]


# dropout(values, dropped, chance): what leaves nn.Dropout in training, where the places in `dropped` are dropped, and after
# `eval()`.


@_dropout(says="the values that stay are not scaled. They are divided by 1 - p, so that the mean stays.")
def not_scaled(values: Sequence[Number], dropped: Sequence[int], chance: Fraction) -> Table:
    return [_dropped(values, dropped), values]


@_dropout(
    says="values are scaled at test time, as in the first paper on dropout. PyTorch scales in training instead: "
    "after `eval()` the layer does nothing."
)
def scaled_at_test_time(values: Sequence[Number], dropped: Sequence[int], chance: Fraction) -> Table:
    return [_dropped(values, dropped), _times(values, 1 - chance)]


@_dropout(says="p is used as the chance to stay. It is the chance to be dropped.")
def chance_to_stay(values: Sequence[Number], dropped: Sequence[int], chance: Fraction) -> Table:
    return [_times(_dropped(values, dropped), 1 / chance), values]


@_dropout(says="values are dropped after `eval()` too. Then the layer does nothing.")
def dropped_at_test_time(values: Sequence[Number], dropped: Sequence[int], chance: Fraction) -> Table:
    training = _times(_dropped(values, dropped), 1 / (1 - chance))
    return [training, training]


@_dropout(says="what stays is multiplied by 1 - p. It is divided by it.")
def multiplied_in_training(values: Sequence[Number], dropped: Sequence[int], chance: Fraction) -> Table:
    return [_times(_dropped(values, dropped), 1 - chance), values]


@_dropout(says="what stays is scaled by the share that happened to stay. The factor is 1 / (1 - p), whatever was dropped.")
def scaled_by_the_share_that_stayed(values: Sequence[Number], dropped: Sequence[int], chance: Fraction) -> Table:
    stayed = Fraction(len(values), len(values) - len(dropped))
    return [_times(_dropped(values, dropped), stayed), values]


@_dropout(says="dropped values are scaled, and the others become 0.")
def others_dropped(values: Sequence[Number], dropped: Sequence[int], chance: Fraction) -> Table:
    others = [place for place in range(len(values)) if place not in dropped]
    return [_times(_dropped(values, others), 1 / (1 - chance)), values]


@_dropout(says="values are multiplied by 1 / (1 - p) after `eval()` as well. Then the layer does nothing.")
def scaled_always(values: Sequence[Number], dropped: Sequence[int], chance: Fraction) -> Table:
    return [_times(_dropped(values, dropped), 1 / (1 - chance)), _times(values, 1 / (1 - chance))]


def _shapes(modules: Modules) -> list[Shape]:
    return [module["weight"] for module in modules]


def _stacked(shape: Shape, order: Sequence[int], rows: Size, step: int, copies: int) -> list[list[int]]:
    first, _, third = (shape[old] for old in order)
    return [[copies, first, rows[1] - rows[0], -(-third // step)]]


def _reshaped(rows: Rows) -> Rows:
    values = [value for row in rows for value in row]
    return list(zip(values[::2], values[1::2]))


def _transposed(rows: Rows) -> Rows:
    return list(zip(*rows))


def _side_by_side(left: Rows, right: Rows) -> Table:
    return [[*one, *other] for one, other in zip(left, right)]


def _descended(weight: Number, rate: Number, gradients: Sequence[Number]) -> Table:
    """Return each gradient, with the weight after the step along it."""
    steps: list[list[Number]] = []
    for gradient in gradients:
        weight -= rate * gradient
        steps.append([gradient, weight])
    return steps


def _dropped(values: Sequence[Number], dropped: Sequence[int]) -> list[Number]:
    return [0 if place in dropped else value for place, value in enumerate(values)]


def _times(values: Sequence[Number], factor: Number) -> list[Number]:
    return [value * factor for value in values]
