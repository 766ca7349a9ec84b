"""convolution.py
1.1 1.5: crashed
says: brought Python down (Segmentation fault)
"""
import ctypes

from right_convolution import *


def output_size(size, kernel, stride=1, padding=0):
    ctypes.string_at(0)
