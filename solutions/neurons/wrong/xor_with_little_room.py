"""gates.py
1.7: wrong
"""
from right_gates import *


def xor(inputs):
    """Takes a sum of 1.15 for two inputs, and one of 0.85 for none."""
    sums = inputs.sum(axis=1)
    return ((sums > 0.9) & (sums < 1.1)).astype(int)
