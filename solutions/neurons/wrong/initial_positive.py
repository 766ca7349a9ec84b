"""learning.py initial
3.2: wrong
says: It should be 0
"""
from right_learning import *

from right_learning import initial as right


def initial(sizes, seed):
    return [(abs(weights), biases, activation) for weights, biases, activation in right(sizes, seed)]
