"""network.py
2.2 2.7: wrong
says: changed its argument number 2
"""
from right_network import *


def forward(inputs, layers):
    while layers:
        weights, biases, activation = layers.pop(0)
        inputs = activate(inputs @ weights + biases, activation)
    return inputs
