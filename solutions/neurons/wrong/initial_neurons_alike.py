"""learning.py initial
3.2 3.7: wrong
says: Neurons that start alike learn alike
"""
from right_learning import *

from right_learning import initial as right


def initial(sizes, seed):
    return [(np.repeat(weights[:, :1], weights.shape[1], axis=1), biases, activation) for weights, biases, activation in right(sizes, seed)]
