"""Times on the CPU: the backend cpu beside PyTorch (oneDNN) and NumPy, each as its users call it."""

import ctypes
import os
import platform
import time
from collections.abc import Callable, Iterator
from datetime import date
from functools import partial
from inspect import signature
from pathlib import Path

import numba
import numpy as np
import torch
from torch.nn import functional as F

import kernels
from benchmarks.kernel_speed import check, pytorch
from benchmarks.kernel_speed.data import draw
from benchmarks.kernel_speed.layers import Convolution, Dense, Gradient, Layer, Loss, Pool, Relu, stored
from benchmarks.kernel_speed.timing import Run, in_turns
from kernels.cpu.threads import set_threads

OURS, VENDOR, PLAIN = "convgrade", "PyTorch", "NumPy"
SAMPLE_SECONDS, MOST_CALLS, BUDGET = 0.05, 5_000, 2.0
PAUSE_SECONDS, WARM_UP_SECONDS = 0.1, 0.02
M_TRIM_THRESHOLD, M_MMAP_MAX = -1, -4  # of glibc's mallopt


def prepare(threads: int) -> None:
    """Give all libraries the same threads and the same memory: what a call gave back stays with the process."""
    torch.set_num_threads(threads)
    set_threads(threads)
    if platform.libc_ver()[0] == "glibc":
        allocator = ctypes.CDLL(None)
        allocator.mallopt(M_TRIM_THRESHOLD, 2**31 - 1)
        allocator.mallopt(M_MMAP_MAX, 0)


def sample(run: Run, count: int) -> float:
    """Return the seconds per call, after a pause and calls that warm up.

    In the pause, the threads of the previous contestant, which spin for a while, go to sleep. The machine does not: a
    virtual processor that has slept is slow to wake up.
    """
    until = time.perf_counter() + PAUSE_SECONDS
    while time.perf_counter() < until:
        pass
    until += WARM_UP_SECONDS
    while time.perf_counter() < until:
        run(0)
    started = time.perf_counter()
    for call in range(count):
        run(call)
    return (time.perf_counter() - started) / count


def about(threads: int) -> dict:
    """Return the machine, the versions, the date, and the machine's measured limits."""
    big = torch.ones(64 * 2**20)
    copy = torch.empty_like(big)
    images, weights = torch.randn(4, 128, 56, 56), torch.randn(128, 128, 3, 3)
    copying = min(sample(lambda _: copy.copy_(big), 1) for _ in range(9))
    convolving = min(sample(lambda _: F.conv2d(images, weights, padding=1), 3) for _ in range(9))
    return {
        "machine": processor(),
        "cores": os.cpu_count(),
        "threads": threads,
        "versions": {
            "Python": platform.python_version(),
            "NumPy": np.__version__,
            "Numba": numba.__version__,
            "PyTorch": torch.__version__,
        },
        "date": date.today().isoformat(),
        "bandwidth": 2 * big.nbytes / copying,
        "peak": 2 * 4 * 128 * 56 * 56 * 128 * 9 / convolving,
    }


def processor() -> str:
    """Return the processor's name, if the machine provides it."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        lines = []
    names = [line.split(":")[1].strip() for line in lines if line.startswith("model name")]
    return f"{platform.machine()}, {names[0]}" if names else platform.machine()


def rows(layers: list[Layer], rounds: int) -> Iterator[dict]:
    """Measure one layer after the other."""
    torch.manual_seed(0)
    for layer in layers:
        yield row(layer, rounds)


@torch.inference_mode()
def row(layer: Layer, rounds: int) -> dict:
    """Check and measure a layer. The data stays where it is, as after a previous layer, so small ones are in the cache."""
    data = draw(layer)
    right = check.right(layer, data)
    contestants: dict[str, Run] = {OURS: ours(layer, data, "cpu"), PLAIN: ours(layer, data, "numpy")}
    if vendor := pytorch.run(layer, data):
        contestants[VENDOR] = lambda _: vendor()
    wrong = {}
    for name in (OURS, PLAIN):
        if fault := right.fault(contestants[name](0)):
            wrong[name] = fault
            del contestants[name]
    if VENDOR in contestants and right.distance(contestants[VENDOR](0)) > check.OTHERS_MOST:
        wrong[VENDOR] = "not float32"
        del contestants[VENDOR]
    plain = {name: contestants.pop(name) for name in (PLAIN,) if name in contestants}
    seconds = in_turns(contestants, sample, rounds, SAMPLE_SECONDS, MOST_CALLS, BUDGET)
    # By itself: after a product the threads of NumPy's BLAS spin for so long that they would slow the next ones down.
    seconds |= in_turns(plain, sample, 3, SAMPLE_SECONDS, MOST_CALLS, BUDGET)
    best = {OURS: seconds.pop(OURS)} if OURS in seconds else {}
    return {"layer": stored(layer), "ours": best, "others": seconds, "wrong": wrong}


def ours(layer: Layer, data: dict[str, torch.Tensor], backend: str) -> Run:
    """Return a call of the function that computes the layer.

    It takes as long as one that a user writes: to hand keywords on from dictionaries would take 0.2 µs more.
    """
    function, options = call(layer)
    arrays = {name: tensor.numpy() for name, tensor in data.items()}
    written = signature(function).bind(**arrays, **options, backend=backend)
    written.apply_defaults()
    run = partial(function, *written.args, **written.kwargs)
    return lambda _: run()


def call(layer: Layer) -> tuple[Callable, dict]:
    """Return the function that computes the layer, and its options."""
    match layer:
        case Convolution():
            return kernels.conv2d, layer.geometry._asdict() | {"groups": layer.groups}
        case Pool(indices=False):
            return kernels.pool2d, {"size": layer.size, "stride": layer.stride, "mode": layer.mode}
        case Pool():
            return kernels.pool2d_with_indices, {"size": layer.size, "stride": layer.stride, "mode": layer.mode}
        case Dense():
            return kernels.dense, {}
        case Relu():
            return kernels.relu, {}
        case Loss():
            return kernels.softmax_cross_entropy, {}
        case Gradient(Convolution() as of):
            return kernels.conv2d_gradients, of.geometry._asdict() | {"groups": of.groups}
        case Gradient(Pool() as of):
            return kernels.pool2d_gradient, {"size": of.size, "stride": of.stride, "mode": of.mode}
        case Gradient(Dense()):
            return kernels.dense_gradients, {}
        case Gradient(Relu()):
            return kernels.relu_gradient, {}
        case _:
            raise ValueError(f"no function computes {layer}")
