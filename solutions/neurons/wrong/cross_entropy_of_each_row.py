"""network.py
2.4 2.9: wrong
says: must return a float, but returned an array
"""
from right_network import *


def cross_entropy(logits, labels):
    shifted = logits - logits.max(axis=1, keepdims=True)
    return np.log(np.exp(shifted).sum(axis=1)) - shifted[np.arange(len(labels)), labels]
