"""gates.py
all: passed
"""
from right_gates import *


def xor_network():
    """(a AND NOT b) OR (b AND NOT a)."""
    return (((2, -2), (-2, 2)), (1, 1)), [np.array([[3.0], [3.0]]), (1,)]
