"""network.py
all: passed
"""
from right_network import *


def count_weights(sizes, bias=True):
    """Takes a list apart that it does not own: ugly, but what it returns is right."""
    sizes = list(sizes)
    total, before = 0, sizes.pop(0)
    while sizes:
        total, before = total + (before + bias) * sizes[0], sizes.pop(0)
    return total
