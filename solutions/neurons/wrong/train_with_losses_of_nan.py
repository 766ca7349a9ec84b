"""learning.py train
3.3 3.6 3.7: wrong
says: must be finite, but is nan
"""
from right_learning import *

from right_learning import train as right


def train(layers, inputs, labels, rate, epochs):
    trained, losses = right(layers, inputs, labels, rate, epochs)
    return trained, [float("nan")] * epochs
