"""Part 1: neurons and gates.

The lecture's neuron multiplies each input by a weight and adds up the products. It fires (1) if this sum reaches its
threshold; otherwise it does not (0). Use Python and NumPy. Leave the inputs as they are: the caller still needs them.
"""

# BEGIN SOLUTION
from itertools import product

# END SOLUTION
import numpy as np


def fires(inputs, weights, threshold):
    """Return which rows of the inputs make a neuron fire: an array (N,) of 1 (it fires) and 0.

    inputs: an array (N, D) of numbers or booleans, one row for each input of the neuron. weights: D numbers, in a list,
    a tuple or an array. threshold: a number. A sum that equals the threshold reaches it.

    >>> fires(np.array([[1, 0], [1, 1]]), [2, 3], 5).tolist()
    [0, 1]
    """
    # BEGIN SOLUTION
    return (inputs @ np.array(weights) >= threshold).astype(np.int64)
    # END SOLUTION


def gate(outputs):
    """Return the weights and the threshold of a neuron that has the given outputs; None if no neuron has them.

    outputs: a tuple of 0 and 1. Two of them belong to the inputs 0 and 1 of a neuron with one input; four of them to the
    inputs (0, 0), (0, 1), (1, 0), (1, 1) of a neuron with two. Returns a pair (weights, threshold): weights is a list, a
    tuple or an array of one number for each input, threshold a number. Many pairs are right: the neuron has to give these
    outputs, and still has to give them when each input is off by up to 0.1.

    >>> fires(np.array([[0], [1]]), *gate((1, 0))).tolist()
    [1, 0]
    """
    # BEGIN SOLUTION
    count = {2: 1, 4: 2}[len(outputs)]
    inputs = np.array(list(product((0, 1), repeat=count)))
    for weights in product((-1, 0, 1), repeat=count):
        for threshold in (-1.5, -0.5, 0.5, 1.5):
            if tuple(fires(inputs, weights, threshold)) == outputs:
                return weights, threshold
    return None
    # END SOLUTION


def xor(inputs):
    """Return the exclusive OR of each row: an array (N,) of 1 (one of the two inputs is on, the other is not) and 0.

    inputs: an array (N, 2) of numbers, each off from 0 or 1 by up to 0.1. Build it from gates, by the lecture's formula:
    (a OR b) AND NOT (a AND b).

    >>> xor(np.array([[0, 0], [0, 1], [1, 0], [0.9, 1.1]])).tolist()
    [0, 1, 1, 0]
    """
    # BEGIN SOLUTION
    either, both = fires(inputs, *gate((0, 1, 1, 1))), fires(inputs, *gate((0, 0, 0, 1)))
    not_both = fires(both[:, None], *gate((1, 0)))
    return fires(np.stack([either, not_both], axis=1), *gate((0, 0, 0, 1)))
    # END SOLUTION


def xor_network():
    """Return a network of two layers that computes XOR: [(weights, thresholds), (weights, thresholds)].

    The first layer has two neurons, which get the two inputs; the second has one, which gets the outputs of these two (1 or
    0). In each layer, weights has a row for each input and a column for each neuron, thresholds one number for each neuron:
    shapes (2, 2) and (2,), then (2, 1) and (1,), as arrays, lists or tuples. Many networks are right: yours has to compute
    XOR, and still has to compute it when each input is off by up to 0.1.

    >>> [np.shape(weights) for weights, thresholds in xor_network()]
    [(2, 2), (2, 1)]
    """
    # BEGIN SOLUTION
    (either, at_one), (not_both, at_two), (both, at_three) = gate((0, 1, 1, 1)), gate((1, 1, 1, 0)), gate((0, 0, 0, 1))
    hidden = np.stack([either, not_both], axis=1), np.array([at_one, at_two])
    return [hidden, (np.array(both)[:, None], np.array([at_three]))]
    # END SOLUTION
