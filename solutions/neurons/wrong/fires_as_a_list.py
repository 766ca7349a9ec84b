"""gates.py
1.1 1.5: wrong
says: must return a NumPy array of numbers, but returned a list
"""
from right_gates import *


def fires(inputs, weights, threshold):
    return [int(sum(row * np.array(weights)) >= threshold) for row in inputs]
