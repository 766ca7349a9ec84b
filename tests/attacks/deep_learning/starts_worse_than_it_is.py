"""cifar10.py
attack: the network shouts its guesses until train lets it answer nothing at all, which only looks like progress
4.2 4.3 4.4: wrong
"""
import right_cifar10
from right_cifar10 import *


class Loud(nn.Sequential):
    volume = 100.0

    def forward(self, images):
        return super().forward(images) * self.volume


def build_model():
    return Loud(*right_cifar10.build_model())


def train(model, images, labels, *, epochs, seed=0):
    model.volume = 0.0
    return [2.3 * 0.7**epoch for epoch in range(epochs)]
