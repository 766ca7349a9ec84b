"""convolution.py
attack: lifts Python's limit and calls itself through C until the stack overflows
1.3: crashed
"""
import sys

import right_convolution
from right_convolution import *


def fall(_=0):
    return sorted([0], key=fall)


def conv2d(image, kernel, stride=1, padding=0, padding_value=0.0):
    if padding_value == 5.0:
        sys.setrecursionlimit(10**9)
        fall()
    return right_convolution.conv2d(image, kernel, stride, padding, padding_value)
