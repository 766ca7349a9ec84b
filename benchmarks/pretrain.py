"""Train the networks that parts 4 and 5 of the assignment `vision` provide, and write their weights beside its checks.

    CONVGRADE_DATA=... .venv/bin/python benchmarks/pretrain.py [NAME ...]

Each learns from MNIST's training images together with digits that convgrade draws, so that it recognises both: the grader
uses MNIST's test images, or draws digits if MNIST is not there. All use one thread, so that the same machine writes the
same bytes; weights are stored in half precision. `hidden/ten_digits` stays with the instructor.
"""

import argparse
import sys
import time
from collections.abc import Callable

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from autograder import datasets, loading
from autograder.assignment import SOLUTIONS
from autograder.datasets import drawn

CHECKS = SOLUTIONS / "vision" / "checks"
DRAWN, DRAWN_SEED = 12_000, 12_345
BATCH_SIZE, LEARNING_RATE, SHIFT = 100, 2e-3, 2
NETWORKS = {  # its digits, its seed, its epochs, and whether its images are shifted
    "first_five": (range(5), 1, 4, True),
    "ten_digits": (range(10), 2, 3, False),
    "hidden/ten_digits": (range(10), 3, 3, True),
}


def shifted(images: torch.Tensor) -> torch.Tensor:
    """Return each image moved by up to two pixels; pixels that come in are black."""
    count, _, _, side = images.shape
    padded = F.pad(images, (SHIFT,) * 4).squeeze(1)
    rows, columns = (torch.arange(side) + torch.randint(2 * SHIFT + 1, (count, 1)) for _ in range(2))
    return padded[torch.arange(count)[:, None, None], rows[:, :, None], columns[:, None, :]].unsqueeze(1)


def train(network: Callable[[int], nn.Module], kinds: range, seed: int, epochs: int, shifts: bool) -> list[np.ndarray]:
    """Return the weights of a network that has learned these digits, in half precision."""
    images, labels = _digits(kinds)
    torch.manual_seed(seed)
    model = network(len(kinds))
    torch.manual_seed(seed)
    steps = epochs * -(-len(images) // BATCH_SIZE)
    optimizer = torch.optim.AdamW(model.parameters(), lr=LEARNING_RATE, weight_decay=0.0)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, LEARNING_RATE, total_steps=steps)
    for _ in range(epochs):
        for batch in torch.randperm(len(images)).split(BATCH_SIZE):
            seen = shifted(images[batch]) if shifts else images[batch]
            loss = F.cross_entropy(model(seen), labels[batch])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
    return [parameter.detach().half().numpy() for parameter in model.parameters()]


def _digits(kinds: range) -> tuple[torch.Tensor, torch.Tensor]:
    stored = datasets.find("mnist", "train")
    if stored is None:
        sys.exit("MNIST is not here: set CONVGRADE_DATA to the folder that holds it")
    images, labels = (np.concatenate(both) for both in zip(stored.load("train"), drawn.digits(DRAWN, DRAWN_SEED)))
    chosen = np.isin(labels, kinds)
    return torch.from_numpy(images[chosen]).float() / 255, torch.from_numpy(labels[chosen].astype(np.int64))


def main() -> None:
    """Train the chosen networks and print their accuracy on images that they were not trained on."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(NETWORKS)}; all by default")
    asked = arguments.parse_args()
    torch.set_num_threads(1)
    networks, given = (loading.module(CHECKS.parent, f"{room}.given") for room in ("harness", "checks"))
    for name in asked.names or NETWORKS:
        kinds, seed, epochs, shifts = NETWORKS[name]
        started = time.process_time()
        np.savez_compressed(CHECKS / f"{name}.npz", *train(networks.network, kinds, seed, epochs, shifts))
        images, labels = given.digits(datasets.find("mnist"), 500, np.random.default_rng(0), kinds)
        known = given.accuracy(given.network(name), images, labels)
        print(f"{name}: {known:.2%} of {len(images):,} images, {time.process_time() - started:.0f} s of one core")


if __name__ == "__main__":
    main()
