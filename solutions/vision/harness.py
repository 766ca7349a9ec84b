"""What the checks ask beside the student's code."""

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

BATCH_SIZE, LEARNING_RATE = 10, 1e-3  # with which networks are transferred


def network(classes):
    """Return the network that the grader brings, with random weights: handout/given.py has the same."""
    return nn.Sequential(
        nn.Conv2d(1, 8, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(8, 16, 5), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(400, 64), nn.ReLU(), nn.Linear(64, classes),
    )  # fmt: skip


def transferred(student, weights, classes, images):
    """Return what `transfer` makes of a network, and what is left of that network when the new one has changed.

    weights: of the network that it gets. images: float32 (N, 1, 28, 28). Returns the parameters of the new one; which of
    them learn; its logits for the images; then the parameters of the given one, and which of them learn.
    """
    trained = _with(weights)
    model = student.transfer(trained, classes)
    with torch.no_grad():
        logits = model.eval()(torch.from_numpy(images)).numpy()
    new = _weights(model), _learn(model)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter += 1
    return *new, logits, _weights(trained), _learn(trained)


def learning(student, weights, shared, learn, images, labels, held_out, epochs, seed):
    """Train a network and return which class it takes each held-out image for after each epoch: uint8 (epochs, M).

    weights: those that it begins with where shared says so; others are random, drawn from the seed. learn: which of them
    go on learning. images, held_out: float32; labels: int64. Runs without the student's code.
    """
    torch.manual_seed(seed)
    model = network(int(labels.max()) + 1)
    for parameter, known, is_shared, learns in zip(model.parameters(), weights, shared, learn):
        if is_shared:
            parameter.data = torch.from_numpy(known)
        parameter.requires_grad_(learns)
    images, labels, held_out = map(torch.from_numpy, (images, labels, held_out))
    optimizer = torch.optim.Adam([each for each in model.parameters() if each.requires_grad], lr=LEARNING_RATE)
    taken_for = []
    for _ in range(epochs):
        for batch in torch.randperm(len(images)).split(BATCH_SIZE):
            optimizer.zero_grad()
            F.cross_entropy(model(images[batch]), labels[batch]).backward()
            optimizer.step()
        with torch.no_grad():
            taken_for.append(model(held_out).argmax(dim=1).numpy().astype(np.uint8))
    return np.stack(taken_for)


def moved(student, images, down, right):
    """Return the images as the student moves them, and what is left of those that came."""
    given = torch.from_numpy(images)
    return _array(student.moved(given, down, right)), given.numpy()


def noisy(student, images, deviation, seed):
    """Return the images with the student's noise, and what is left of those that came."""
    given = torch.from_numpy(images)
    return _array(student.noisy(given, deviation, seed)), given.numpy()


def accuracies(student, weights, images, labels, offsets):
    """Return how well the student finds a network to know images, as they are and moved by each offset, a pair."""

    def by(down, right):
        return lambda images: F.pad(images, (right, -right, down, -down))

    changes = {"as they are": by(0, 0)} | {f"moved by {offset}": by(*offset) for offset in offsets}
    return student.accuracies(_with(weights).train(), torch.from_numpy(images), torch.from_numpy(labels), changes)


def adversarial(student, weights, images, labels, budget):
    """Return the images that should mislead a network."""
    images, labels = torch.from_numpy(images), torch.from_numpy(labels)
    return _array(student.adversarial(_with(weights).eval(), images, labels, budget))


def train_robust(student, weights, images, labels, epochs, seed):
    """Return the weights of a network after the student's training, and its history."""
    model = _with(weights)
    history = student.train_robust(model, torch.from_numpy(images), torch.from_numpy(labels), epochs=epochs, seed=seed)
    return _weights(model), history


def _with(weights):
    """Return the grader's network with these weights."""
    model = network(len(weights[-1]))
    for parameter, known in zip(model.parameters(), weights):
        parameter.data = torch.from_numpy(known.copy())
    return model


def _weights(model):
    return [parameter.detach().numpy().copy() for parameter in model.parameters()]


def _learn(model):
    return [parameter.requires_grad for parameter in model.parameters()]


def _array(images):
    """Return images as an array; what is not a tensor goes back as it is, and the grader says what it should have been."""
    return np.ascontiguousarray(images.detach().numpy()) if isinstance(images, torch.Tensor) else images
