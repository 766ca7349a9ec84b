"""What small networks achieve, and how fast, on CIFAR-10 or MNIST: evidence for instructors who choose thresholds.

    CONVGRADE_DATA=... .venv/bin/python -m benchmarks.thresholds [cifar10 | mnist] [--epochs 1 5 10 20] [--only NAME]

Each network is trained from scratch for each number of epochs, with seed 0: after 5 epochs, a schedule that ends there has
achieved more than one that ends after 20. "plain" ones are trained by the shortest possible loop on unchanged images; the
solution by its own `train`; the others on CIFAR-10 by the one of tests/honest/cifar10.py, as a good student writes it.
Accuracy is measured on all 10,000 test images, and on one view of each, as the checks show them. For MNIST, errors are
counted; those on views are the mean of five. Each figure is kept at once in docs/thresholds.json, and what is there is not
trained again; the table of docs/thresholds.md is printed at the end. Its times are epochs times the least seconds per epoch
that the network took: on CIFAR-10 by the clock, with two threads, on an idle machine; on MNIST in processor time, with one
thread, which two cores do not exceed. --weights measures existing weights instead: those of the solutions and of
tests/honest.

The multiply-adds of a training are three times those of classifying its images: the backward pass costs twice the forward
pass. Energy is estimated, not measured: two server cores at 30 W that do 10^11 of them a second spend 0.3 nJ on each.
"""

import argparse
import json
import os
import platform
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import torch
from click import progressbar
from torch import nn
from torch.nn import functional as F
from torch.utils.flop_counter import FlopCounterMode

from autograder import datasets
from autograder.networks import augmentations
from benchmarks import part4

RESULTS = part4.ROOT / "docs" / "thresholds.json"
JOULES_PER_MULTIPLY_ADD = 0.3e-9
CORES = 2
Split = tuple[np.ndarray, np.ndarray]  # images and labels, as `datasets` loads them


def linear() -> nn.Module:
    """Return one layer from all pixels to all classes, for comparison."""
    return nn.Sequential(nn.Flatten(), nn.Linear(3 * 32 * 32, 10))


def tutorial() -> nn.Module:
    """Return the network of PyTorch's own tutorial."""
    return nn.Sequential(
        nn.Conv2d(3, 6, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10),
    )  # fmt: skip


def lenet() -> nn.Module:
    """Return LeNet-5 for colour images: tanh and average pools. Source: LeCun et al., 1998."""
    return nn.Sequential(
        nn.Conv2d(3, 6, 5), nn.Tanh(), nn.AvgPool2d(2), nn.Conv2d(6, 16, 5), nn.Tanh(), nn.AvgPool2d(2),
        nn.Conv2d(16, 120, 5), nn.Tanh(), nn.Flatten(), nn.Linear(120, 84), nn.Tanh(), nn.Linear(84, 10),
    )  # fmt: skip


def train_plainly(model: nn.Module, images: torch.Tensor, labels: torch.Tensor, *, epochs: int, seed: int = 0) -> None:
    """Train as a beginner does: no shifts, no flips, the same learning rate to the end."""
    torch.manual_seed(seed)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9)
    model.train()
    for _ in range(epochs):
        for batch in torch.randperm(len(images)).split(32):
            loss = F.cross_entropy(model(images[batch]), labels[batch])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()


HONEST, SOLUTION = part4.submission(part4.HONEST), part4.submission(part4.SOLUTION)
NETWORKS = {
    "linear": (linear, HONEST.train),
    "LeNet-5": (lenet, HONEST.train),
    "PyTorch tutorial": (tutorial, HONEST.train),
    "PyTorch tutorial, plain": (tutorial, train_plainly),
    "3 blocks": (HONEST.build_model, HONEST.train),
    "solution": (SOLUTION.build_model, SOLUTION.train),
}


def modern_lenet(first: int = 6, second: int = 16, hidden: tuple[int, ...] = (120, 84)) -> nn.Module:
    """Return LeNet-5 for digits, as it is written today: ReLU and max pools. The arguments are the widths of its layers."""
    sizes = (25 * second, *hidden)
    dense = [layer for pair in zip(sizes, hidden) for layer in (nn.Linear(*pair), nn.ReLU())]
    return nn.Sequential(
        nn.Conv2d(1, first, 5, padding=2), nn.MaxPool2d(2), nn.ReLU(),
        nn.Conv2d(first, second, 5), nn.MaxPool2d(2), nn.ReLU(),
        nn.Flatten(), *dense, nn.Linear(sizes[-1], 10),
    )  # fmt: skip


def half_lenet() -> nn.Module:
    """Return a network like LeNet with less than half of its 416,520 multiply-adds."""
    return modern_lenet(4, 10, (84,))


