"""network.py
all: passed
"""
from right_network import *


def cross_entropy(logits, labels):
    one_hot = np.eye(logits.shape[1])[labels]
    total = np.logaddexp.reduce(logits.astype(float), axis=1)
    return np.mean(total - (one_hot * logits).sum(axis=1))
