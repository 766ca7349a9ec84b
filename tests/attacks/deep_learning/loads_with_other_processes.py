"""cifar10.py
attack: none, this trains with a data loader that asks for four processes, as many tutorials do
"""
import torch
from right_cifar10 import *
from torch.utils.data import DataLoader, TensorDataset


def train(model, images, labels, *, epochs, seed=0):
    torch.manual_seed(seed)
    loader = DataLoader(TensorDataset(images, labels), 128, True, num_workers=4, persistent_workers=True, prefetch_factor=2)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9, nesterov=True)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 0.1, total_steps=epochs * len(loader), pct_start=0.25)
    history = []
    for _ in range(epochs):
        losses = []
        for x, y in loader:
            loss = F.cross_entropy(model.train()(augment(x)), y, label_smoothing=0.1)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
            losses.append(loss.item())
        history.append(sum(losses) / len(losses))
    return history
