"""cost.py multiply_adds
6.1 6.4: wrong
says: must return a list
"""
from right_cost import *
from right_cost import multiply_adds as right


def multiply_adds(input_shape, layers):
    return sum(right(input_shape, layers))
