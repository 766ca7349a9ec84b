"""gates.py
all: passed
"""
from right_gates import *


def fires(inputs, weights, threshold):
    return np.dot(inputs, np.asarray(weights, float)) >= threshold
