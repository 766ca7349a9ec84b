"""learning.py initial
3.2 3.7: wrong
says: standard deviation
"""
from right_learning import *

from right_learning import initial as right


def initial(sizes, seed):
    return [(weights / 1000, biases, activation) for weights, biases, activation in right(sizes, seed)]
