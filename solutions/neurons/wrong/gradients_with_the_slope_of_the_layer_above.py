"""learning.py gradients
3.1 3.5: wrong
"""
from right_learning import *


def gradients(inputs, labels, layers):
    outputs = [inputs]
    for weights, biases, activation in layers:
        outputs.append(activate(outputs[-1] @ weights + biases, activation))
    error = (softmax(outputs[-1]) - np.eye(outputs[-1].shape[1])[labels]) / len(labels)
    found = []
    for (weights, _, activation), below in reversed(list(zip(layers, outputs))):
        found.insert(0, (below.T @ error, error.sum(axis=0)))
        error = error @ weights.T * SLOPES[activation](below)
    return found
