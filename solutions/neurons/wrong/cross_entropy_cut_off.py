"""network.py
2.4 2.9: wrong
says: Expected
"""
from right_network import *


def cross_entropy(logits, labels):
    right = softmax(logits)[np.arange(len(labels)), labels]
    return float(-np.log(np.clip(right, 1e-15, 1)).mean())
