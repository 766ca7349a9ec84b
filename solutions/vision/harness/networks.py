"""Networks in which students find the first convolution."""

import torch
from torch import nn


class _Convolution(nn.Conv2d):
    """A subclass of a convolution."""


class _Classifier(nn.Module):
    """Holds its layers as attributes."""

    def __init__(self, features, classes):
        super().__init__()
        self.rate, self.features, self.classes = 0.5, features, classes


def holding(kernels, kind):
    """Return a convolution with these kernels, and a network of this kind that holds it."""
    depth, channels, *size = kernels.shape
    first = (_Convolution if kind == "a subclass" else nn.Conv2d)(channels, depth, size)
    with torch.no_grad():
        first.weight.copy_(torch.from_numpy(kernels))
    second, classes = nn.Conv2d(channels, depth, size), nn.Linear(36, 10)  # never called: no image passes through
    networks = {
        "the convolution itself": first,
        "a row of layers": nn.Sequential(first, nn.ReLU(), second, nn.Flatten(), classes),
        "blocks in blocks": nn.Sequential(nn.Sequential(nn.Sequential(nn.ReLU(), first), second), nn.Flatten(), classes),
        "attributes": _Classifier(nn.Sequential(nn.Sequential(first, nn.ReLU()), second), classes),
        "a list": nn.ModuleList([nn.Identity(), nn.ModuleDict({"convolution": first, "another": second}), classes]),
        "behind a normalisation": nn.Sequential(nn.BatchNorm2d(channels), first, nn.ReLU(), second, nn.Flatten(), classes),
        "behind a dense layer": nn.Sequential(nn.Linear(5, 49), nn.Unflatten(1, (1, 7, 7)), first, second),
        "behind other convolutions": nn.Sequential(nn.Conv1d(2, 3, 3), nn.ConvTranspose2d(1, channels, 2), first, second),
        "a subclass": nn.Sequential(nn.Dropout(), first, second),
        "no convolution": nn.Sequential(nn.Flatten(), classes),
    }
    return first, networks[kind]
