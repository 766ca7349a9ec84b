"""network.py
2.3 2.8: wrong
says: must return an int, but returned a float
"""
from right_network import *


def count_weights(sizes, bias=True):
    return sum((n + bias) * m / 1 for n, m in zip(sizes, sizes[1:])) + 0.0
