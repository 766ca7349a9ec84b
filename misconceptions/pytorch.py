"""Wrong ways to read PyTorch: parameters of modules, dimensions of a batch, gradients that add up, dropout."""

from fractions import Fraction
from functools import partial
from itertools import accumulate
from math import prod

from misconceptions.bank import misconception

_parameters = partial(misconception, "module_parameters")
_batch = partial(misconception, "image_to_batch")
_rearranged = partial(misconception, "reshape_and_transpose")
_descent = partial(misconception, "steps_without_zero_grad")
_dropout = partial(misconception, "dropout")


# module_parameters(modules): weights and biases of each module, a dict with "weight", the shape of its weight (outputs
# first), and "bias", whether it has one.


@_parameters(says="a module has a bias only where `bias=True` is written. That is the default.")
def bias_only_if_written(modules):
    return [[prod(module["weight"]), 0] for module in modules]


@_parameters(says="the option `bias=False` is overlooked.")
def bias_everywhere(modules):
    return [[prod(module["weight"]), module["weight"][0]] for module in modules]


@_parameters(says="each input has a bias. Each output has one: each kernel, each neuron.")
def bias_for_each_input(modules):
    return [[prod(module["weight"]), module["bias"] * module["weight"][1]] for module in modules]


@_parameters(says="a module has a single bias. Each of its kernels or neurons has one.")
def one_bias_for_a_module(modules):
    return [[prod(module["weight"]), int(module["bias"])] for module in modules]


@_parameters(says="kernels have no depth. Each has `kernel_size` squared weights for each input channel.")
def kernels_without_input_channels(modules):
    shapes = [(outputs, *(kernel or (inputs,))) for outputs, inputs, *kernel in _shapes(modules)]
    return [[prod(shape), module["bias"] * shape[0]] for module, shape in zip(modules, shapes)]


@_parameters(says="the `kernel_size` is not squared. One number stands for height and width.")
def kernels_of_one_row(modules):
    return [[prod(shape[:3]), module["bias"] * shape[0]] for module, shape in zip(modules, _shapes(modules))]


@_parameters(says="inputs and outputs of a linear layer are added. Every output has a weight for every input: multiply.")
def linear_layers_added(modules):
    return [
        [prod(shape) if len(shape) > 2 else sum(shape), module["bias"] * shape[0]]
        for module, shape in zip(modules, _shapes(modules))
    ]


@_parameters(says="biases are counted among the weights. They are a tensor of their own.")
def biases_among_the_weights(modules):
    biases = [module["bias"] * module["weight"][0] for module in modules]
    return [[prod(module["weight"]) + bias, bias] for module, bias in zip(modules, biases)]


# image_to_batch(shape, order, rows, step, copies): the shape of `copies` images stacked, each permuted to the order of
# dimensions, cut to rows[0]:rows[1] of its second dimension and to every step-th entry of its last.


@_batch(
    says="the numbers of `permute` are read the wrong way round. They say, for each new dimension, which old one it is."
)
def permuted_the_other_way(shape, order, rows, step, copies):
    return _stacked(shape, [order.index(old) for old in range(3)], rows, step, copies)


@_batch(says="the sizes stay where they are although `permute` moves the dimensions.")
def not_permuted(shape, order, rows, step, copies):
    return _stacked(shape, range(3), rows, step, copies)


@_batch(says="the end of a slice is included. `a:b` stops before b.")
def end_of_a_slice_included(shape, order, rows, step, copies):
    return _stacked(shape, order, (rows[0], rows[1] + 1), step, copies)


@_batch(says="the numbers of a slice are read as start and length. The second one is where it stops.")
def slice_of_that_length(shape, order, rows, step, copies):
    return _stacked(shape, order, (0, rows[1]), step, copies)


@_batch(says="the step of a slice is ignored.")
def step_ignored(shape, order, rows, step, copies):
    return _stacked(shape, order, rows, 1, copies)


