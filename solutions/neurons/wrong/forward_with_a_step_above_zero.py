"""network.py
2.7: wrong
"""
from right_network import *


def forward(inputs, layers):
    """Has activations of its own, and its step is taken above 0 only."""
    for weights, biases, activation in layers:
        sums = inputs @ weights + biases
        inputs = (sums > 0) * 1.0 if activation == "step" else activate(sums, activation)
    return inputs
