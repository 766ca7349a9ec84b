"""network.py
2.7: wrong
"""
from right_network import *

from right_network import forward as right


def forward(inputs, layers):
    layers = [(weights.astype(np.float16), biases.astype(np.float16), activation) for weights, biases, activation in layers]
    return right(inputs.astype(np.float16), layers).astype(float)
