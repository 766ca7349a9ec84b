"""convolution.py
1.1 1.5: crashed
says: ended the program (exit) instead of returning
"""
import sys

from right_convolution import *


def output_size(size, kernel, stride=1, padding=0):
    sys.exit()
