"""network.py
all: passed
"""
from right_network import *

from right_network import activate as right


def activate(sums, activation):
    if activation != "sigmoid":
        return right(sums, activation)
    with np.errstate(over="ignore"):
        return 1 / (1 + np.exp(-sums))
