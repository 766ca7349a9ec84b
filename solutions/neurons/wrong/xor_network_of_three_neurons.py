"""gates.py
1.4: wrong
says: must have the shape (2, 2), but has (2, 3)
"""
from right_gates import *


def xor_network():
    return [([[1, 1, 0], [1, 1, 0]], [0.5, 1.5, 9]), ([[1], [-1], [0]], [0.5])]