def train_shifted(model: nn.Module, images: torch.Tensor, labels: torch.Tensor, *, epochs: int, seed: int = 0) -> None:
    """Train with images shifted by up to two pixels, and a learning rate that falls."""
    torch.manual_seed(seed)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.002)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, epochs * -(-len(images) // 100))
    padded, places = F.pad(images, (2, 2, 2, 2)), torch.arange(28)
    model.train()
    for _ in range(epochs):
        for batch in torch.randperm(len(images)).split(100):
            rows, columns = (places + torch.randint(5, (len(batch), 1)) for _ in range(2))
            shifted = padded[batch[:, None, None], 0, rows[:, :, None], columns[:, None, :]].unsqueeze(1)
            loss = F.cross_entropy(model(shifted), labels[batch])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()


DIGITS_SOLUTION = part4.submission(part4.VISION, "lenet.py")
DIGITS = {
    "LeNet-5, plain": (modern_lenet, train_plainly),
    "LeNet-5, shifted": (modern_lenet, train_shifted),
    "half cost": (half_lenet, DIGITS_SOLUTION.train),
    "solution": (DIGITS_SOLUTION.build_model, DIGITS_SOLUTION.train),
}


def multiply_adds(model: nn.Module, images: torch.Tensor) -> int:
    """Return the multiply-adds of classifying one image."""
    counter = FlopCounterMode(display=False)
    with torch.no_grad(), counter:
        model.eval()(images[:1])
    return counter.get_total_flops() // 2


def measure(
    name: str,
    build: Callable[[], nn.Module],
    train: Callable,
    epochs: int,
    train_set: tuple[torch.Tensor, torch.Tensor],
    look: Callable[[nn.Module], dict],
) -> dict:
    """Train one network and return the results. look: measures the trained network."""
    torch.manual_seed(0)
    model = build()
    with progressbar(length=epochs * len(train_set[0]), label=f"{name}, {epochs} epochs", file=sys.stderr) as bar:
        model.register_forward_pre_hook(lambda _, arguments: bar.update(len(arguments[0])))
        started, started_computing = time.perf_counter(), time.process_time()
        train(model, *train_set, epochs=epochs, seed=0)
        seconds, computing = time.perf_counter() - started, time.process_time() - started_computing
    cost = multiply_adds(model, train_set[0])
    return {
        "parameters": sum(parameter.numel() for parameter in model.parameters()),
        "multiply-adds": cost,
        "seconds per epoch": round(seconds / epochs, 1),
        "processor seconds per epoch": round(computing / epochs, 1),
        **look(model),
        "multiply-adds trained": 3 * cost * len(train_set[0]) * epochs,
    }


def accuracies(model: nn.Module, test_set: Split) -> dict:
    """Return a model's accuracy on the test images, and on a view of each."""
    images, labels = np.array(test_set[0]), np.array(test_set[1])
    published = recalls(model, images, labels)
    seen = recalls(model, augmentations.draw(images, np.random.default_rng(0)), labels)
    return {
        "accuracy": round(float(published.mean()), 4),
        "worst class": round(float(published.min()), 3),
        "accuracy on views": round(float(seen.mean()), 4),
        "worst class on views": round(float(seen.min()), 3),
    }


def errors(model: nn.Module, test_set: Split) -> dict:
    """Return how many of the test images a model misreads, and how many of their views, the mean of five views."""
    images, labels = np.array(test_set[0]), np.array(test_set[1])
    seen = [augmentations.nudged(images, np.random.default_rng(seed)) for seed in range(5)]
    wrong = [int((~recognised(model, each, labels)).sum()) for each in (images, *seen)]
    return {"errors": wrong[0], "errors on views": sum(wrong[1:]) / len(seen)}


def recalls(model: nn.Module, images: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Return the share of images of each class that a model recognises; the classes are equally large."""
    right = recognised(model, images, labels)
    return np.array([right[labels == each].mean() for each in range(10)])


def recognised(model: nn.Module, images: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Return which images a model recognises."""
    model.eval()
    with torch.no_grad():
        answers = [model(batch.float() / 255).argmax(dim=1) for batch in torch.from_numpy(images).split(500)]
    return torch.cat(answers).numpy() == labels


def with_weights(folder: Path, file: str, test_set: Split, look: Callable[[nn.Module, Split], dict]) -> dict:
    """Return the same for a submission's own weights."""
    model = part4.submission(folder, file).build_model()
    model.load_state_dict(torch.load((folder / file).with_suffix(".pt"), weights_only=True))
    return look(model, test_set)


def table(results: dict) -> str:
    """Return the results as a table for docs/thresholds.md."""
    lines = [
        "| network | parameters | multiply-adds | epochs | accuracy | on views | worst class | on views "
        "| s an epoch | time | trained | energy |",
        "|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for name in NETWORKS:
        rows = by_epochs(results, name)
        per_epoch = min((row["seconds per epoch"] for _, row in rows), default=0.0)  # the machine was quietest then
        for epochs, row in rows:
            trained = row["multiply-adds trained"]
            lines.append(
                f"| {name} | {row['parameters']:,} | {row['multiply-adds'] / 1e6:.2f} M | {epochs} "
                f"| {row['accuracy']:.1%} | {percent(row, 'accuracy on views')} "
                f"| {row['worst class']:.1%} | {percent(row, 'worst class on views')} "
                f"| {per_epoch:.1f} | {int(epochs) * per_epoch / 60:.1f} min "
                f"| {trained / 1e12:.3g} T | {trained * JOULES_PER_MULTIPLY_ADD / 3600:.2g} Wh |"
            )
    return "\n".join(lines)


def table_of_digits(results: dict) -> str:
    """Return the same for MNIST."""
    lines = [
        "| network | parameters | multiply-adds | epochs | errors | on views | s an epoch | time | trained | energy |",
        "|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for name in DIGITS:
        rows = by_epochs(results, name)
        per_epoch = min((row["processor seconds per epoch"] for _, row in rows), default=0.0)
        for epochs, row in rows:
            trained = row["multiply-adds trained"]
            lines.append(
                f"| {name} | {row['parameters']:,} | {row['multiply-adds']:,} | {epochs} | {row['errors']} "
                f"| {row['errors on views']:.1f} | {per_epoch:.1f} | {int(epochs) * per_epoch / 60:.1f} min "
                f"| {trained / 1e12:.3g} T | {trained * JOULES_PER_MULTIPLY_ADD / 3600:.2g} Wh |"
            )
    return "\n".join(lines)


def by_epochs(results: dict, name: str) -> list[tuple[str, dict]]:
    """Return the results of a network, the shortest training first."""
    return sorted(results["networks"].get(name, {}).items(), key=lambda item: int(item[0]))


def percent(row: dict, name: str) -> str:
    """Return a share as a text."""
    return f"{row[name]:.1%}" if name in row else "not measured"


@dataclass(frozen=True)
class Task:
    """What is measured with the images of a data set: networks, submissions with weights, and how."""

    networks: dict
    weights: tuple
    threads: int
    look: Callable
    table: Callable


TASKS = {
    "cifar10": Task(NETWORKS, ((part4.HONEST, "cifar10.py"), (part4.SOLUTION, "cifar10.py")), CORES, accuracies, table),
    "mnist": Task(DIGITS, ((part4.VISION, "lenet.py"),), 1, errors, table_of_digits),
}


def main() -> None:
    """Measure what is not yet measured, and print the table."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("data", choices=TASKS, nargs="?", default="cifar10")
    arguments.add_argument("--epochs", type=int, nargs="+", default=[1, 5, 10, 20])
    arguments.add_argument("--only", nargs="+")
    arguments.add_argument("--weights", action="store_true")
    asked = arguments.parse_args()
    task = TASKS[asked.data]
    if unknown := set(asked.only or ()) - task.networks.keys():
        arguments.error(f"unknown networks: {', '.join(sorted(unknown))}; available: {', '.join(task.networks)}")
    stored = datasets.find(asked.data, "train")
    if stored is None:
        sys.exit(f"{asked.data} is not here: set CONVGRADE_DATA to the folder that holds it")
    torch.set_num_threads(task.threads)
    train_set, test_set = part4.tensors(stored.load("train")), stored.load("test")
    if asked.weights:
        for folder, file in task.weights:
            print(folder.name, with_weights(folder, file, test_set, task.look))
        return
    results = json.loads(RESULTS.read_text())
    measured = results.setdefault(asked.data, {"networks": {}})
    measured["machine"] = f"{min(CORES, os.cpu_count() or 1)} cores, {platform.machine()}, PyTorch {torch.__version__}"
    measured["date"] = date.today().isoformat()
    for name in asked.only or task.networks:
        for epochs in map(str, asked.epochs):
            if epochs not in measured["networks"].setdefault(name, {}):
                measured["networks"][name][epochs] = measure(
                    name, *task.networks[name], int(epochs), train_set, lambda model: task.look(model, test_set)
                )
                RESULTS.write_text(json.dumps(results, indent=1) + "\n")
    print(f"{measured['machine']}, {measured['date']}\n\n{task.table(measured)}")


if __name__ == "__main__":
    main()
