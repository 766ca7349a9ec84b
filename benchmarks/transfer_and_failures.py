"""How far apart right and wrong solutions of parts 4 and 5 of `vision` are: evidence for their thresholds.

    CONVGRADE_DATA=... .venv/bin/python benchmarks/transfer_and_failures.py [attacks transfer robustness] [--seeds 30]

Each figure is measured with the checks' own code, under many seeds, on MNIST's test images and on digits that
convgrade draws. It is kept at once in docs/transfer_and_failures.json, and what is there is not measured again; the tables
of docs/thresholds.md are printed at the end. One thread; times are processor time.
"""

import argparse
import json
import os
import platform
import sys
import time
from collections.abc import Callable
from datetime import date

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from autograder import datasets, loading
from autograder.assignment import SOLUTIONS
from benchmarks import part4

VISION = SOLUTIONS / "vision"
RESULTS = part4.ROOT / "docs" / "transfer_and_failures.json"
given, transfer, failures = (loading.module(VISION, f"checks.{name}") for name in ("given", "transfer", "failures"))
networks, training = (loading.module(VISION, f"harness.{name}") for name in ("given", "transfer"))
solution = loading.module(VISION, "failures")
DATA = ("MNIST", "drawn digits")
KINDS, LAYERS = transfer.NEW, 8  # arrays of parameters
# Of the arrays of parameters, in order, how many are shared, and how many of these are frozen.
WAYS = {
    "nothing shared": (0, 0),
    "convolutions shared and frozen": (4, 4),
    "all but the last shared, everything learns": (6, 0),
    "all but the last shared and frozen": (6, 6),
}


def one_step(model: nn.Module, images: torch.Tensor, labels: torch.Tensor, budget: float, sign: int = 1) -> torch.Tensor:
    """Return the images after FGSM; with a sign of -1, after a step in the wrong direction."""
    seen = images.clone().requires_grad_()
    (gradient,) = torch.autograd.grad(F.cross_entropy(model(seen), labels), seen)
    return (images + sign * budget * gradient.sign()).clamp(0, 1)


ATTACKS: dict[str, Callable] = {
    "noise of that size": lambda model, images, labels, budget: images + budget * torch.randn(images.shape).sign(),
    "one step the wrong way": lambda *arguments: one_step(*arguments, sign=-1),
    "one step (FGSM)": one_step,
    "ten steps (PGD), the solution": solution.adversarial,
}


def attacked(which: failures.Attack, attack: Callable, random: np.random.Generator) -> float:
    """Return the share of digits that a network still recognises after an attack."""
    weights = given.network(which.network)
    images, labels = given.digits(datasets.find("mnist"), failures.ATTACKED, random)
    known = given.logits(weights, images).argmax(axis=1) == labels
    images, labels = images[known], labels[known]
    budget = which.budget if datasets.find("mnist") else which.drawn_budget
    changed = attack(networks.with_weights(weights), torch.from_numpy(images), torch.from_numpy(labels), budget)
    return given.accuracy(weights, changed.clamp(0, 1).numpy(), labels)


def curve(shared: int, frozen: int, random: np.random.Generator) -> list[float]:
    """Return the accuracy after each epoch of one training, as check 4.2 measures it."""
    images, labels = given.digits(datasets.find("mnist"), transfer.IMAGES + transfer.HELD_OUT, random, KINDS)
    order = np.argsort(labels, kind="stable").reshape(len(KINDS), -1)
    learned, asked = order[:, : transfer.IMAGES].ravel(), order[:, transfer.IMAGES :].ravel()
    classes = labels - KINDS[0]
    known = given.network("first_five")
    is_shared, learns = [each < shared for each in range(LAYERS)], [each >= frozen for each in range(LAYERS)]
    seed = int(random.integers(2**31))
    taken_for = training.learning(
        None, known, is_shared, learns, images[learned], classes[learned], images[asked], transfer.EPOCHS, seed
    )
    return [float(share) for share in (taken_for == classes[asked]).mean(axis=1)]


def trained_plainly(model: nn.Module, images: torch.Tensor, labels: torch.Tensor, *, epochs: int, seed: int = 0) -> None:
    """Train without noise."""
    torch.manual_seed(seed)
    optimizer = torch.optim.Adam(model.parameters(), lr=solution.LEARNING_RATE)
    for _ in range(epochs):
        for batch in torch.randperm(len(images)).split(solution.BATCH_SIZE):
            loss = F.cross_entropy(model(images[batch]), labels[batch])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()


TRAININGS: dict[str, tuple[Callable, int]] = {
    "as it is given": (trained_plainly, 0),
    "without noise": (trained_plainly, failures.EPOCHS),
    "the solution, 2 epochs": (solution.train_robust, 2),
    "the solution": (solution.train_robust, failures.EPOCHS),
}


