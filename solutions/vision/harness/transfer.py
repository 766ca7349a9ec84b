"""Pass the trained network to the student's function of part 4, and train the result."""

import numpy as np
import torch
from torch.nn import functional as F

from .given import network, weights_of, with_weights

BATCH_SIZE, LEARNING_RATE = 10, 1e-3  # with which networks are transferred


def transferred(student, weights, classes, images):
    """Return what `transfer` makes of a network, and that network after the new one has changed.

    weights: of the network that it gets. images: float32 (N, 1, 28, 28). Returns the parameters of the new one; which of
    them learn; its logits for the images; then the parameters of the given one, and which of them learn.
    """
    trained = with_weights(weights)
    model = student.transfer(trained, classes)
    with torch.no_grad():
        logits = model.eval()(torch.from_numpy(images)).numpy()
    new = weights_of(model), _learn(model)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter += 1
    return *new, logits, weights_of(trained), _learn(trained)


def learning(student, weights, shared, learn, images, labels, held_out, epochs, seed):
    """Train a network and return which class it takes each held-out image for after each epoch: uint8 (epochs, M).

    weights: where shared is true, it starts with these; others are random, drawn from the seed. learn: which of them go on
    learning. images, held_out: float32; labels: int64. Runs without the student's code.
    """
    torch.random.manual_seed(seed)
    model = network(int(labels.max()) + 1)
    for parameter, known, is_shared, learns in zip(model.parameters(), weights, shared, learn):
        if is_shared:
            parameter.data = torch.from_numpy(known.copy())
        parameter.requires_grad_(learns)
    images, labels, held_out = map(torch.from_numpy, (images, labels, held_out))
    optimizer = torch.optim.Adam([each for each in model.parameters() if each.requires_grad], lr=LEARNING_RATE)
    taken_for = []
    for _ in range(epochs):
        for batch in torch.randperm(len(images)).split(BATCH_SIZE):
            model.zero_grad()
            F.cross_entropy(model(images[batch]), labels[batch]).backward()
            optimizer.step()
        with torch.no_grad():
            taken_for.append(model(held_out).argmax(dim=1).numpy().astype(np.uint8))
    return np.stack(taken_for)


def _learn(model):
    return [parameter.requires_grad for parameter in model.parameters()]
