"""learning.py train
3.3 3.6: wrong
says: changed its argument number 1
"""
from right_learning import *


def train(layers, inputs, labels, rate, epochs):
    losses = []
    for _ in range(epochs):
        losses.append(cross_entropy(forward(inputs, layers), labels))
        for (weights, biases, _), (of_weights, of_biases) in zip(layers, gradients(inputs, labels, layers)):
            weights -= rate * of_weights
            biases -= rate * of_biases
    return layers, losses
