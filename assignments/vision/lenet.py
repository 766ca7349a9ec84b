"""Part 1: read handwritten digits with LeNet, in PyTorch.

Ten classes of 28x28 grey images, white on black: MNIST. The lecture's LeNet, with 61,706 weights, makes 82 mistakes on
10,000 test images. You write a network that is no larger, and the loop that trains it. Train with `vision.ipynb` or
`python lenet.py`: both show how it goes and save the weights in `lenet.pt`, which you submit together with this file.
"""

import torch
from torch import nn


def build_model():
    """Return your network, not yet trained. It has at most 61,706 parameters, as many as LeNet-5.

    It maps images, float32 in [0, 1] of shape (N, 1, 28, 28), to logits of shape (N, 10): one number per digit, the
    largest for the predicted one. No softmax at the end: the loss has it. After the same `torch.manual_seed` it returns
    the same network.

    >>> build_model()(torch.zeros(5, 1, 28, 28)).shape
    torch.Size([5, 10])
    """
    raise NotImplementedError


def train(model, images, labels, *, epochs, seed=0):
    """Train the model in place and return its history: the mean training loss of each epoch, a list of floats.

    images: float32 tensor in [0, 1], (N, 1, 28, 28). labels: int64 tensor, (N,), numbers 0 to 9.
    The model may be on a GPU. The images stay where they are: move each batch to the device of the model.
    The same seed gives the same training.

    >>> model = build_model()
    >>> losses = train(model, torch.rand(20, 1, 28, 28), torch.arange(20) % 10, epochs=3)
    >>> len(losses)
    3
    """
    raise NotImplementedError


if __name__ == "__main__":
    import practice  # loads the images, shows the progress, saves the weights; see python lenet.py --help

    practice.main(build_model, train)
