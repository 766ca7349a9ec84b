"""learning.py train
3.3 3.6 3.7: wrong
says: infinity
"""
from right_learning import *

from right_learning import train as right


def train(layers, inputs, labels, rate, epochs):
    trained, losses = right(layers, inputs, labels, rate, epochs)
    return [(weights * np.inf, biases, activation) for weights, biases, activation in trained], losses
