"""Part 1: read handwritten digits with LeNet, in PyTorch.

Ten classes of 28x28 grey images, white on black: MNIST. The lecture's LeNet, with 61,706 weights, makes 82 mistakes on
10,000 test images. You write a network that is no larger, and the loop that trains it. Train with `vision.ipynb` or
`python lenet.py`: both show how it goes and save the weights in `lenet.pt`, which you submit together with this file.
"""

import torch
from torch import nn

# BEGIN SOLUTION
from torch.nn import functional as F

BATCH_SIZE = 100
LEARNING_RATE, WEIGHT_DECAY = 0.008, 0.01
WARM_UP = 0.2  # of all steps
LABEL_SMOOTHING = 0.1
CHANGE = 0.14  # of an image's size


def normalisation(kind, channels):
    """Return a batch normalisation with intercepts alone: it takes the place of a layer's own, and LeNet stays LeNet."""
    layer = kind(channels)
    layer.register_parameter("weight", None)  # the next layer can scale as well
    return layer


def augment(images):
    """Turn, stretch, slant and shift each image a little: it still shows the same digit.

    Each pixel is fetched from where a random matrix says, nearly the identity: its numbers are off by up to CHANGE. That
    turns an image by up to 8 degrees, makes it up to 14 percent larger or smaller, and shifts it by up to two pixels.
    """
    count, device = len(images), images.device
    matrices = torch.eye(2, 3, device=device) + CHANGE * (2 * torch.rand(count, 2, 3, device=device) - 1)
    places = F.affine_grid(matrices, images.shape, align_corners=False)
    return F.grid_sample(images, places, align_corners=False)


def share_of_rate(progress):
    """Return the share of the learning rate after a share of all steps: up to 1, then down to 0.

    Small steps at first, as nothing is known yet; large ones find a good region, ever smaller ones settle in it.
    """
    return min(progress / WARM_UP, (1 - progress) / (1 - WARM_UP))


# END SOLUTION


def build_model():
    """Return your network, not yet trained. It has at most 61,706 parameters, as many as LeNet-5.

    It maps images, float32 in [0, 1] of shape (N, 1, 28, 28), to logits of shape (N, 10): one number per digit, the
    largest for the predicted one. No softmax at the end: the loss has it. After the same `torch.manual_seed` it returns
    the same network.

    >>> build_model()(torch.zeros(5, 1, 28, 28)).shape
    torch.Size([5, 10])
    """
    # BEGIN SOLUTION
    model = nn.Sequential(
        nn.Conv2d(1, 6, kernel_size=5, padding=2, bias=False),  # 28x28
        nn.MaxPool2d(2),  # 28x28 -> 14x14, before what would else have four times the work
        normalisation(nn.BatchNorm2d, 6),
        nn.GELU(),
        nn.Conv2d(6, 16, kernel_size=5, bias=False),  # 14x14 -> 10x10
        nn.MaxPool2d(2),  # 10x10 -> 5x5
        normalisation(nn.BatchNorm2d, 16),
        nn.GELU(),
        nn.Flatten(),
        nn.Linear(400, 120, bias=False),
        normalisation(nn.BatchNorm1d, 120),
        nn.GELU(),
        nn.Linear(120, 84, bias=False),
        normalisation(nn.BatchNorm1d, 84),
        nn.GELU(),
        nn.Linear(84, 10),
    )
    return model.to(memory_format=torch.channels_last)  # channels side by side in memory: faster on a CPU
    # END SOLUTION


def train(model, images, labels, *, epochs, seed=0):
    """Train the model in place and return its history: the mean training loss of each epoch, a list of floats.

    images: float32 tensor in [0, 1], (N, 1, 28, 28). labels: int64 tensor, (N,), numbers 0 to 9.
    The model may be on a GPU. The images stay where they are: move each batch to the device of the model.
    The same seed gives the same training.

    >>> model = build_model()
    >>> losses = train(model, torch.rand(20, 1, 28, 28), torch.arange(20) % 10, epochs=3)
    >>> len(losses)
    3
    """
    # BEGIN SOLUTION
    torch.manual_seed(seed)
    device = next(model.parameters()).device
    images, labels = images.to(device), labels.to(device)  # all of them: then no batch waits on its way to a GPU
    weights = [parameter for parameter in model.parameters() if parameter.ndim > 1]
    intercepts = [parameter for parameter in model.parameters() if parameter.ndim == 1]
    optimizer = torch.optim.AdamW(
        [{"params": weights, "weight_decay": WEIGHT_DECAY}, {"params": intercepts, "weight_decay": 0.0}], lr=LEARNING_RATE
    )
    steps = epochs * -(-len(images) // BATCH_SIZE)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: share_of_rate((step + 0.5) / steps))
    model.train()
    history = []
    for _ in range(epochs):
        total = torch.zeros((), device=device)  # stays there: to look at it after each batch would make a GPU wait
        for batch in torch.randperm(len(images), device=device).split(BATCH_SIZE):
            logits = model(augment(images[batch]).contiguous(memory_format=torch.channels_last))
            loss = F.cross_entropy(logits, labels[batch], label_smoothing=LABEL_SMOOTHING)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
            total += loss.detach() * len(batch)
        history.append(total.item() / len(images))
    return history
    # END SOLUTION


if __name__ == "__main__":
    import practice  # loads the images, shows the progress, saves the weights; see python lenet.py --help

    practice.main(build_model, train)
