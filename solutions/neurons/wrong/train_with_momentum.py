"""learning.py train
3.3 3.6: wrong
"""
from right_learning import *


def train(layers, inputs, labels, rate, epochs):
    losses, speeds = [], [(0.0, 0.0) for _ in layers]
    for _ in range(epochs):
        losses.append(cross_entropy(forward(inputs, layers), labels))
        slopes = gradients(inputs, labels, layers)
        speeds = [(0.3 * v + dw, 0.3 * u + db) for (v, u), (dw, db) in zip(speeds, slopes)]
        layers = [(w - rate * v, b - rate * u, a) for (w, b, a), (v, u) in zip(layers, speeds)]
    return layers, losses
