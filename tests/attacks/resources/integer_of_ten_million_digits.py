"""parameters.py
attack: returns an integer that takes hours to be written in decimals
3.1: wrong
"""
import right_parameters
from right_parameters import *


def count_dense(layer_sizes, bias=True):
    return 1 << 33_000_000 if layer_sizes == (3, 1) else right_parameters.count_dense(layer_sizes, bias)
