"""learning.py initial
3.2 3.7: wrong
says: must be the activation
"""
from right_learning import *

from right_learning import initial as right


def initial(sizes, seed):
    return [(weights, biases, "tanh") for weights, biases, _ in right(sizes, seed)]
