"""cifar10.py
attack: arrays of the right shape, but of truth values, which cannot be subtracted from each other
4.1 4.2 4.3 4.4: wrong
"""
import numpy as np
from right_cifar10 import *


class Truth(torch.Tensor):
    detach = cpu = float = lambda self: self

    def numpy(self):
        return np.ones((len(self), 10), bool)


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.load_state_dict = lambda weights: None

    def forward(self, images):
        return torch.zeros(len(images), 10).as_subclass(Truth)


def build_model():
    return Model()


def train(model, images, labels, *, epochs, seed=0):
    return epochs * [1.0]
