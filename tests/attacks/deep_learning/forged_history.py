"""cifar10.py
attack: train changes nothing and returns the history of a training that went well
4.2 4.3 4.4: wrong
says: still has the weights that build_model gave it
"""
from right_cifar10 import *


def train(model, images, labels, *, epochs, seed=0):
    return [2.3 * 0.7**epoch for epoch in range(epochs)]
