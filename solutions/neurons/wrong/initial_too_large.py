"""learning.py initial
3.2 3.7: wrong
says: standard deviation
"""
from right_learning import *

from right_learning import initial as right


def initial(sizes, seed):
    return [(100_000 * weights, biases, activation) for weights, biases, activation in right(sizes, seed)]
