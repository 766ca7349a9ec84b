"""gates.py
1.2 1.6: wrong
says: must be a pair (weights, threshold), but is a generator
"""
from right_gates import *

from right_gates import gate as right_gate


def gate(outputs):
    return (each for each in right_gate(outputs) or (None, None))
