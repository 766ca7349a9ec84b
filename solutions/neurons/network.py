"""Part 2: dense networks.

Every neuron of a dense layer gets all outputs of the layer before it. Instead of a threshold it has a bias (the lecture's
intercept), which is added to its sum; a function, its activation, turns the sum into the output. Use Python and NumPy.
Leave the inputs as they are: the caller still needs them.
"""

import numpy as np


def activate(sums, activation):
    """Return the outputs of neurons with these sums, an array of the same shape.

    sums: an array of any shape, with one axis at least, of numbers from -1000 to 1000: none of them may cause a warning.
    activation: one of

        identity   the sum itself
        step       1 if the sum is at least 0, otherwise 0
        relu       the sum if it is above 0, otherwise 0
        sigmoid    1 / (1 + e^-sum)
        tanh       the hyperbolic tangent of the sum

    >>> activate(np.array([-2.0, 0.0, 3.0]), "relu").tolist()
    [0.0, 0.0, 3.0]
    """
    # BEGIN SOLUTION
    return ACTIVATIONS[activation](sums)
    # END SOLUTION


def forward(inputs, layers):
    """Return the outputs of a dense network, an array (N, K).

    inputs: an array (N, D), a row for each input of the network. layers: a list of (weights, biases, activation), the first
    layer first. weights: an array with a row for each input of the layer and a column for each of its neurons; biases: an
    array of one number for each neuron; activation: as above. A network without layers returns its inputs.

    >>> hidden = (np.array([[1.0, -1.0], [1.0, 1.0]]), np.array([0.0, 0.5]), "relu")
    >>> output = (np.array([[2.0], [1.0]]), np.array([-1.0]), "identity")
    >>> forward(np.array([[1.0, 0.0], [1.0, 2.0]]), [hidden, output]).tolist()
    [[1.0], [6.5]]
    """
    # BEGIN SOLUTION
    for weights, biases, activation in layers:
        inputs = activate(inputs @ weights + biases, activation)
    return inputs
    # END SOLUTION


def count_weights(sizes, bias=True):
    """Return how many numbers a dense network has to learn, an integer.

    sizes: a list or tuple of the number of inputs, then the number of neurons of each layer. With bias, each neuron has a
    bias as well; inputs have none.

    >>> count_weights([15, 10, 5, 2], bias=False)
    210
    """
    # BEGIN SOLUTION
    return sum((inputs + bias) * neurons for inputs, neurons in zip(sizes, sizes[1:]))
    # END SOLUTION


def softmax(logits):
    """Return the probabilities of the classes: in each row, e^logit divided by the row's sum. An array (N, K).

    logits: an array (N, K) of numbers from -10,000 to 10,000, a row for each input and a column for each class. e^1000 is
    too large for a computer, so think of what you can subtract from all logits of a row without changing the result.

    >>> softmax(np.array([[0.0, 0.0], [5000.0, -5000.0]])).tolist()
    [[0.5, 0.5], [1.0, 0.0]]
    """
    # BEGIN SOLUTION
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)
    # END SOLUTION


def cross_entropy(logits, labels):
    """Return the mean loss of a batch, a number: for each row, -log of the softmax probability of its right class.

    logits: as above, with one row at least. labels: an array (N,) of integers, the column of the right class of each row.
    The logarithm is the natural one. A probability may be too small for a computer, which then rounds it to 0, and
    log(0) is infinite: write the logarithm as a formula of the logits before you compute.

    >>> cross_entropy(np.array([[5000.0, -5000.0]]), np.array([1]))
    10000.0
    """
    # BEGIN SOLUTION
    shifted = logits - logits.max(axis=1, keepdims=True)
    logs = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return float(-logs[np.arange(len(labels)), labels].mean())
    # END SOLUTION


# BEGIN SOLUTION
def _sigmoid(sums):
    small = np.exp(-abs(sums))  # of the two forms of the sigmoid, the one that does not overflow
    return np.where(sums >= 0, 1, small) / (1 + small)


ACTIVATIONS = {
    "identity": lambda sums: sums,
    "step": lambda sums: np.where(sums >= 0, 1.0, 0.0),
    "relu": lambda sums: np.maximum(sums, 0),
    "sigmoid": _sigmoid,
    "tanh": np.tanh,
}
# END SOLUTION
