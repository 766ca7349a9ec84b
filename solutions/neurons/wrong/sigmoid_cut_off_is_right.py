"""network.py
all: passed
"""
from right_network import *

from right_network import activate as right


def activate(sums, activation):
    return 1 / (1 + np.exp(-np.clip(sums, -500, 500))) if activation == "sigmoid" else right(sums, activation)
