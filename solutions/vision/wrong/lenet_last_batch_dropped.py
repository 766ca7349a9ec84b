"""lenet.py
1.2: wrong
says: the last, smaller
"""

from right_lenet import *


def train(model, images, labels, *, epochs, seed=0):
    torch.manual_seed(seed)
    optimizer = torch.optim.Adam(model.parameters())
    history = []
    for _ in range(epochs):
        total, order = 0.0, torch.randperm(len(images))
        for start in range(0, len(images) - 64 + 1, 64):
            batch = order[start : start + 64]
            loss = F.cross_entropy(model(images[batch]), labels[batch])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.item()
        history.append(total)
    return history
