"""gates.py
1.2 1.6: wrong
"""
from right_gates import *

from right_gates import gate as right_gate


def gate(outputs):
    """Leaves room for inputs that are off by 0.09, but not by 0.1."""
    found = right_gate(outputs)
    return found and (found[0], found[1] + 0.5 - 0.09 * sum(map(abs, found[0])) - 0.001)
