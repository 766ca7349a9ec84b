"""Part 5: show where networks fail, and train one that fails less.

A digit that is moved by a pixel, or seen through noise, is the same digit to us. To a network it can be another one. And
there are changes, hardly visible to us, after which a network is wrong about most images. All images here are tensors,
float32 in [0, 1] of shape (N, 1, 28, 28): white digits on black. Models map them to logits of shape (N, 10).
"""

import torch
from torch.nn import functional as F


def moved(images, down, right):
    """Return the images moved by whole pixels: down and to the right, or up and to the left where negative.

    Pixels that come in are black, those that leave are lost. Leave the given images as they are.

    >>> moved(torch.tensor([[[[0.1, 0.2], [0.3, 0.4]]]]), down=1, right=0)
    tensor([[[[0.0000, 0.0000],
              [0.1000, 0.2000]]]])
    """
    raise NotImplementedError


def noisy(images, deviation, seed=0):
    """Return the images plus normal noise of this standard deviation, drawn separately for each pixel of each image.

    Results below 0 become 0, those above 1 become 1. The same seed gives the same noise, another seed different noise.
    Leave the given images as they are.
    """
    raise NotImplementedError


def accuracies(model, images, labels, changes):
    """Return a model's accuracy on the images after each change: a dict, from the name of the change to the accuracy.

    labels: int64 (N,). changes: a dict from names to functions, each of which takes images and returns them changed. The
    accuracy is a float from 0 to 1: the share of images whose largest logit is that of their label. Put the model into
    evaluation mode first.
    """
    raise NotImplementedError


def adversarial(model, images, labels, budget):
    """Return the images, changed so that the model is wrong about as many of them as you can.

    labels: int64 (N,), what the images show. budget: no pixel may change by more than this, and all stay in [0, 1].
    The fast way takes one step along the sign of the loss's gradient: FGSM (Goodfellow, Shlens, Szegedy, Explaining and
    Harnessing Adversarial Examples, 2015). Several smaller steps mislead the model more often, and give bonus points.
    """
    raise NotImplementedError


def train_robust(model, images, labels, *, epochs, seed=0):
    """Train a model that already knows digits further, in place, so that noise misleads it less often.

    images: about 3,000. labels: int64 (N,), numbers 0 to 9. The same seed gives the same training.
    Returns the mean loss of each epoch, a list of floats. The model is then tested on other images, as they are and with
    normal noise of a standard deviation of 0.7, cut off at 0 and 1: its accuracy on the noisy ones gives points, if it
    still recognises 95 % of the clean ones.
    """
    raise NotImplementedError
