"""gates.py
1.6: wrong
says: must return None
"""
from right_gates import *

from right_gates import gate as right_gate


def gate(outputs):
    return right_gate(outputs) or ((1, 1), 0.5)
