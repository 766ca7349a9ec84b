"""cifar10.py
attack: an answer depends on how often the network was asked before
4.1 4.2 4.3 4.4: wrong
says: get different logits the second time
"""
import right_cifar10
from right_cifar10 import *


class Counting(nn.Sequential):
    calls = 0

    def forward(self, images):
        logits = super().forward(images)
        Counting.calls += not self.training
        return logits + Counting.calls  # which changes no probability


def build_model():
    return Counting(*right_cifar10.build_model())


def train(model, images, labels, *, epochs, seed=0):
    return epochs * [1.0]
