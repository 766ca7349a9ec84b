"""gates.py
1.5: wrong
"""
from right_gates import *

from right_gates import fires as right


def fires(inputs, weights, threshold):
    return right(inputs, weights, threshold) if len(inputs) == 4 else np.zeros(len(inputs), int)
