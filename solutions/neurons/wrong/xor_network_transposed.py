"""gates.py
1.4: wrong
says: the network returns
"""
from right_gates import *

from right_gates import xor_network as right_network


def xor_network():
    (weights, thresholds), output = right_network()
    return [(weights.T, thresholds), output]
