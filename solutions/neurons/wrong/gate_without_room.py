"""gates.py
1.2 1.6: wrong
says: does not reach the threshold
"""
from right_gates import *
from right_gates import gate as right_gate


def gate(outputs):
    """Has the right outputs for exact inputs alone: the sum has to be as large as the threshold."""
    found = right_gate(outputs)
    return found and (found[0], found[1] + 0.5)
