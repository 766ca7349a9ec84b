"""learning.py gradients
3.1 3.5: wrong
"""
from right_learning import *

from right_learning import gradients as right


def gradients(inputs, labels, layers):
    return [(weights.astype(np.float16) * 1.0, biases.astype(np.float16) * 1.0) for weights, biases in right(inputs, labels, layers)]
