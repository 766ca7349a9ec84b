"""gates.py
1.2 1.6: wrong
says: must be finite
"""
from right_gates import *


def gate(outputs):
    return (float("nan"),) * (len(outputs) // 2), 0.5
