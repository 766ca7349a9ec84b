"""cifar10.py
attack: the network sleeps when it is asked for a small batch
4.1: timed out
4.2 4.3 4.4: wrong
"""
import time

import right_cifar10
from right_cifar10 import *


class Slow(nn.Sequential):
    def forward(self, images):
        time.sleep(60 if len(images) == 64 else 0)
        return super().forward(images)


def build_model():
    return Slow(*right_cifar10.build_model())


def train(model, images, labels, *, epochs, seed=0):
    return epochs * [1.0]
