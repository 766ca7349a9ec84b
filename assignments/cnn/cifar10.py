"""Part 4: predict CIFAR-10 with a convolutional network in PyTorch.

Ten classes of 32x32 colour images: airplane, automobile, bird, cat, deer, dog, frog, horse, ship, truck.
You write the network and the loop that trains it. Train with `cifar10.ipynb` or `python cifar10.py`: both show how it
goes and save the weights in `cifar10.pt`, which you submit together with this file.
"""

import torch
from torch import nn


def build_model():
    """Return your network, not yet trained.

    It maps images, float32 in [0, 1] of shape (N, 3, 32, 32), to logits of shape (N, 10): one number per class, the
    largest for the predicted class. No softmax at the end: the loss has it. After the same `torch.manual_seed` it returns
    the same network.

    >>> build_model()(torch.zeros(5, 3, 32, 32)).shape
    torch.Size([5, 10])
    """
    raise NotImplementedError


def train(model, images, labels, *, epochs, seed=0):
    """Train the model in place and return its history: the mean training loss of each epoch, a list of floats.

    images: float32 tensor in [0, 1], (N, 3, 32, 32). labels: int64 tensor, (N,), numbers 0 to 9.
    The model may be on a GPU. The images stay where they are: move each batch to the device of the model.
    The same seed gives the same training.

    >>> model = build_model()
    >>> losses = train(model, torch.rand(20, 3, 32, 32), torch.arange(20) % 10, epochs=3)
    >>> len(losses)
    3
    """
    raise NotImplementedError


if __name__ == "__main__":
    import practice  # loads the images, shows the progress, saves the weights; see python cifar10.py --help

    practice.main(build_model, train)
