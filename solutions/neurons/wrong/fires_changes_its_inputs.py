"""gates.py
1.1 1.5: wrong
says: changed its argument number 1
"""
from right_gates import *


def fires(inputs, weights, threshold):
    outputs = (inputs @ np.array(weights) >= threshold).astype(int)
    if inputs.dtype == float:
        inputs *= weights
    return outputs
