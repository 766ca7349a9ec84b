"""Part 5: show where networks fail, and train one that fails less.

A digit that is moved by a pixel, or seen through noise, is the same digit to us. To a network it can be another one. And
there are changes, hardly visible to us, after which a network is wrong about most images. All images here are tensors,
float32 in [0, 1] of shape (N, 1, 28, 28): white digits on black. Models map them to logits of shape (N, 10).
"""

import torch
from torch.nn import functional as F

# BEGIN SOLUTION
STEPS = 10  # of an attack
BATCH_SIZE, LEARNING_RATE = 50, 0.002
DEVIATION = 0.9  # of the strongest noise in training
# END SOLUTION


def moved(images, down, right):
    """Return the images moved by whole pixels: down and to the right, or up and to the left where negative.

    Pixels that come in are black, those that leave are lost. Leave the given images as they are.

    >>> moved(torch.tensor([[[[0.1, 0.2], [0.3, 0.4]]]]), down=1, right=0)
    tensor([[[[0.0000, 0.0000],
              [0.1000, 0.2000]]]])
    """
    # BEGIN SOLUTION
    return F.pad(images, (right, -right, down, -down))
    # END SOLUTION


def noisy(images, deviation, seed=0):
    """Return the images plus normal noise of this standard deviation, drawn separately for each pixel of each image.

    Results below 0 become 0, those above 1 become 1. The same seed gives the same noise, another seed different noise.
    Leave the given images as they are.
    """
    # BEGIN SOLUTION
    random = torch.Generator().manual_seed(seed)
    return (images + deviation * torch.randn(images.shape, generator=random)).clamp(0, 1)
    # END SOLUTION


def accuracies(model, images, labels, changes):
    """Return a model's accuracy on the images after each change: a dict, from the name of the change to the accuracy.

    labels: int64 (N,). changes: a dict from names to functions, each of which takes images and returns them changed. The
    accuracy is a float from 0 to 1: the share of images whose largest logit is that of their label. Put the model into
    evaluation mode first.
    """
    # BEGIN SOLUTION
    model.eval()
    with torch.no_grad():
        right = {name: model(change(images)).argmax(dim=1) == labels for name, change in changes.items()}
    return {name: each.float().mean().item() for name, each in right.items()}
    # END SOLUTION


def adversarial(model, images, labels, budget):
    """Return the images, changed so that the model is wrong about as many of them as you can.

    labels: int64 (N,), what the images show. budget: no pixel may change by more than this, and all stay in [0, 1].
    The fast way takes one step along the sign of the loss's gradient: FGSM (Goodfellow, Shlens, Szegedy, Explaining and
    Harnessing Adversarial Examples, 2015). Several smaller steps mislead the model more often, and give bonus points.
    """
    # BEGIN SOLUTION
    attacked = images.clone()
    for _ in range(STEPS):
        attacked.requires_grad_()
        loss = F.cross_entropy(model(attacked), labels)
        (gradient,) = torch.autograd.grad(loss, attacked)
        step = attacked.detach() + 2.5 * budget / STEPS * gradient.sign()
        attacked = step.clamp(images - budget, images + budget).clamp(0, 1)
    return attacked
    # END SOLUTION


def train_robust(model, images, labels, *, epochs, seed=0):
    """Train a model that already knows digits further, in place, so that noise misleads it less often.

    images: about 3,000. labels: int64 (N,), numbers 0 to 9. The same seed gives the same training.
    Returns the mean loss of each epoch, a list of floats. The model is then tested on other images, as they are and with
    normal noise of a standard deviation of 0.7, cut off at 0 and 1: its accuracy on the noisy ones gives points, if it
    still recognises 95 % of the clean ones.
    """
    # BEGIN SOLUTION
    torch.manual_seed(seed)
    optimizer = torch.optim.Adam(model.parameters(), lr=LEARNING_RATE)
    model.train()
    history = []
    for _ in range(epochs):
        total = 0.0
        for batch in torch.randperm(len(images)).split(BATCH_SIZE):
            # Between none and the strongest: then the clean images are not forgotten.
            deviations = DEVIATION * torch.rand(len(batch), 1, 1, 1)
            seen = (images[batch] + deviations * torch.randn(images[batch].shape)).clamp(0, 1)
            loss = F.cross_entropy(model(seen), labels[batch])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.item() * len(batch)
        history.append(total / len(images))
    return history
    # END SOLUTION
