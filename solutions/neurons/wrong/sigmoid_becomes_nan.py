"""network.py
2.5 2.6: wrong
says: sigmoid overflows
"""
from right_network import *

from right_network import activate as right


def activate(sums, activation):
    return np.exp(sums) / (1 + np.exp(sums)) if activation == "sigmoid" else right(sums, activation)
