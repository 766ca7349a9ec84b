"""network.py
2.1 2.5: wrong
says: the step is 1 only above 0
"""
from right_network import *

from right_network import activate as right


def activate(sums, activation):
    return (sums > 0) * 1.0 if activation == "step" else right(sums, activation)
