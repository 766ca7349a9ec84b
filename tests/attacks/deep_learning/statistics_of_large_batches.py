"""cifar10.py
attack: an answer depends on the other images of its batch, but only in batches that are larger than those of 4.1
4.3 4.4: wrong
says: logits must depend on their own image only
"""
import right_cifar10
from right_cifar10 import *


class Leaking(nn.Sequential):
    def forward(self, images):
        logits = super().forward(images)
        return logits if self.training or len(images) < 100 else logits - logits.mean(dim=0)


def build_model():
    return Leaking(*right_cifar10.build_model())
