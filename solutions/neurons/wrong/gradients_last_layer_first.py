"""learning.py gradients
3.1 3.5: wrong
"""
from right_learning import *

from right_learning import gradients as right


def gradients(inputs, labels, layers):
    return right(inputs, labels, layers)[::-1]
