"""learning.py initial
3.2 3.7: wrong
says: must be from -1 to 1
"""
from right_learning import *

from right_learning import initial as right


def initial(sizes, seed):
    return [(weights, biases + 5, activation) for weights, biases, activation in right(sizes, seed)]
