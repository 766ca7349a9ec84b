"""learning.py gradients
3.1 3.5: wrong
says: changed its argument number 3
"""
from right_learning import *

from right_learning import gradients as right


def gradients(inputs, labels, layers):
    found = right(inputs, labels, layers)
    for (weights, biases, _), (of_weights, of_biases) in zip(layers, found):
        weights -= of_weights
        biases -= of_biases
    return found
