"""convolution.py
attack: raises an exception with half a character, which no file can hold
1.1 1.5: crashed
"""
from right_convolution import *


def output_size(size, kernel, stride=1, padding=0):
    raise ValueError("\ud800")
