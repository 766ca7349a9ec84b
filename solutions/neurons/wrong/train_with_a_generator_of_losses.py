"""learning.py train
3.3 3.6 3.7: wrong
says: a generator
"""
from right_learning import *

from right_learning import train as right


def train(layers, inputs, labels, rate, epochs):
    trained, losses = right(layers, inputs, labels, rate, epochs)
    return trained, (loss for loss in losses)
