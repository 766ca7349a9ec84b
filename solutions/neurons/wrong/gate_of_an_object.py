"""gates.py
1.2 1.6: wrong
"""
from right_gates import *


def gate(outputs):
    return np.array([object(), None]), 0
