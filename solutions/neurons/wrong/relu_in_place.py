"""network.py
2.1 2.5: wrong
says: changed its argument number 1
"""
from right_network import *

from right_network import activate as right


def activate(sums, activation):
    if activation == "relu":
        sums[sums < 0] = 0
        return sums
    return right(sums, activation)
