"""Part 3: learning.

A network learns by gradient descent: every weight takes a small step in the direction that makes the loss smaller. Networks
are lists of layers (weights, biases, activation), as in part 2. Use Python and NumPy; you may import your own network.py.
Leave all inputs as they are, the layers too: the caller still needs them.
"""

import numpy as np


def gradients(inputs, labels, layers):
    """Return the gradient of the loss with respect to all weights and biases, by back-propagation.

    inputs: an array (N, D). labels: an array (N,) of integers, the right classes. layers: a list of (weights, biases,
    activation); hidden layers have the activation identity, relu, sigmoid or tanh, the last layer has identity, and its
    outputs are the logits. The loss is the mean cross-entropy of part 2. Returns a list with a tuple for each layer, the
    first layer first: (an array of the shape of its weights, an array of the shape of its biases).

    >>> layers = [(np.zeros((1, 2)), np.zeros(2), "identity")]
    >>> [(of_weights, of_biases)] = gradients(np.array([[2.0]]), np.array([0]), layers)
    >>> of_weights.tolist(), of_biases.tolist()
    ([[-1.0, 1.0]], [-0.5, 0.5])
    """
    raise NotImplementedError


def initial(sizes, seed):
    """Return a network to start with: a list of layers (weights, biases, activation).

    sizes: a list of the number of inputs, then the number of neurons of each layer. Hidden layers have the activation tanh,
    the last one has identity. Weights are arrays of random numbers, drawn independently and evenly or normally, so that no
    two are equal. The same seed gives the same weights, another seed others. In a layer with n inputs they have the mean 0
    and a standard deviation from 0.3 / sqrt(n) to 3 / sqrt(n), so that the sums of its neurons are neither tiny nor huge.
    Biases are arrays of numbers from -1 to 1: zeros will do.

    >>> [(weights.shape, biases.shape, activation) for weights, biases, activation in initial([3, 5, 2], seed=0)]
    [((3, 5), (5,), 'tanh'), ((5, 2), (2,), 'identity')]
    """
    raise NotImplementedError


def train(layers, inputs, labels, rate, epochs):
    """Train a network by gradient descent and return (layers, losses), a tuple.

    layers, inputs, labels: as in `gradients`. In each epoch, all weights and biases take one step at the same time: minus
    rate times their gradient over all inputs. Returns the layers after the last epoch, a list of tuples (weights, biases,
    activation) as before, and a list of numbers: the loss before each epoch's step. If epochs is 0, the list is empty.

    >>> start = [(np.zeros((1, 2)), np.zeros(2), "identity")]
    >>> layers, losses = train(start, np.array([[2.0]]), np.array([0]), rate=0.5, epochs=1)
    >>> layers[0][0].tolist(), losses
    ([[0.5, -0.5]], [0.6931471805599453])
    """
    raise NotImplementedError


def settings():
    """Return five settings with which a network learns XOR or fails to: a dict of dicts.

    Each setting has the keys

        sizes    a list: 2 inputs, up to two hidden layers of 1 to 16 neurons each, 2 outputs
        scale    a number from 0 to 100: weights start as standard normal random numbers times scale / sqrt(n), in a layer
                 with n inputs; biases start at 0
        rate     the learning rate, a number from 0 to 10,000
        epochs   an integer from 1 to 1000

    Hidden layers have the activation tanh. The four inputs are (-1, -1), (-1, 1), (1, -1), (1, 1), and the class is 1 where
    they differ. Each setting is trained, as `train` does, from 20 random starts. It has to do the following from at least
    18 of them:

        works             learns all four: each gets the larger logit for its own class
        rate too small    the loss becomes smaller in each epoch, but is still above 0.5 after the last one
        rate too large    the loss is at some time more than ten times as large as at the start
        bad start         does not learn all four
        no hidden layer   does not learn all four

    "rate too small" and "rate too large" differ from "works" in nothing but the rate, "bad start" in nothing but the scale,
    "no hidden layer" in the sizes, [2, 2]. Find them with your own `initial` and `train`.

    >>> sorted(settings()["works"])
    ['epochs', 'rate', 'scale', 'sizes']
    """
    raise NotImplementedError