def robust(train: Callable, epochs: int, random: np.random.Generator) -> list[float]:
    """Return a network's accuracy after a training, on clean and on noisy images, and the seconds that it took."""
    images, labels = given.digits(datasets.find("mnist"), failures.TRAINED + failures.ASKED, random)
    learned = failures.TRAINED * 10
    model = networks.with_weights(given.network("ten_digits"))
    started = time.process_time()
    train(model, torch.from_numpy(images[:learned]), torch.from_numpy(labels[:learned]), epochs=epochs)
    seconds = time.process_time() - started
    images, labels, weights = images[learned:], labels[learned:], networks.weights_of(model)
    noisy = (images + failures.NOISE * random.standard_normal(images.shape, np.float32)).clip(0, 1)
    return [given.accuracy(weights, images, labels), given.accuracy(weights, noisy, labels), seconds]


def measurements() -> dict[str, Callable]:
    """Return what can be measured: a name for each, and a function of random numbers."""
    attacks = {
        f"attacks/{which.network}/{name}": lambda random, which=which, attack=attack: attacked(which, attack, random)
        for which in (failures.OPEN, failures.HIDDEN)
        for name, attack in ATTACKS.items()
    }
    ways = {f"transfer/{name}": lambda random, way=way: curve(*way, random) for name, way in WAYS.items()}
    trainings = {
        f"robustness/{name}": lambda random, train=train, epochs=epochs: robust(train, epochs, random)
        for name, (train, epochs) in TRAININGS.items()
    }
    return attacks | ways | trainings


def tables(results: dict) -> str:
    """Return the results as tables for docs/thresholds.md."""
    found = {name: np.array(values) for name, values in results["figures"].items()}
    lines = ["| attack | network | digits | seeds | left, mean | least | most |", "|---|---|---|---:|---:|---:|---:|"]
    for name, values in found.items():
        kind, data, *what = name.split("/")
        if kind == "attacks":
            *network, attack = what
            which = "hidden" if "hidden" in network else "given"
            shares = " | ".join(f"{share:.1%}" for share in (values.mean(), values.min(), values.max()))
            lines.append(f"| {attack} | {which} | {data} | {len(values)} | {shares} |")
    lines += [
        "",
        "| transfer | digits | seeds | after 1 epoch | after 3 | ends at | above a new one: at the start | at the end |",
        "|---|---|---:|---:|---:|---:|---:|---:|",
    ]
    for name, values in found.items():
        kind, data, *what = name.split("/")
        if kind == "transfer":
            new = found[f"transfer/{data}/nothing shared"][: len(values)]
            ends, new_ends = (each[:, -transfer.LAST :].mean(axis=1) for each in (values, new))
            start, end = values[:, 0] - new[:, 0], ends - new_ends
            lines.append(
                f"| {what[0]} | {data} | {len(values)} | {values[:, 0].mean():.1%} | {values[:, 2].mean():.1%} "
                f"| {ends.mean():.1%} | {100 * start.mean():.1f} ± {100 * start.std():.1f} points "
                f"| {100 * end.mean():.1f} ± {100 * end.std():.1f} points |"
            )
    lines += [
        "",
        "| training | digits | seeds | clean | least | noisy | least | most | seconds |",
        "|---|---|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for name, values in found.items():
        kind, data, *what = name.split("/")
        if kind == "robustness":
            clean, noisy, seconds = values.T
            lines.append(
                f"| {what[0]} | {data} | {len(values)} | {clean.mean():.1%} | {clean.min():.1%} "
                f"| {noisy.mean():.1%} | {noisy.min():.1%} | {noisy.max():.1%} | {np.median(seconds):.1f} |"
            )
    return "\n".join(lines)


def main() -> None:
    """Measure what is not yet measured, and print the tables."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("only", nargs="*", help="attacks, transfer or robustness; all by default")
    arguments.add_argument("--seeds", type=int, default=30)
    arguments.add_argument("--named", default="", help="only measurements whose name contains this text")
    asked = arguments.parse_args()
    if not datasets.find("mnist"):
        sys.exit("MNIST is not here: set CONVGRADE_DATA to the folder that holds it")
    torch.set_num_threads(1)
    results = json.loads(RESULTS.read_text()) if RESULTS.exists() else {"figures": {}}
    results["machine"] = f"1 of {os.cpu_count()} cores, {platform.machine()}, PyTorch {torch.__version__}"
    results["date"] = date.today().isoformat()
    find = datasets.find
    for data in DATA:
        datasets.find = find if data == "MNIST" else lambda *_: None
        for name, measure in measurements().items():
            kind, _, what = name.partition("/")
            if kind in (asked.only or kind) and asked.named in name:
                values = results["figures"].setdefault(f"{kind}/{data}/{what}", [])
                for seed in range(len(values), asked.seeds):
                    torch.manual_seed(seed)
                    values.append(measure(np.random.default_rng(seed)))
                RESULTS.write_text(json.dumps(results, indent=1) + "\n")
    print(f"{results['machine']}, {results['date']}\n\n{tables(results)}")


if __name__ == "__main__":
    main()
