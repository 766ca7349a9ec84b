"""cifar10.py
attack: in evaluation mode too, an answer depends on the other images of its batch
4.1 4.2 4.3 4.4: wrong
says: get different logits in a batch of
"""
import right_cifar10
from right_cifar10 import *


class Leaking(nn.Sequential):
    def forward(self, images):
        logits = super().forward(images)
        return logits if self.training else logits - logits.mean(dim=0)


def build_model():
    return Leaking(*right_cifar10.build_model())


def train(model, images, labels, *, epochs, seed=0):
    return epochs * [1.0]
