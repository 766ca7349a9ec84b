"""learning.py train
3.3 3.6: wrong
"""
from right_learning import *


def train(layers, inputs, labels, rate, epochs):
    """Each layer's gradient is computed after the layers before it have taken their step."""
    layers, losses = list(layers), []
    for _ in range(epochs):
        losses.append(cross_entropy(forward(inputs, layers), labels))
        for place, (weights, biases, activation) in enumerate(layers):
            of_weights, of_biases = gradients(inputs, labels, layers)[place]
            layers[place] = weights - rate * of_weights, biases - rate * of_biases, activation
    return layers, losses
