"""gates.py
1.4: wrong
says: a list of two layers
"""
from right_gates import *


def xor_network():
    return [([[1], [1]], [0.5])]