@_batch(says="a slice with a step is rounded down. It begins with entry 0, so it is rounded up.")
def step_rounded_down(shape, order, rows, step, copies):
    images, first, second, third = _stacked(shape, order, rows, 1, copies)[0]
    return [[images, first, second, third // step]]


@_batch(says="the step of a slice is taken for the entries to leave out. Those are kept, all others are left out.")
def step_leaves_out(shape, order, rows, step, copies):
    images, first, second, third = _stacked(shape, order, rows, 1, copies)[0]
    return [[images, first, second, third - -(-third // step)]]


@_batch(says="stacked images are joined along a dimension that they have. `stack` makes a new one, `cat` does not.")
def stacked_along_the_first_dimension(shape, order, rows, step, copies):
    _, first, second, third = _stacked(shape, order, rows, step, copies)[0]
    return [[1, copies * first, second, third]]


@_batch(says="the new dimension of `stack` is put last. By default it stands first.")
def stacked_last(shape, order, rows, step, copies):
    return [[*_stacked(shape, order, rows, step, copies)[0][1:], copies]]


# reshape_and_transpose(rows): of an array of two rows, what `reshape(3, 2)` and `T` give, side by side.


@_rearranged(says="a transpose is taken for `reshape`, which fills the new rows with the values in reading order.")
def reshaped_by_transposing(rows):
    return _side_by_side(_transposed(rows), _transposed(rows))


@_rearranged(says="a reshape is taken for `T`, which turns columns into rows.")
def transposed_by_reshaping(rows):
    return _side_by_side(_reshaped(rows), _reshaped(rows))


@_rearranged(says="the results of `reshape` and `T` are swapped.")
def reshape_and_transpose_mixed_up(rows):
    return _side_by_side(_transposed(rows), _reshaped(rows))


@_rearranged(says="values are read and written column by column. PyTorch reshapes row by row.")
def reshaped_column_by_column(rows):
    columns = [value for column in zip(*rows) for value in column]
    return _side_by_side(list(zip(columns[:3], columns[3:])), _transposed(rows))


@_rearranged(says="the tensor is rotated by 90° for `T`, which mirrors it at its diagonal.")
def turned_clockwise(rows):
    return _side_by_side(_reshaped(rows), _transposed(rows[::-1]))


@_rearranged(says="the tensor is rotated anticlockwise by 90° for `T`, which mirrors it at its diagonal.")
def turned_anticlockwise(rows):
    return _side_by_side(_reshaped(rows), _transposed(rows)[::-1])


# steps_without_zero_grad(weight, rate, inputs): the gradient of the loss input * weight and the weight after each step of
# a descent that never sets its gradient to zero.


@_descent(says="each gradient replaces the last one. Without `zero_grad`, `backward` adds to what is there.")
def gradient_replaced(weight, rate, inputs):
    return _descended(weight, rate, inputs)


@_descent(says="the gradients are averaged. PyTorch adds them.")
def gradients_averaged(weight, rate, inputs):
    means = [Fraction(total, count) for count, total in enumerate(accumulate(inputs), start=1)]
    return _descended(weight, rate, means)


@_descent(says="the weight goes up the gradient. SGD subtracts learning rate times gradient.")
def gradient_climbed(weight, rate, inputs):
    return _descended(weight, -rate, list(accumulate(inputs)))


@_descent(says="the learning rate is left out. A step is learning rate times gradient.")
def rate_left_out(weight, rate, inputs):
    return _descended(weight, 1, list(accumulate(inputs)))


@_descent(says="the learning rate is a part of `w.grad`. That holds the gradient alone.")
def rate_within_the_gradient(weight, rate, inputs):
    gradients = [rate * total for total in accumulate(inputs)]
    return _descended(weight, 1, gradients)


@_descent(says="the loss is taken for its own gradient. The derivative of x w with respect to w is x.")
def loss_for_its_gradient(weight, rate, inputs):
    steps, gradient = [], 0
    for each in inputs:
        gradient += each * weight
        weight -= rate * gradient
        steps.append([gradient, weight])
    return steps


@_descent(says="each step starts from the first weight. It starts from the weight that the step before has left.")
def every_step_from_the_start(weight, rate, inputs):
    return [[total, weight - rate * total] for total in accumulate(inputs)]


# dropout(values, dropped, chance): what leaves nn.Dropout in training, where the places in `dropped` are dropped, and after
# `eval()`.


@_dropout(says="the values that stay are not scaled. They are divided by 1 - p, so that the mean stays.")
def not_scaled(values, dropped, chance):
    return [_dropped(values, dropped), values]


@_dropout(
    says="values are scaled at test time, as in the first paper on dropout. PyTorch scales in training instead: "
    "after `eval()` the layer does nothing."
)
def scaled_at_test_time(values, dropped, chance):
    return [_dropped(values, dropped), _times(values, 1 - chance)]


@_dropout(says="p is the chance to stay. It is the chance to be dropped.")
def chance_to_stay(values, dropped, chance):
    return [_times(_dropped(values, dropped), 1 / chance), values]


@_dropout(says="values are dropped after `eval()` too. Then the layer does nothing.")
def dropped_at_test_time(values, dropped, chance):
    training = _times(_dropped(values, dropped), 1 / (1 - chance))
    return [training, training]


@_dropout(says="what stays is multiplied by 1 - p. It is divided by it.")
def multiplied_in_training(values, dropped, chance):
    return [_times(_dropped(values, dropped), 1 - chance), values]


@_dropout(says="what stays is scaled by the share that happened to stay. The factor is 1 / (1 - p), whatever was dropped.")
def scaled_by_the_share_that_stayed(values, dropped, chance):
    stayed = Fraction(len(values), len(values) - len(dropped))
    return [_times(_dropped(values, dropped), stayed), values]


@_dropout(says="dropped values are scaled, and the others become 0.")
def others_dropped(values, dropped, chance):
    others = [place for place in range(len(values)) if place not in dropped]
    return [_times(_dropped(values, others), 1 / (1 - chance)), values]


@_dropout(says="values are multiplied by 1 / (1 - p) after `eval()` as well. Then the layer does nothing.")
def scaled_always(values, dropped, chance):
    return [_times(_dropped(values, dropped), 1 / (1 - chance)), _times(values, 1 / (1 - chance))]


def _shapes(modules):
    return [module["weight"] for module in modules]


def _stacked(shape, order, rows, step, copies):
    first, _, third = (shape[old] for old in order)
    return [[copies, first, rows[1] - rows[0], -(-third // step)]]


def _reshaped(rows):
    values = [value for row in rows for value in row]
    return list(zip(values[::2], values[1::2]))


def _transposed(rows):
    return list(zip(*rows))


def _side_by_side(left, right):
    return [[*one, *other] for one, other in zip(left, right)]


def _descended(weight, rate, gradients):
    """Return each gradient, with the weight after the step along it."""
    weights = accumulate(gradients, lambda at, gradient: at - rate * gradient, initial=weight)
    return [[gradient, after] for gradient, after in zip(gradients, list(weights)[1:])]


def _dropped(values, dropped):
    return [0 if place in dropped else value for place, value in enumerate(values)]


def _times(values, factor):
    return [value * factor for value in values]
