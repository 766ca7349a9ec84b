"""learning.py train
3.7: wrong
says: the length
"""
from right_learning import *

from right_learning import train as right


def train(layers, inputs, labels, rate, epochs):
    return right(layers, inputs, labels, rate, min(epochs, 20))
