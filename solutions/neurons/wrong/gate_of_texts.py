"""gates.py
1.2 1.6: wrong
says: must be a number
"""
from right_gates import *


def gate(outputs):
    return ("1", "1"), "1.5"
