"""cifar10.py
attack: train keeps a table from each image to its label, and the network looks its answers up
4.2 4.3 4.4: wrong
"""
import right_cifar10
from right_cifar10 import *


class Table(nn.Sequential):
    labels = {}

    def forward(self, images):
        known = [Table.labels.get(image.numpy().tobytes()) for image in images]
        return torch.stack([torch.zeros(10) if label is None else 9.0 * F.one_hot(label, 10) for label in known])


def build_model():
    return Table(*right_cifar10.build_model())


def train(model, images, labels, *, epochs, seed=0):
    Table.labels.update({image.numpy().tobytes(): label for image, label in zip(images, labels)})
    return [2.3 * 0.7**epoch for epoch in range(epochs)]
