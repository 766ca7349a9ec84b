"""The expected answers, found in other ways than the masters find them, and what students are likely to get wrong.

Gradients are numeric: the complex-step derivative, the imaginary part of loss(w + ih) / h, for one weight w at a time.
Nothing is subtracted that could cancel, so h can be as small as 1e-30, and the error of the order h^2 vanishes. What is
left is the rounding of one forward pass, about 1e-15 of the largest term: ten orders of magnitude below the tolerance. No
chain rule is used. Softmax and cross-entropy are computed with 60 decimal digits, in which e^10000 is an ordinary number.
"""

from decimal import Decimal, localcontext

import numpy as np

import kernels
import misconceptions
from autograder.authoring import Working, misconception, reference

STEP = 1e-30  # of the complex-step derivative
DIGITS = 60  # of decimal arithmetic
OF_GRADIENTS = 1e-5  # float32 errs by less, any slip by more


# --- gates.py


@reference
def fires(inputs, weights, threshold):
    sums = [sum(float(value) * float(weight) for value, weight in zip(row, weights)) for row in inputs]
    return np.array([1 if total >= threshold else 0 for total in sums], np.int64)


@misconception("fires", says="the neuron fires only above its threshold. A sum equal to the threshold is enough.")
def fires_above_the_threshold(inputs, weights, threshold):
    return (_sums(inputs, weights) > threshold).astype(np.int64)


@misconception(
    "fires", says="the outputs are the wrong way round: the neuron gives 1 from the threshold on, and 0 below it."
)
def fires_below_the_threshold(inputs, weights, threshold):
    return 1 - fires(inputs, weights, threshold)


@misconception("fires", says="the threshold is left out: the neuron fires at any sum above 0.")
def threshold_of_zero(inputs, weights, threshold):
    return (_sums(inputs, weights) > 0).astype(np.int64)


@misconception("fires", says="the threshold is added to the sum, like a bias. The sum is compared with it.")
def threshold_added(inputs, weights, threshold):
    return fires(inputs, weights, -threshold)


@misconception("fires", says="the weights are swapped: each belongs to its own input.")
def weights_swapped(inputs, weights, threshold):
    return fires(inputs, weights[::-1], threshold)


@misconception("fires", says="the signs of the weights are lost. A negative weight makes the sum smaller.")
def signs_lost(inputs, weights, threshold):
    return fires(inputs, np.abs(weights), threshold)


@misconception("fires", says="the weights are left out: each input is multiplied by its weight.")
def weights_left_out(inputs, weights, threshold):
    return fires(inputs, np.ones(len(weights)), threshold)


@misconception("fires", says="only the largest of the weighted inputs counts. They are added up.")
def largest_for_sum(inputs, weights, threshold):
    return (np.max(inputs * np.array(weights), axis=1) >= threshold).astype(np.int64)


@misconception("fires", says="the sum is returned where the neuron fires. Return 1 there, however large the sum is.")
def sum_returned(inputs, weights, threshold):
    sums = _sums(inputs, weights)
    return np.where(sums >= threshold, sums, 0.0)


@reference
def xor(inputs):
    first, second = np.round(inputs).T
    return (first != second).astype(np.int64)


@misconception("xor", says="OR is computed. XOR is 0 where both inputs are on.")
def xor_is_or(inputs):
    return np.round(inputs).any(axis=1).astype(np.int64)


@misconception("xor", says="the result is the wrong way round: XOR is 1 where exactly one of the two inputs is on.")
def xor_the_wrong_way_round(inputs):
    return 1 - xor(inputs)


@misconception("xor", says="(a OR b) AND (a AND b) is computed: the NOT is missing.")
def xor_without_not(inputs):
    return np.round(inputs).all(axis=1).astype(np.int64)


@misconception("xor", says="the inputs are compared with exactly 0 and 1. They may be off by up to 0.1.")
def xor_of_exact_inputs(inputs):
    return (inputs[:, 0] != inputs[:, 1]).astype(np.int64)


@misconception("xor", says="the inputs are cut off to integers, so that 0.95 becomes 0.")
def xor_of_inputs_cut_off(inputs):
    first, second = np.trunc(inputs).T
    return (first != second).astype(np.int64)


def _sums(inputs, weights):
    return inputs.astype(float) @ np.array(weights, float)


# --- network.py


