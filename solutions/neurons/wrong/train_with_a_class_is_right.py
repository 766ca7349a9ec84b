"""learning.py
all: passed
"""
from right_learning import *


class Network:
    def __init__(self, layers):
        self.layers = [(weights.copy(), biases.copy(), activation) for weights, biases, activation in layers]

    def step(self, inputs, labels, rate):
        for (weights, biases, _), (of_weights, of_biases) in zip(self.layers, gradients(inputs, labels, self.layers)):
            weights -= rate * of_weights
            biases -= rate * of_biases


def train(layers, inputs, labels, rate, epochs):
    network, losses = Network(layers), []
    for _ in range(epochs):
        losses.append(cross_entropy(forward(inputs, network.layers), labels))
        network.step(inputs, labels, rate)
    return network.layers, losses
