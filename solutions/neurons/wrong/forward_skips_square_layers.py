"""network.py
2.7: wrong
"""
from right_network import *

from right_network import forward as right


def forward(inputs, layers):
    return right(inputs, [each for each in layers[:-1] if each[0].shape[0] != each[0].shape[1]] + layers[-1:])
