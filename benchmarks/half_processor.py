"""Measure whether every network that the options allow finishes on half a processor, as in the smallest container.

    CONVGRADE_DATA=FOLDER .venv/bin/python -m benchmarks.half_processor [NAME]... [--solutions vision]

Needs root, control groups, CIFAR-10 and MNIST. Each network has nearly as many multiply-adds as assignment.toml allows, and
an optimizer that students use. Its weights are not trained: what counts is whether the checks of the network, of `train`
and of the size pass, and whether all test images are classified before Gradescope's limit. The clock is right only if
nothing else uses the processor, so the time on half a processor is also computed from the processor time. --solutions
grades whole solutions instead, in each of Gradescope's containers until one gives all points.
"""

import argparse
import os
import platform
import resource
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import torch

from autograder import datasets
from autograder.assignment import find
from autograder.grading import grade
from autograder.sandbox import template
from benchmarks import part4
from benchmarks.containers import GROUP, GROUPS, SIZES, bound, unbound

PROCESSORS, GIGABYTES = 0.5, 3

NETWORKS = {
    "wide": """
def build_model():
    layers, channels = [], 3
    for width, count in ((112, 2), (220, 3), (320, 2)):
        for _ in range(count):
            layers += [nn.Conv2d(channels, width, 3, padding=1, bias=False), nn.BatchNorm2d(width), nn.ReLU()]
            channels = width
        layers.append(nn.MaxPool2d(2))
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(channels, 10))
""",
    "residual": """
class Residual(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.path = nn.Sequential(
            nn.Conv2d(width, width, 3, padding=1, bias=False), nn.BatchNorm2d(width), nn.ReLU(),
            nn.Conv2d(width, width, 3, padding=1, bias=False), nn.BatchNorm2d(width),
        )
    def forward(self, images):
        return torch.relu(images + self.path(images))

def build_model():
    layers, channels = [], 3
    for width, count in ((56, 5), (112, 2), (224, 1)):
        layers += [nn.Conv2d(channels, width, 3, padding=1, bias=False), nn.BatchNorm2d(width), nn.ReLU()]
        layers += [*(Residual(width) for _ in range(count)), nn.MaxPool2d(2)]
        channels = width
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(channels, 10))
""",
    "without normalisation": """
def build_model():
    layers, channels = [], 3
    for width, count in ((128, 2), (224, 3), (320, 1)):
        for _ in range(count):
            layers += [nn.Conv2d(channels, width, 3, padding=1), nn.ReLU()]
            channels = width
        layers.append(nn.MaxPool2d(2))
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(channels, 10))
""",
    "LeNet": """
def build_model():
    return nn.Sequential(
        nn.Conv2d(1, 6, 5, padding=2), nn.MaxPool2d(2), nn.ReLU(), nn.Conv2d(6, 16, 5), nn.MaxPool2d(2), nn.ReLU(),
        nn.Flatten(), nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10),
    )
""",
}
TRAIN = """import torch
from torch import nn
from torch.nn import functional as F
{network}
def train(model, images, labels, *, epochs, seed=0):
    torch.manual_seed(seed)
    optimizer = {optimizer}
    model.train()
    history = []
    for _ in range(epochs):
        total = 0.0
        for batch in torch.randperm(len(images)).split(128):
            loss = F.cross_entropy(model(images[batch]), labels[batch])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.item() * len(batch)
        history.append(total / len(images))
    return history
"""
ADAM, SGD = "torch.optim.Adam(model.parameters())", "torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9)"


@dataclass(frozen=True)
class Asked:
    """A part: the checks that must pass, the one that uses all test images, and the one of `train`."""

    assignment: str
    file: str
    must_pass: tuple[str, ...]
    tested: str
    trained: str


CIFAR10 = Asked("cnn", "cifar10.py", ("4.1", "4.2", "4.5"), "4.3", "4.2")
LENET = Asked("vision", "lenet.py", ("1.1", "1.2", "1.4"), "1.3", "1.2")
TRAINED = {
    "wide": (CIFAR10, (ADAM, SGD)),
    "residual": (CIFAR10, (ADAM, SGD)),
    "without normalisation": (CIFAR10, (ADAM,)),
    "LeNet": (LENET, (ADAM, SGD)),
}


def submission(folder: Path, name: str, optimizer: str) -> Path:
    """Write a part with this network, and return its folder."""
    asked, _ = TRAINED[name]
    source = TRAIN.format(network=NETWORKS[name], optimizer=optimizer)
    (folder / asked.file).write_text(source)
    weights = part4.module(source).build_model().state_dict()
    torch.save({key: value.half() if value.is_floating_point() else value for key, value in weights.items()},
               (folder / asked.file).with_suffix(".pt"))  # fmt: skip
    return folder