@reference
def activate(sums, activation):
    if activation == "identity":
        return sums.astype(float)
    if activation == "step":
        return np.heaviside(sums, 1.0)
    if activation == "relu":
        return (sums + abs(sums)) / 2
    if activation == "sigmoid":
        return (1 + np.tanh(sums / 2)) / 2
    if activation == "tanh":
        return np.tanh(sums)
    raise ValueError(f"unknown activation {activation!r}")


@misconception("activate", says="the step is 1 only above 0. A sum of 0 is enough.")
def step_above_zero(sums, activation):
    return np.where(sums > 0, 1.0, 0.0) if activation == "step" else activate(sums, activation)


@misconception("activate", says="the step gives -1 below 0. It gives 0 there.")
def step_of_signs(sums, activation):
    return np.where(sums >= 0, 1.0, -1.0) if activation == "step" else activate(sums, activation)


@misconception("activate", says="relu makes negative sums positive. It makes them 0.")
def relu_is_the_absolute_value(sums, activation):
    return abs(sums).astype(float) if activation == "relu" else activate(sums, activation)


@misconception("activate", says="relu cuts off at 1. It has no upper end.")
def relu_cut_off_at_one(sums, activation):
    return np.clip(sums, 0.0, 1.0) if activation == "relu" else activate(sums, activation)


@misconception("activate", says="the sigmoid falls: the minus in front of the sum is missing. It is 1 / (1 + e^-sum).")
def sigmoid_falls(sums, activation):
    return activate(-sums if activation == "sigmoid" else sums, activation)


@misconception("activate", says="the sigmoid overflows: e to the power of a large number is infinite.")
def sigmoid_overflows(sums, activation):
    if activation != "sigmoid":
        return activate(sums, activation)
    with np.errstate(all="ignore"):
        return np.exp(sums.astype(float)) / (1 + np.exp(sums.astype(float)))


@misconception("activate", says="tanh overflows: e to the power of a large number is infinite.")
def tanh_overflows(sums, activation):
    if activation != "tanh":
        return activate(sums, activation)
    with np.errstate(all="ignore"):
        up, down = np.exp(sums.astype(float)), np.exp(-sums.astype(float))
        return (up - down) / (up + down)


@misconception("activate", says="tanh is computed as the sigmoid. It goes from -1 to 1.")
def tanh_is_the_sigmoid(sums, activation):
    return activate(sums, "sigmoid" if activation == "tanh" else activation)


@reference
def forward(inputs, layers):
    return np.array([_outputs(row, layers) for row in inputs.astype(float)]).reshape(len(inputs), -1)


def _outputs(values, layers):
    """Return the outputs of a network for one input, neuron by neuron."""
    for weights, biases, activation in layers:
        sums = [sum(weights[i, j] * value for i, value in enumerate(values)) + bias for j, bias in enumerate(biases)]
        values = activate(np.array(sums, float), activation)
    return np.array(values)


@misconception("forward", says="the biases are left out.")
def biases_left_out(inputs, layers):
    return forward(inputs, [(weights, np.zeros_like(biases), activation) for weights, biases, activation in layers])


@misconception("forward", says="the biases are subtracted, like thresholds. They are added.")
def biases_subtracted(inputs, layers):
    return forward(inputs, [(weights, -biases, activation) for weights, biases, activation in layers])


@misconception("forward", says="the activations are left out.")
def activations_left_out(inputs, layers):
    return forward(inputs, [(weights, biases, "identity") for weights, biases, _ in layers])


@misconception("forward", says="the last layer has no activation. Each layer has its own.")
def last_activation_left_out(inputs, layers):
    return forward(inputs, [*layers[:-1], *((weights, biases, "identity") for weights, biases, _ in layers[-1:])])


@misconception("forward", says="all layers have the first one's activation. Each has its own.")
def first_activation_everywhere(inputs, layers):
    return forward(inputs, [(weights, biases, layers[0][2]) for weights, biases, _ in layers])


@misconception("forward", says="the activation comes before the bias is added. The bias is part of the sum.")
def bias_after_the_activation(inputs, layers):
    for weights, biases, activation in layers:
        inputs = activate(inputs @ weights, activation) + biases
    return inputs.astype(float)


