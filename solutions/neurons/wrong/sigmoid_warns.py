"""network.py
2.6: wrong
says: overflow
"""
from right_network import *

from right_network import activate as right


def activate(sums, activation):
    return 1 / (1 + np.exp(-sums)) if activation == "sigmoid" else right(sums, activation)