def join_group() -> None:
    """Limit this process, and all that it starts from now on, to the control group."""
    for group in (*GROUPS.glob(f"*/{GROUP}/cgroup.procs"), *GROUPS.glob(f"{GROUP}/cgroup.procs")):
        group.write_text(str(os.getpid()))


def measure(folder: Path, asked: Asked) -> str:
    """Grade a submission with half a processor, in a process of its own, and return its row of the table."""
    read, write = os.pipe()
    bound(PROCESSORS, GIGABYTES)
    if (child := os.fork()) == 0:
        join_group()
        os.write(write, row(folder, asked).encode())
        os._exit(0)
    os.close(write)
    with os.fdopen(read) as answer:
        said = answer.read()
    os.waitpid(child, 0)
    unbound()
    return said


def solutions(names: list[str]) -> None:
    """Print the cost of grading whole solutions, in containers from the smallest up to one that suffices."""
    print("| solution | processors | memory | points | processor time, s | by the clock, s | most memory, MB |")
    print("|---|---:|---:|---:|---:|---:|---:|")
    for name in names:
        for processors, gigabytes in SIZES:
            peak = bound(processors, gigabytes)
            read, write = os.pipe()
            if (child := os.fork()) == 0:
                join_group()
                started, assigned = time.monotonic(), find(name)
                report = grade(assigned.folder, assigned, seed="a secret")
                template.close_all()
                used = sum(sum(resource.getrusage(who)[:2]) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
                seconds = time.monotonic() - started
                os.write(write, f"{report.score:g} of {report.points:g} | {used:.0f} | {seconds:.0f}".encode())
                os._exit(0)
            os.close(write)
            with os.fdopen(read) as answer:
                said = answer.read()
            os.waitpid(child, 0)
            print(f"| {name} | {processors} | {gigabytes} GB | {said} | {int(peak.read_text()) / 1e6:,.0f} |", flush=True)
            unbound()
            if said and float(said.split()[0]) >= float(said.split()[2]):
                break


def row(folder: Path, asked: Asked) -> str:
    """Grade a submission and report the result."""
    started = time.monotonic()
    outcomes = {each.number: each for each in grade(folder, find(asked.assignment)).outcomes}
    seconds = time.monotonic() - started
    template.close_all()  # what its workers used is then known
    used = sum(sum(resource.getrusage(who)[:2]) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    passed = all(outcomes[number].failure is None for number in asked.must_pass)
    notes = "; ".join(note for number in (asked.must_pass[-1], asked.trained) for note in outcomes[number].notes)
    tested = outcomes[asked.tested]
    all_asked = "all images asked" if tested.notes else f"NOT ASKED: {tested.failure}"
    verdict = "passed" if passed else "FAILED"
    return f"{verdict}, {all_asked} | {used:.0f} | {used / PROCESSORS:.0f} | {seconds:.0f} | {notes}"


def main() -> None:
    """Print a table in Markdown; fail if a network does not pass in time."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", help="some of the networks; all by default")
    parser.add_argument("--solutions", nargs="+", metavar="NAME", help="grade these whole solutions instead")
    arguments = parser.parse_args()
    names = arguments.names or list(NETWORKS)
    if not (datasets.find("cifar10") and datasets.find("mnist")):
        parser.error("CIFAR-10 or MNIST is not here: set CONVGRADE_DATA to the folder that holds them")
    limit = find("cnn").config.seconds
    print(f"{os.cpu_count()} cores, {platform.machine()}, {date.today()}; Gradescope's limit is {limit:g} s\n")
    if arguments.solutions:
        solutions(arguments.solutions)
        return
    print("| network | network, train, size | processor time, s | of half a processor, s | by the clock, s | |")
    print("|---|---|---:|---:|---:|---|")
    failed = False
    for name in names:
        asked, optimizers = TRAINED[name]
        for optimizer in optimizers:
            with tempfile.TemporaryDirectory() as temporary:
                Path(temporary).chmod(0o755)
                said = measure(submission(Path(temporary), name, optimizer), asked)
            print(f"| {name}, {optimizer.split('.')[2].split('(')[0]} | {said} |", flush=True)
            failed |= "FAILED" in said or "NOT ASKED" in said or float(said.split("|")[2]) > limit
    sys.exit(failed)


if __name__ == "__main__":
    main()