@misconception("forward", says="the weights are transposed. Row i holds the weights of input i.")
def weights_transposed(inputs, layers):
    square = [(weights.T if len(set(weights.shape)) == 1 else weights, *others) for weights, *others in layers]
    return forward(inputs, square)


@misconception("forward", says="the last layer is left out.")
def last_layer_left_out(inputs, layers):
    return forward(inputs, layers[:-1])


def _between_layers(layer_sizes, bias=True):
    """Write the weights between neighbouring layers as products."""
    terms = [f"{inputs}*{neurons}" + f" + {neurons}" * bool(bias) for inputs, neurons in zip(layer_sizes, layer_sizes[1:])]
    return Working(f"{' + '.join(terms) or 'inputs alone'} = {kernels.count_dense(layer_sizes, bias)}")


count_weights = reference(misconceptions=misconceptions.in_programs("count_dense"), working=_between_layers)(
    kernels.count_dense
)


@reference
def softmax(logits):
    return np.array([[float(each) for each in _probabilities(row)] for row in logits.tolist()]).reshape(logits.shape)


def _probabilities(row):
    """Return the probabilities of one row, in decimals."""
    with localcontext() as context:
        context.prec = DIGITS
        powers = [Decimal(logit).exp() for logit in row]
        return [power / sum(powers) for power in powers]


@misconception(
    "softmax", says="e to a large power overflows. Subtract each row's largest logit first: the result is the same."
)
def softmax_overflows(logits):
    with np.errstate(all="ignore"):
        powers = np.exp(logits)
        return powers / powers.sum(axis=1, keepdims=True)


@misconception(
    "softmax", says="the largest logit of the whole batch is subtracted. Take each row's own, or its powers become 0."
)
def softmax_less_the_largest_of_all(logits):
    with np.errstate(all="ignore"):
        powers = np.exp(logits - logits.max())
        return powers / powers.sum(axis=1, keepdims=True)


@misconception("softmax", says="the columns sum to 1. Each row must.")
def softmax_of_columns(logits):
    return softmax(logits.T).T


@misconception("softmax", says="all numbers together sum to 1. Each row must.")
def softmax_of_all(logits):
    return softmax(logits.reshape(1, -1)).reshape(logits.shape)


@misconception("softmax", says="the logits are divided by their sum, without raising e to their power.")
def softmax_without_powers(logits):
    with np.errstate(all="ignore"):
        return logits / logits.sum(axis=1, keepdims=True)


@misconception("softmax", says="the largest logit gets everything. A softmax is softer than that.")
def softmax_is_hard(logits):
    return (logits == logits.max(axis=1, keepdims=True)).astype(float)


@reference
def cross_entropy(logits, labels):
    with localcontext() as context:
        context.prec = DIGITS
        losses = [-_probabilities(row)[label].ln() for row, label in zip(logits.tolist(), labels.tolist())]
        return float(sum(losses) / len(losses))


@misconception("cross_entropy", says="the losses are added up. Return their mean.")
def loss_summed(logits, labels):
    return cross_entropy(logits, labels) * len(labels)


@misconception(
    "cross_entropy",
    says="the mean is taken over all numbers, including those of the other classes. Divide by the number of rows.",
)
def loss_divided_by_all_numbers(logits, labels):
    return cross_entropy(logits, labels) / logits.shape[1]


@misconception("cross_entropy", says="the sign is lost. The log of a probability is negative; the loss is not.")
def loss_negative(logits, labels):
    return -cross_entropy(logits, labels)


@misconception("cross_entropy", says="the logarithm has the base 2. Take the natural one.")
def loss_in_bits(logits, labels):
    return cross_entropy(logits, labels) / float(np.log(2))


@misconception(
    "cross_entropy", says="a probability becomes 0, and its logarithm infinite. The log of softmax has a formula."
)
def log_of_zero(logits, labels):
    with np.errstate(all="ignore"):
        return float(-np.log(softmax(logits)[np.arange(len(labels)), labels]).mean())


@misconception(
    "cross_entropy", says="a small number is added to the probabilities to avoid log(0). That changes large losses."
)
def log_of_almost_zero(logits, labels):
    return float(-np.log(softmax(logits)[np.arange(len(labels)), labels] + 1e-12).mean())


@misconception("cross_entropy", says="the softmax is missing: the logits are used as probabilities.")
def softmax_missing(logits, labels):
    with np.errstate(all="ignore"):
        return float(-np.log(logits[np.arange(len(labels)), labels]).mean())


