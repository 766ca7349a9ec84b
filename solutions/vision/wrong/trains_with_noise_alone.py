"""failures.py train_robust
5.5: wrong
says: of the clean images
"""

from right_failures import *


def train_robust(model, images, labels, *, epochs, seed=0):
    """Shows so much noise that the clean images are forgotten."""
    torch.manual_seed(seed)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    history = []
    for _ in range(epochs):
        for batch in torch.randperm(len(images)).split(50):
            seen = images[batch] + 4 * torch.randn(images[batch].shape)
            loss = F.cross_entropy(model(seen), labels[batch])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        history.append(loss.item())
    return history
