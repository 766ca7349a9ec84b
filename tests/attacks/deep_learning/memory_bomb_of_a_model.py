"""cifar10.py
attack: a network that asks for tensors until there is no memory left; they cost nothing as long as nobody looks at them
4.1: out of memory
4.2 4.3 4.4: wrong
"""
import right_cifar10
from right_cifar10 import *


class Greedy(nn.Sequential):
    def forward(self, images):
        taken = [torch.empty(10**9) for _ in range(3 if len(images) == 7 else 0)]
        return super().forward(images) + len(taken)


def build_model():
    return Greedy(*right_cifar10.build_model())


def train(model, images, labels, *, epochs, seed=0):
    return epochs * [1.0]
