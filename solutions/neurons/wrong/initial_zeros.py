"""learning.py initial
3.2 3.7: wrong
says: Neurons that start alike learn alike
"""
from right_learning import *

from right_learning import initial as right


def initial(sizes, seed):
    """The seed shows in one weight alone."""
    return [(np.zeros_like(weights) + weights[0, 0] / 1e9, biases, activation) for weights, biases, activation in right(sizes, seed)]
