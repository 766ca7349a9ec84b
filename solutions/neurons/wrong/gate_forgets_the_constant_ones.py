"""gates.py
1.6: wrong
"""
from right_gates import *

from right_gates import gate as right_gate


def gate(outputs):
    return ((1,) * (len(outputs) // 2), 0.5) if len(set(outputs)) == 1 else right_gate(outputs)
