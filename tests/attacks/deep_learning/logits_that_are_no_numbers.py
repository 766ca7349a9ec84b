"""cifar10.py
attack: NaN and infinity for logits, which no comparison finds too large, too small or unequal
4.1 4.2 4.3 4.4: wrong
says: The model's logits contain NaN, infinity
"""
from right_cifar10 import *


class Unknown(nn.Module):
    def __init__(self):
        super().__init__()
        self.load_state_dict = lambda weights: None

    def forward(self, images):
        return torch.tensor([float("nan"), float("inf"), -float("inf"), 0.0] + 6 * [float("nan")]).expand(len(images), 10)


def build_model():
    return Unknown()


def train(model, images, labels, *, epochs, seed=0):
    return epochs * [1.0]
