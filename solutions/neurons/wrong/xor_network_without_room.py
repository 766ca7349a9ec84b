"""gates.py
1.4: wrong
says: the network returns 0, but XOR is 1
"""
from right_gates import *


def xor_network():
    return [(np.array([[1, -1], [1, -1]]), np.array([1, -1])), (np.array([[1], [1]]), np.array([2]))]
