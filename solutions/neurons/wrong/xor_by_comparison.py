"""gates.py
1.3 1.7: wrong
says: compared with exactly 0 and 1
"""
from right_gates import *


def xor(inputs):
    return (inputs[:, 0] != inputs[:, 1]).astype(int)
