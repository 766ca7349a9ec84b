"""network.py
2.2 2.7: wrong
says: changed its argument number 2
"""
from right_network import *


def forward(inputs, layers):
    for weights, biases, activation in layers:
        biases /= 2
        inputs = activate(inputs @ weights + 2 * biases, activation)
    return inputs
