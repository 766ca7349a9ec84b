"""Pass images and networks to the student's functions of part 5."""

import numpy as np
import torch
from torch.nn import functional as F

from .given import weights_of, with_weights


def moved(student, images, down, right):
    """Return the images as the student moves them, and the given images afterwards."""
    given = torch.from_numpy(images)
    return _array(student.moved(given, down, right)), given.numpy()


def noisy(student, images, deviation, seed):
    """Return the images with the student's noise, and the given images afterwards."""
    given = torch.from_numpy(images)
    return _array(student.noisy(given, deviation, seed)), given.numpy()


def accuracies(student, weights, images, labels, offsets):
    """Return the accuracies that the student measures on images as they are and moved by each offset, a pair."""

    def by(down, right):
        return lambda images: F.pad(images, (right, -right, down, -down))

    changes = {"as they are": by(0, 0)} | {f"moved by {offset}": by(*offset) for offset in offsets}
    return student.accuracies(with_weights(weights).train(), torch.from_numpy(images), torch.from_numpy(labels), changes)


def adversarial(student, weights, images, labels, budget):
    """Return the images that should mislead a network."""
    images, labels = torch.from_numpy(images), torch.from_numpy(labels)
    return _array(student.adversarial(with_weights(weights).eval(), images, labels, budget))


def train_robust(student, weights, images, labels, epochs, seed):
    """Return the weights of a network after the student's training, and its history."""
    model = with_weights(weights)
    history = student.train_robust(model, torch.from_numpy(images), torch.from_numpy(labels), epochs=epochs, seed=seed)
    return weights_of(model), [float(loss) for loss in history] if isinstance(history, (list, tuple)) else history


def _array(images):
    """Return images as an array, and anything but a tensor as it is: the grader says what it should have been."""
    return np.ascontiguousarray(images.detach().numpy()) if isinstance(images, torch.Tensor) else images
