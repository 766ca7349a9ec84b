"""learning.py gradients
3.1 3.5: wrong
says: must be a tuple, but is a list
"""
from right_learning import *

from right_learning import gradients as right


def gradients(inputs, labels, layers):
    return [list(pair) for pair in right(inputs, labels, layers)]
