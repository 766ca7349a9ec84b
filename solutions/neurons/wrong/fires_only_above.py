"""gates.py
1.1 1.5: wrong
says: only above its threshold
"""
from right_gates import *


def fires(inputs, weights, threshold):
    return (inputs @ np.array(weights) > threshold).astype(np.int64)
