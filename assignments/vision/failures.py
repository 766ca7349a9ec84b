"""Part 5: show where networks fail, and train one that fails less.

A digit that is moved by a pixel, or seen through noise, is the same digit to us. To a network it can be another one; and a
change that we hardly see can be chosen so that the network is wrong about most images. All images here are tensors, float32
in [0, 1] of shape (N, 1, 28, 28): white digits on black. Models map them to logits of shape (N, 10).
"""

import torch
from torch.nn import functional as F


def moved(images, down, right):
    """Return the images moved by whole pixels: down and to the right, or up and to the left where negative.

    What comes in is black, what goes out is lost. The images that came in stay as they are.

    >>> moved(torch.tensor([[[[0.1, 0.2], [0.3, 0.4]]]]), down=1, right=0)
    tensor([[[[0.0000, 0.0000],
              [0.1000, 0.2000]]]])
    """
    raise NotImplementedError


def noisy(images, deviation, seed=0):
    """Return the images with normal noise of this standard deviation, a number of its own for each pixel of each image.

    What would be below 0 or above 1 becomes 0 or 1. The same seed gives the same noise, another seed another noise. The
    images that came in stay as they are.
    """
    raise NotImplementedError


def accuracies(model, images, labels, changes):
    """Return how well a model knows the images after each change: a dict, from the name of the change to a share.

    labels: int64 (N,). changes: a dict from names to functions, each of which takes images and returns them changed. The
    share is a float from 0 to 1: of all images, those whose largest logit is that of their label. The model is asked in
    evaluation mode.
    """
    raise NotImplementedError


def adversarial(model, images, labels, budget):
    """Return the images, changed so that the model is wrong about as many of them as you can.

    labels: int64 (N,), what the images show. budget: no pixel may change by more than this, and all stay in [0, 1].
    The fast way takes one step against the gradient of the loss, FGSM (Goodfellow, Shlens, Szegedy, Explaining and
    Harnessing Adversarial Examples, 2015). Several smaller steps mislead the model more often, and give bonus points.
    """
    raise NotImplementedError


def train_robust(model, images, labels, *, epochs, seed=0):
    """Train a model that knows digits on, in place, until noise misleads it less often.

    images: about 3,000. labels: int64 (N,), numbers 0 to 9. The same seed gives the same training.
    Returns the mean loss of each epoch, a list of floats. The model is then shown other images, as they are and with normal
    noise of a standard deviation of 0.7, cut off at 0 and 1: what it knows of the noisy ones gives points, if it still
    knows 95 % of the clean ones.
    """
    raise NotImplementedError
