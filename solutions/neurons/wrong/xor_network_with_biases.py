"""gates.py
1.4: wrong
says: but XOR is
"""
from right_gates import *


def xor_network():
    return [([[1, -1], [1, -1]], [-0.5, 1.5]), ([[1], [1]], [-1.5])]
