"""gates.py
all: passed
"""
from right_gates import *


def fires(inputs, weights, threshold):
    outputs = []
    for row in inputs:
        total = 0
        for value, weight in zip(row, weights):
            total += value * weight
        outputs.append(1.0 if total >= threshold else 0.0)
    return np.array(outputs)
