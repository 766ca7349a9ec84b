"""failures.py train_robust
5.5: wrong
says: Does it see noise while it learns
"""

from right_failures import *


def train_robust(model, images, labels, *, epochs, seed=0):
    torch.manual_seed(seed)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.002)
    history = []
    for _ in range(epochs):
        for batch in torch.randperm(len(images)).split(50):
            loss = F.cross_entropy(model(images[batch]), labels[batch])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        history.append(loss.item())
    return history
