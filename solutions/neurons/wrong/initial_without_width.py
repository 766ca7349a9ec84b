"""learning.py initial
3.2: wrong
says: With 200 inputs it should be from
"""
from right_learning import *

from right_learning import initial as right


def initial(sizes, seed):
    """Standard normal numbers, however many inputs a layer has."""
    random = np.random.default_rng(seed)
    return [(random.normal(size=weights.shape), biases, activation) for weights, biases, activation in right(sizes, seed)]
