"""network.py
all: passed
"""
from right_network import *


class Layer:
    def __init__(self, weights, biases, activation):
        self.weights, self.biases, self.activation = weights, biases, activation

    def __call__(self, inputs):
        sums = np.einsum("ni,io->no", inputs, self.weights) + self.biases
        return np.array([[float(self.function(each)) for each in row] for row in sums])

    def function(self, value):
        if self.activation == "step":
            return value >= 0
        if self.activation == "relu":
            return max(value, 0)
        if self.activation == "sigmoid":
            return 1 / (1 + np.exp(-value))
        return np.tanh(value) if self.activation == "tanh" else value


def forward(inputs, layers):
    for layer in layers:
        inputs = Layer(*layer)(inputs)
    return inputs