@misconception("cross_entropy", says="the softmax is applied twice.")
def softmax_twice(logits, labels):
    return cross_entropy(softmax(logits), labels)


# --- learning.py


@reference(tolerance=OF_GRADIENTS)
def gradients(inputs, labels, layers):
    found = []
    for place, (weights, biases, _) in enumerate(layers):
        of_weights = _slopes(weights, lambda changed, at=place: _loss(inputs, labels, _with(layers, at, weights=changed)))
        of_biases = _slopes(biases, lambda changed, at=place: _loss(inputs, labels, _with(layers, at, biases=changed)))
        found.append((of_weights, of_biases))
    return found


def _slopes(values, loss):
    """Return the complex-step derivative of a loss with respect to each number of an array."""
    slopes = np.zeros(values.shape)
    for place in np.ndindex(values.shape):
        changed = values.astype(complex)
        changed[place] += 1j * STEP
        slopes[place] = loss(changed).imag / STEP
    return slopes


def _with(layers, place, **changed):
    """Return layers with other weights or other biases in one of them."""
    weights, biases, activation = layers[place]
    return [
        *layers[:place],
        (changed.get("weights", weights), changed.get("biases", biases), activation),
        *layers[place + 1 :],
    ]


def _loss(inputs, labels, layers):
    """Return the mean cross-entropy of a network with complex weights."""
    outputs = inputs
    for weights, biases, activation in layers:
        outputs = COMPLEX[activation](outputs @ weights + biases)
    powers = np.exp(outputs - outputs.real.max(axis=1, keepdims=True))
    right = powers[np.arange(len(labels)), labels]
    return np.mean(np.log(powers.sum(axis=1)) - np.log(right))


COMPLEX = {
    "identity": lambda sums: sums,
    "relu": lambda sums: np.where(sums.real > 0, sums, 0),
    "sigmoid": lambda sums: 1 / (1 + np.exp(-sums)),
    "tanh": np.tanh,
}


def _slope(activation, sums):
    """Return the derivative of an activation at some sums."""
    return COMPLEX[activation](sums + 1j * STEP).imag / STEP


def _error(logits, labels):
    """Return the gradient of the loss with respect to the logits."""
    return (softmax(logits) - np.eye(logits.shape[1])[labels]) / len(labels)


def _backwards(
    inputs,
    labels,
    layers,
    slope=lambda activation, sums, outputs: _slope(activation, sums),
    error=_error,
    turned=np.transpose,
):
    """Return gradients by back-propagation, with a slip in one of its steps."""
    outputs, sums = [inputs], [inputs]
    for weights, biases, activation in layers:
        sums.append(outputs[-1] @ weights + biases)
        outputs.append(COMPLEX[activation](sums[-1]))
    errors, found = error(outputs[-1], labels), []
    for place in reversed(range(len(layers))):
        found.insert(0, (outputs[place].T @ errors, errors.sum(axis=0)))
        if place:
            errors = errors @ turned(layers[place][0]) * slope(layers[place - 1][2], sums[place], outputs[place])
    return found


@misconception("gradients", says="the gradients are summed over the inputs. The loss is a mean: divide by their number.")
def mean_forgotten(inputs, labels, layers):
    return [(len(labels) * weights, len(labels) * biases) for weights, biases in gradients(inputs, labels, layers)]


@misconception("gradients", says="the gradients point downhill: their signs are the wrong way round.")
def downhill(inputs, labels, layers):
    return [(-weights, -biases) for weights, biases in gradients(inputs, labels, layers)]


@misconception(
    "gradients", says="the gradients of the biases are averaged over the inputs again. The error has already been divided."
)
def mean_of_biases_twice(inputs, labels, layers):
    return [(weights, biases / len(labels)) for weights, biases in gradients(inputs, labels, layers)]


@misconception("gradients", says="the derivative of the activations is left out on the way back.")
def slopes_left_out(inputs, labels, layers):
    return _backwards(inputs, labels, layers, lambda activation, sums, outputs: 1.0)


@misconception(
    "gradients", says="the derivatives of tanh and sigmoid are evaluated at their outputs, as if these were the sums."
)
def slopes_at_the_outputs(inputs, labels, layers):
    return _backwards(inputs, labels, layers, lambda activation, sums, outputs: _slope(activation, outputs))


