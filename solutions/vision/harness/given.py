"""The network that the grader provides in parts 4 and 5."""

import torch
from torch import nn


def network(classes):
    """Return the network that the grader provides, with random weights: handout/given.py has the same."""
    return nn.Sequential(
        nn.Conv2d(1, 8, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(8, 16, 5), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(400, 64), nn.ReLU(), nn.Linear(64, classes),
    )  # fmt: skip


def with_weights(weights):
    """Return the grader's network with these weights."""
    model = network(len(weights[-1]))
    for parameter, known in zip(model.parameters(), weights):
        parameter.data = torch.from_numpy(known.copy())
    return model


def weights_of(model):
    return [parameter.detach().numpy().copy() for parameter in model.parameters()]
