"""cifar10.py
attack: a tensor that says what is asked for its shape, agrees with whatever it is compared with, and holds something else
4.1 4.2 4.3 4.4: wrong
4.5: crashed
says: The model must return logits of the shape (64, 10), but returned a tensor of shape (7, 10, 1)
"""
import numpy as np
from right_cifar10 import *


class Lying(torch.Tensor):
    shape = torch.Size([7, 10])
    __eq__ = __le__ = __lt__ = __ge__ = __gt__ = __abs__ = lambda self, *other: True
    detach = cpu = float = lambda self: self

    @classmethod
    def __torch_function__(cls, function, types, arguments=(), options=None):
        return arguments[0]

    def numpy(self):
        return np.zeros((7, 10, 1), np.float32)


class Liar(nn.Module):
    def __init__(self):
        super().__init__()
        self.load_state_dict = lambda weights: None

    def forward(self, images):
        return torch.zeros(len(images), 10).as_subclass(Lying)


def build_model():
    return Liar()


def train(model, images, labels, *, epochs, seed=0):
    return epochs * [1.0]
