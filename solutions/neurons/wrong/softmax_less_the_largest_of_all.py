"""network.py
2.4 2.9: wrong
says: the largest logit of the whole batch
"""
from right_network import *


def softmax(logits):
    powers = np.exp(logits - logits.max())
    return powers / powers.sum(axis=1, keepdims=True)
