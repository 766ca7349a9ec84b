"""parameters.py
attack: returns an object, and raises an exception, whose types have a page's script for a name
3.1: wrong
3.3: crashed
says: must return an int, but returned
never: <svg onload
"""
import right_parameters
from right_parameters import *

NAME = "<svg onload=alert(1)>"


def count_dense(layer_sizes, bias=True):
    return type(NAME, (int,), {})(4) if layer_sizes == (3, 1) else right_parameters.count_dense(layer_sizes, bias)


def count_network(input_shape, layers, bias=True):
    if input_shape == (1, 28, 28):
        raise type(NAME, (Exception,), {})(NAME)
    return right_parameters.count_network(input_shape, layers, bias)
