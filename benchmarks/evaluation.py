"""What evaluating a network in the sandbox costs: 10,000 images, beside a bare PyTorch loop, in one run.

    .venv/bin/python -m benchmarks.evaluation [--runs 5] [--images 10000] [--solutions cnn vision]

The network has about a million parameters. Both give it batches of 125, the loop in this process, the grader across the
boundary of the sandbox and back. They take turns, and use as many threads as assignment.toml allows. Then whole solutions
are graded, and the memory of all their processes is added up (shared pages counted once) every 20 ms. If CIFAR-10 is here,
cnn's weights classify all 10,000 test images.
"""

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

import numpy as np
import psutil
import torch
from torch import nn

from autograder import datasets
from autograder.assignment import find
from autograder.networks.part import IMAGES_PER_CALL
from autograder.sandbox.host import Sandbox, Worker
from autograder.sandbox.replies import Returned
from benchmarks import part4

CNN = find("cnn")
NETWORK = """
from torch import nn

def build_model():
    layers, channels = [], 3
    for width in (64, 128, 256):
        for _ in range(2):
            layers += [nn.Conv2d(channels, width, 3, padding=1), nn.BatchNorm2d(width), nn.ReLU()]
            channels = width
        layers.append(nn.MaxPool2d(2))
    return nn.Sequential(*layers, nn.AdaptiveMaxPool2d(1), nn.Flatten(), nn.Linear(channels, 10))
"""


def bare(model: nn.Module, images: np.ndarray) -> tuple[float, np.ndarray]:
    """Run the network in this process; return the seconds and the logits."""
    started = time.perf_counter()
    with torch.no_grad():
        logits = [model(batch.float() / 255) for batch in torch.from_numpy(images).split(IMAGES_PER_CALL)]
    return time.perf_counter() - started, torch.cat(logits).numpy()


def sandboxed(worker: Worker, images: np.ndarray) -> tuple[float, np.ndarray]:
    """Run the network in its worker; return the seconds and the logits."""
    started, logits = time.perf_counter(), []
    for start in range(0, len(images), IMAGES_PER_CALL):
        reply = worker.call("logits", "new", images[start : start + IMAGES_PER_CALL], harness=True)
        if not isinstance(reply, Returned):
            sys.exit(f"the worker was stopped: {reply.sentence}")
        logits.append(reply.result)
    return time.perf_counter() - started, np.concatenate(logits)


def peak_memory(command: list[str]) -> tuple[float, float]:
    """Run a command; return its seconds and the most memory that it and its processes held together, in bytes."""
    started, most = time.perf_counter(), 0
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=part4.ROOT)
    tree = psutil.Process(process.pid)
    while process.poll() is None:
        held = 0
        try:
            for each in (tree, *tree.children(recursive=True)):
                held += each.memory_full_info().pss
        except psutil.NoSuchProcess:
            continue
        most = max(most, held)
        time.sleep(0.02)
    return time.perf_counter() - started, most


def test_accuracy() -> float | None:
    """Return the share of CIFAR-10's test images that the solution recognises; None if they are not here."""
    stored = datasets.find("cifar10")
    if stored is None:
        return None
    images, labels = stored.load("test")
    model = part4.submission(part4.SOLUTION).build_model()
    model.load_state_dict(torch.load(part4.SOLUTION / "cifar10.pt", weights_only=True))
    _, logits = bare(model.eval(), np.array(images))
    return float((logits.argmax(axis=1) == labels).mean())


def compare(runs: int, count: int) -> None:
    """Run one network in the sandbox and without it, in turns, and print how long each took."""
    part = CNN.config.parts["cifar10"]
    torch.set_num_threads(part.threads)
    images = np.random.default_rng(0).integers(0, 256, (count, 3, 32, 32)).astype(np.uint8)
    torch.manual_seed(0)
    model = part4.module(NETWORK).build_model().eval()
    parameters = sum(parameter.numel() for parameter in model.parameters())
    ratios, times = [], {"bare": [], "sandboxed": []}
    with Sandbox(strict=False) as sandbox:
        file = sandbox.submission / "cifar10.py"
        file.write_text(NETWORK)
        file.chmod(0o644)
        worker = sandbox.worker(file, part.limits(CNN.harnesses["cifar10"]))
        bare(model, images[:IMAGES_PER_CALL]), sandboxed(worker, images[:IMAGES_PER_CALL])  # both warm
        for run in range(runs):
            print(f"run {run + 1} of {runs}", file=sys.stderr)
            first, second = bare(model, images), sandboxed(worker, images)
            worker.seconds_left = part.part_seconds
            assert np.allclose(first[1], second[1], atol=1e-4)
            times["bare"].append(first[0])
            times["sandboxed"].append(second[0])
            ratios.append(second[0] / first[0])
    print(f"{count:,} images, {parameters:,} parameters, {runs} runs")
    for name, seconds in times.items():
        print(f"  {name:10} {statistics.median(seconds):6.2f} s ({min(seconds):.2f} to {max(seconds):.2f})")
    print(f"  sandboxed / bare, median of the pairs: {statistics.median(ratios):.3f}")


def grade_whole(name: str) -> None:
    """Grade a solution, and print its points, the time and the memory."""
    with tempfile.TemporaryDirectory() as out:
        command = [sys.executable, "-m", "command_line", "grade", f"solutions/{name}", "--assignment", name, "--out", out]
        seconds, memory = peak_memory(command)
        score = json.loads(Path(out, "results.json").read_text())["score"]
    print(f"the whole solution of {name}: {score:g} points in {seconds:.1f} s, at most {memory / 1e6:,.0f} MB")


def main() -> None:
    """Measure and print."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--runs", type=int, default=5, help="0: only grade the solutions")
    arguments.add_argument("--images", type=int, default=10_000)
    arguments.add_argument("--solutions", nargs="+", default=["cnn", "vision"])
    asked = arguments.parse_args()
    print(f"{os.cpu_count()} cores, {platform.machine()}, PyTorch {torch.__version__}, {date.today()}")
    if asked.runs:
        compare(asked.runs, asked.images)
    for name in asked.solutions:
        grade_whole(name)
    if "cnn" in asked.solutions:
        accuracy = test_accuracy()
        print(
            "CIFAR-10 is not here" if accuracy is None else f"cnn's solution recognises {accuracy:.2%} of the test images"
        )


if __name__ == "__main__":
    main()
