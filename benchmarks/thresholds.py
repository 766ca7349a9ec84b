"""What small networks reach on CIFAR-10 after how long: the evidence for an instructor who chooses thresholds.

    CONVGRADE_DATA=... .venv/bin/python benchmarks/thresholds.py [--epochs 1 5 10 20] [--only NAME]

Each network is trained from scratch for each number of epochs, with seed 0: a schedule that ends after 5 epochs has reached
more by then than one that ends after 20. "plain" ones are trained by the shortest loop there is, with images as they are;
the solution by its own `train`; the others by the one of tests/honest/cifar10.py, as a good student writes it. Accuracy is
that on all 10,000 test images, and on one view of each, as check 4.3 shows them. Each figure is kept at once in
docs/thresholds.json, and what is there is not trained again; the table of docs/thresholds.md is printed at the end. Its
times are epochs times the least seconds per epoch that the network took. --weights measures the weights that are there
instead: the solution's and those of tests/honest.

Multiply-adds of a training are three times those of looking at its images: backwards through a layer costs twice the way
there. Energy is estimated, not measured: two server cores at 30 W that do 10^11 of them a second spend 0.3 nJ on each.
"""

import argparse
import json
import os
import platform
import sys
import time
from datetime import date

import numpy as np
import torch
from click import progressbar
from torch import nn
from torch.nn import functional as F
from torch.utils.flop_counter import FlopCounterMode

from autograder import datasets, loading
from benchmarks import part4

views = loading.module(part4.SOLUTION, "checks.robustness").views
RESULTS = part4.ROOT / "docs" / "thresholds.json"
JOULES_PER_MULTIPLY_ADD = 0.3e-9
CORES = 2


def linear():
    """Return one layer from all pixels to all classes, for comparison."""
    return nn.Sequential(nn.Flatten(), nn.Linear(3 * 32 * 32, 10))


def tutorial():
    """Return the network of PyTorch's own tutorial."""
    return nn.Sequential(
        nn.Conv2d(3, 6, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10),
    )  # fmt: skip


def lenet():
    """Return LeNet-5 for colour images: tanh and average pools. Source: LeCun et al., 1998."""
    return nn.Sequential(
        nn.Conv2d(3, 6, 5), nn.Tanh(), nn.AvgPool2d(2), nn.Conv2d(6, 16, 5), nn.Tanh(), nn.AvgPool2d(2),
        nn.Conv2d(16, 120, 5), nn.Tanh(), nn.Flatten(), nn.Linear(120, 84), nn.Tanh(), nn.Linear(84, 10),
    )  # fmt: skip


def train_plainly(model, images, labels, *, epochs, seed=0):
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


def multiply_adds(model) -> int:
    """Return those of looking at one image."""
    counter = FlopCounterMode(display=False)
    with torch.no_grad(), counter:
        model.eval()(torch.zeros(1, 3, 32, 32))
    return counter.get_total_flops() // 2


def measure(name: str, epochs: int, train_set, test_set) -> dict:
    """Train one network and return what came out."""
    build, train = NETWORKS[name]
    torch.manual_seed(0)
    model = build()
    with progressbar(length=epochs * len(train_set[0]), label=f"{name}, {epochs} epochs", file=sys.stderr) as bar:
        model.register_forward_pre_hook(lambda _, arguments: bar.update(len(arguments[0])))
        started = time.perf_counter()
        train(model, *train_set, epochs=epochs, seed=0)
        seconds = time.perf_counter() - started
    cost = multiply_adds(model)
    return {
        "parameters": sum(parameter.numel() for parameter in model.parameters()),
        "multiply-adds": cost,
        "seconds per epoch": round(seconds / epochs, 1),
        **accuracies(model, test_set),
        "multiply-adds trained": 3 * cost * len(train_set[0]) * epochs,
    }


def accuracies(model, test_set) -> dict:
    """Return how well a model knows the test images, and a view of each."""
    images, labels = np.array(test_set[0]), np.array(test_set[1])
    published, seen = recalls(model, images, labels), recalls(model, views(images, np.random.default_rng(0)), labels)
    return {
        "accuracy": round(float(published.mean()), 4),
        "worst class": round(float(published.min()), 3),
        "accuracy on views": round(float(seen.mean()), 4),
        "worst class on views": round(float(seen.min()), 3),
    }


def recalls(model, images, labels) -> np.ndarray:
    """Return the share of images of each class that a model recognises; the classes are equally large."""
    model.eval()
    with torch.no_grad():
        answers = [model(batch.float() / 255).argmax(dim=1) for batch in torch.from_numpy(images).split(500)]
    right = torch.cat(answers).numpy() == labels
    return np.array([right[labels == each].mean() for each in range(10)])


def with_weights(folder, test_set) -> dict:
    """Return the same of a submission's own weights."""
    model = part4.submission(folder).build_model()
    model.load_state_dict(torch.load(folder / "cifar10.pt", weights_only=True))
    return accuracies(model, test_set)


def table(results: dict) -> str:
    """Return the results as a table for docs/thresholds.md."""
    lines = [
        "| network | parameters | multiply-adds | epochs | accuracy | on views | worst class | on views "
        "| s an epoch | time | trained | energy |",
        "|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for name in NETWORKS:
        rows = sorted(results["networks"].get(name, {}).items(), key=lambda item: int(item[0]))
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


def percent(row: dict, name: str) -> str:
    """Return a share as a text."""
    return f"{row[name]:.1%}" if name in row else "not measured"


def main() -> None:
    """Measure what is not yet measured, and print the table."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--epochs", type=int, nargs="+", default=[1, 5, 10, 20])
    arguments.add_argument("--only", choices=NETWORKS, nargs="+", default=list(NETWORKS))
    arguments.add_argument("--weights", action="store_true")
    asked = arguments.parse_args()
    stored = datasets.find("cifar10", "train")
    if stored is None:
        sys.exit("CIFAR-10 is not here: set CONVGRADE_DATA to the folder that holds it")
    torch.set_num_threads(CORES)
    train_set, test_set = part4.tensors(stored.load("train")), stored.load("test")
    if asked.weights:
        for folder in (part4.HONEST, part4.SOLUTION):
            print(folder.name, with_weights(folder, test_set))
        return
    results = json.loads(RESULTS.read_text()) if RESULTS.exists() else {"networks": {}}
    results["machine"] = f"{min(CORES, os.cpu_count() or 1)} cores, {platform.machine()}, PyTorch {torch.__version__}"
    results["date"] = date.today().isoformat()
    for name in asked.only:
        for epochs in map(str, asked.epochs):
            if epochs not in results["networks"].setdefault(name, {}):
                results["networks"][name][epochs] = measure(name, int(epochs), train_set, test_set)
                RESULTS.parent.mkdir(exist_ok=True)
                RESULTS.write_text(json.dumps(results, indent=1) + "\n")
    print(f"{results['machine']}, {results['date']}\n\n{table(results)}")


if __name__ == "__main__":
    main()
