"""lenet.py
1.2: wrong
says: the weights that build_model gave it
"""

from right_lenet import *


def train(model, images, labels, *, epochs, seed=0):
    history = []
    for _ in range(epochs):
        loss = F.cross_entropy(model(images), labels)
        loss.backward()
        history.append(loss.item())
    return history