@misconception("gradients", says="the derivative of tanh is computed as the sigmoid's. It is 1 - output^2.")
def slope_of_tanh_is_the_sigmoids(inputs, labels, layers):
    def slope(activation, sums, outputs):
        return outputs * (1 - outputs) if activation == "tanh" else _slope(activation, sums)

    return _backwards(inputs, labels, layers, slope)


@misconception("gradients", says="the derivative of relu is 1 everywhere. Where a neuron's output is 0, it should be 0.")
def slope_of_relu_is_one(inputs, labels, layers):
    return _backwards(
        inputs, labels, layers, lambda activation, sums, outputs: 1.0 if activation == "relu" else _slope(activation, sums)
    )


@misconception("gradients", says="every layer has the derivative of the first one's activation. Each has its own.")
def slope_of_the_first_everywhere(inputs, labels, layers):
    return _backwards(inputs, labels, layers, lambda activation, sums, outputs: _slope(layers[0][2], sums))


@misconception("gradients", says="the error goes back through weights that are not transposed.")
def back_through_untransposed_weights(inputs, labels, layers):
    return _backwards(inputs, labels, layers, turned=lambda weights: weights)


@misconception("gradients", says="the right classes are not subtracted from the probabilities.")
def labels_left_out(inputs, labels, layers):
    return _backwards(inputs, labels, layers, error=lambda logits, labels: softmax(logits) / len(labels))


@reference(tolerance=OF_GRADIENTS)
def train(layers, inputs, labels, rate, epochs):
    return _descended(layers, inputs, labels, epochs, lambda weights, slopes: weights - rate * slopes)


def _descended(layers, inputs, labels, epochs, step, found=gradients):
    losses = []
    for _ in range(epochs):
        losses.append(float(_loss(inputs, labels, layers).real))
        pairs = zip(layers, found(inputs, labels, layers))
        layers = [(step(weights, by), step(biases, of), activation) for (weights, biases, activation), (by, of) in pairs]
    return layers, losses


@misconception("train", says="the gradient is added. Subtract it to go downhill.")
def gradient_added(layers, inputs, labels, rate, epochs):
    return _descended(layers, inputs, labels, epochs, lambda weights, slopes: weights + rate * slopes)


@misconception("train", says="the gradient is not multiplied by the learning rate.")
def learning_rate_forgotten(layers, inputs, labels, rate, epochs):
    return _descended(layers, inputs, labels, epochs, lambda weights, slopes: weights - slopes)


@misconception("train", says="the gradient is divided by the learning rate. Multiply it.")
def divided_by_the_learning_rate(layers, inputs, labels, rate, epochs):
    return _descended(layers, inputs, labels, epochs, lambda weights, slopes: weights - slopes / rate)


@misconception("train", says="the gradient of the first epoch is used again. It changes with the weights.")
def first_gradient_kept(layers, inputs, labels, rate, epochs):
    first = gradients(inputs, labels, layers)
    return _descended(layers, inputs, labels, epochs, lambda weights, slopes: weights - rate * slopes, lambda *_: first)


@misconception("train", says="the biases stay as they are. They are learned as well.")
def biases_not_learned(layers, inputs, labels, rate, epochs):
    def step(weights, slopes):
        return weights - rate * slopes if weights.ndim == 2 else weights

    return _descended(layers, inputs, labels, epochs, step)


@misconception("train", says="only the last layer learns.")
def last_layer_alone_learns(layers, inputs, labels, rate, epochs):
    def of_the_last(*asked):
        *others, last = gradients(*asked)
        return [*((0 * weights, 0 * biases) for weights, biases in others), last]

    return _descended(layers, inputs, labels, epochs, lambda weights, slopes: weights - rate * slopes, of_the_last)


@misconception("train", says="the network is trained for one epoch too many.")
def one_epoch_too_many(layers, inputs, labels, rate, epochs):
    return train(layers, inputs, labels, rate, epochs + 1)


@misconception("train", says="the loss is recorded after the step of its epoch. Record it before the step.")
def loss_after_the_step(layers, inputs, labels, rate, epochs):
    trained, _ = train(layers, inputs, labels, rate, epochs)
    _, losses = train(layers, inputs, labels, rate, epochs + 1)
    return trained, losses[1:]
