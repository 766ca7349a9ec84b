"""gates.py
1.2 1.6: wrong
says: Is a return missing?
"""
from right_gates import *


def gate(outputs):
    return None
