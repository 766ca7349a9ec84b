"""gates.py
all: passed
"""
from right_gates import *


def xor(inputs):
    sums = inputs.sum(axis=1)
    return np.where((sums > 0.5) & (sums < 1.5), 1, 0)
