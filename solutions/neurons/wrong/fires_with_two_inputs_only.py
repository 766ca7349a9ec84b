"""gates.py
1.5: wrong
"""
from right_gates import *


def fires(inputs, weights, threshold):
    sums = inputs[:, 0] * weights[0] + inputs[:, -1] * weights[-1]
    return (sums >= threshold).astype(int)
