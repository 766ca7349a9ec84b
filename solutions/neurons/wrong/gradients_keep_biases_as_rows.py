"""learning.py gradients
3.1 3.5: wrong
says: must have the shape
"""
from right_learning import *

from right_learning import gradients as right


def gradients(inputs, labels, layers):
    return [(weights, biases[None]) for weights, biases in right(inputs, labels, layers)]
