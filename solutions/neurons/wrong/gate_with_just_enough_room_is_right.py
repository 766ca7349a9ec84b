"""gates.py
all: passed
"""
from right_gates import *

from right_gates import gate as right_gate


def gate(outputs):
    """A sum that is 0.1 too small for each input just reaches the threshold."""
    found = right_gate(outputs)
    return found and (found[0], found[1] + 0.5 - 0.1 * sum(map(abs, found[0])))
