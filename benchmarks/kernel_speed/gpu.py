"""Times on a GPU: every rung of the ladder and all other layers and gradients beside cuDNN and PyTorch, on the same memory.

Kernels are queued while the GPU waits, and then run one after another between two events: the host's cost of a launch does
not count, and is measured separately. Layers work on copies of their data in turn, so many that the cache holds none of
them. cuDNN adds no bias, since it would need another pass for it; ours do.
"""

import importlib.metadata
import platform
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from datetime import date
from functools import partial
from statistics import median
from typing import Any

import numpy as np
import torch

from benchmarks.kernel_speed import check, pytorch
from benchmarks.kernel_speed.data import draw
from benchmarks.kernel_speed.layers import Convolution, Dense, Gradient, Layer, Loss, Pool, Relu, stored
from benchmarks.kernel_speed.timing import Run, copies, in_turns
from kernels.cuda.convolution import estimate
from kernels.cuda.convolution.ladder import Rung
from kernels.cuda.device import cuda
from kernels.shapes import Geometry, Pair

CUDNN, TF32, PYTORCH, OURS = "cuDNN", "cuDNN TF32", "PyTorch", "convgrade"
SAMPLE_SECONDS, MOST_CALLS, BUDGET = 0.01, 100, 1.0  # the GPU's queue holds some thousand launches
LONGEST_SLEEP = 0.02
TF32_MOST = 1e-2  # error of a result in TF32, as norms
COPY_BYTES, SQUARE = 2**30, 8192
Array = Any  # of Numba on a GPU: it has no public type


class Card:
    """The GPU. All that needs one is here."""

    place = "cuda"  # of tensors

    def __init__(self) -> None:
        self.device = cuda.get_current_device()
        self.cache = self.device.L2_CACHE_SIZE
        self.clock = 1e3 * self.device.CLOCK_RATE
        self.sleep = 1e-3
        torch.set_float32_matmul_precision("highest")  # no TF32
        torch.backends.cudnn.allow_tf32 = False  # in gradients either; the convolutions say it themselves

    def random(self, shape: tuple[int, ...]) -> torch.Tensor:
        """Return normal random numbers in the GPU's memory."""
        return torch.randn(shape, device=self.place)

    def array(self, tensor: torch.Tensor) -> Array:
        """Return the same memory as Numba's array."""
        return cuda.as_cuda_array(tensor.detach())

    def wait(self) -> None:
        """Wait until all that was queued is done."""
        torch.cuda.synchronize()

    def free(self) -> None:
        """Free unused memory."""
        torch.cuda.empty_cache()

    def sample(self, run: Run, count: int) -> float:
        """Return the GPU's seconds per call. It sleeps until all calls are queued, so that none waits for the host."""
        for _ in range(2):
            before, start, stop = (torch.cuda.Event(enable_timing=True) for _ in range(3))
            before.record()
            torch.cuda._sleep(int(self.sleep * self.clock))
            start.record()
            queueing = queued(run, count)
            stop.record()
            stop.synchronize()
            cuda.current_context().deallocations.clear()
            if queueing < before.elapsed_time(start) / 1e3:
                break
            self.sleep = max(self.sleep, min(2 * queueing, LONGEST_SLEEP))
        return start.elapsed_time(stop) / 1e3 / count

    def launch(self, run: Run, count: int = 20) -> float:
        """Return the host's seconds to queue a call."""
        self.wait()
        torch.cuda._sleep(int(LONGEST_SLEEP * self.clock))
        seconds = queued(run, count) / count
        self.wait()
        cuda.current_context().deallocations.clear()
        return seconds

    def cudnn(
        self, layer: Convolution, tf32: bool, images: torch.Tensor, kernels: torch.Tensor, output: torch.Tensor
    ) -> None:
        """Start cuDNN's convolution by the algorithm that it finds the fastest."""
        torch.ops.aten.cudnn_convolution.out(
            images, kernels, layer.padding, layer.stride, layer.dilation, layer.groups, True, False, tf32, out=output
        )

    def about(self) -> dict:
        """Return the card, the versions, the date, and the card's measured limits."""
        big, copy = (torch.ones(COPY_BYTES // 4, device="cuda") for _ in range(2))
        square, product = self.random((SQUARE, SQUARE)), self.random((SQUARE, SQUARE))
        for _ in range(3):  # clocks rise
            torch.mm(square, square, out=product)
        multiplying = min(self.sample(lambda _: torch.mm(square, square, out=product), 3) for _ in range(5))
        copying = min(self.sample(lambda _: copy.copy_(big), 10) for _ in range(7))
        return {
            "card": torch.cuda.get_device_name(),
            "multiprocessors": self.device.MULTIPROCESSOR_COUNT,
            "L2": self.cache,
            "driver": driver(),
            "versions": {
                "Python": platform.python_version(),
                "Numba": importlib.metadata.version("numba"),
                "numba-cuda": importlib.metadata.version("numba-cuda"),
                "PyTorch": torch.__version__,
                "CUDA": torch.version.cuda,
                "cuDNN": str(torch.backends.cudnn.version()),
            },
            "date": date.today().isoformat(),
            "bandwidth": 2 * COPY_BYTES / copying,
            "peak": 2 * SQUARE**3 / multiplying,
            "peak by clock": estimate.card().peak,
            "empty launch": empty_launches(self),
        }


def queued(run: Run, count: int) -> float:
    """Return the seconds that the host needs to start calls, without freeing memory, which would wait for the GPU."""
    with cuda.defer_cleanup():
        started = time.perf_counter()
        for call in range(count):
            run(call)
        return time.perf_counter() - started


def driver() -> str:
    """Return the driver's version."""
    if shutil.which("nvidia-smi") is None:
        return "unknown"
    command = ["nvidia-smi", "--query-gpu=driver_version", "--format=csv,noheader"]
    return subprocess.run(command, capture_output=True, text=True).stdout.split("\n")[0]


@cuda.jit
def empty_convolution(
    images: Array,
    kernels: Array,
    bias: Array,
    stride: Pair,
    padding: Pair,
    dilation: Pair,
    padding_value: float,
    output: Array,
) -> None:
    """Do nothing, with a convolution's arguments."""


@cuda.jit
def empty_pool(images: Array, height: int, width: int, down: int, right: int, output: Array) -> None:
    """Do nothing, with a pool's arguments."""


def empty_launches(card: Card) -> dict[str, float]:
    """Return the seconds that the host needs to start a kernel that does nothing."""
    maps, numbers = card.array(card.random((1, 1, 1, 1))), card.array(card.random((1,)))
    runs = {
        "convolution": lambda _: empty_convolution[1, 32](maps, maps, numbers, *Geometry(), np.float32(0), maps),
        "pool": lambda _: empty_pool[1, 32](maps, 2, 2, 2, 2, maps),
    }
    for run in runs.values():
        run(0)  # compiles
    return {name: median(card.launch(run) for _ in range(5)) for name, run in runs.items()}


def rows(card: Card, layers: list[Layer], rounds: int, skip: tuple[str, ...] = ()) -> Iterator[dict]:
    """Measure one layer after the other; rungs named in `skip` do not take part."""
    torch.manual_seed(0)
    for layer in layers:
        if isinstance(layer, Convolution):
            yield convolution_row(card, layer, rounds, skip)
        else:
            yield layer_row(card, layer, rounds)
        card.free()


@torch.inference_mode()
def convolution_row(card: Card, layer: Convolution, rounds: int, skip: tuple[str, ...] = ()) -> dict:
    """Check and measure a convolution by every rung that takes it, and by cuDNN."""
    from kernels.cuda.convolution import RUNGS, choose

    number = copies(layer.moved, card.cache)
    images, outputs = ([card.random(shape) for _ in range(number)] for shape in (layer.images, layer.output))
    kernels, bias = card.random(layer.kernels), card.random((layer.filters,))
    inputs, results = [card.array(image) for image in images], [card.array(output) for output in outputs]
    weights, intercepts, zero = card.array(kernels), card.array(bias), np.float32(0)
    question = layer.images, layer.kernels, layer.geometry, np.dtype(np.float32)

    def climb(rung: Rung) -> Run:
        return lambda call: rung.launch(
            inputs[call % number], weights, intercepts, layer.geometry, zero, results[call % number]
        )

    def library(tf32: bool) -> Run:
        return lambda call: card.cudnn(layer, tf32, images[call % number], kernels, outputs[call % number])

    right = check.right(layer, {"images": images[0], "kernels": kernels, "bias": bias})
    ours = {name: climb(rung) for name, rung in RUNGS.items() if name not in skip and rung.takes(*question)}
    others = {CUDNN: library(False), TF32: library(True)}
    most = {CUDNN: check.OTHERS_MOST, TF32: TF32_MOST}

    def fault(name: str) -> str | None:
        if name in ours:
            return right.fault(outputs[0])
        distance = right.distance(outputs[0] + bias[:, None, None])
        return None if distance <= most[name] else f"differs by {distance:.1g}"

    row = measured(card, layer, ours, others, lambda: outputs[:1], fault, rounds)
    return {**row, "chosen": choose(*question).name, "copies": number}


@torch.inference_mode()
def layer_row(card: Card, layer: Layer, rounds: int) -> dict:
    """Check and measure a pool, a dense layer, ReLU, the loss or gradients, and PyTorch's, where it has them."""
    number = copies(layer.moved, card.cache)
    drawn = [draw(layer, card.place) for _ in range(number)]
    outputs = [blank(layer, card.place) for _ in range(number)]
    right = check.right(layer, drawn[0])
    runs = [
        launch(layer, {name: card.array(each) for name, each in data.items()}, [card.array(each) for each in written])
        for data, written in zip(drawn, outputs)
    ]
    theirs = [pytorch.run(layer, data) for data in drawn]
    answers = {}

    def library(call: int) -> None:
        answers[PYTORCH] = theirs[call % number]()

    def fault(name: str) -> str | None:
        if name == OURS:
            return right.fault(answer(layer, outputs[0]))
        distance = right.distance(answers[PYTORCH])
        return None if distance <= check.OTHERS_MOST else f"differs by {distance:.1g}"

    ours: dict[str, Run] = {OURS: lambda call: runs[call % number]()}
    others: dict[str, Run] = {PYTORCH: library} if theirs[0] else {}
    return {**measured(card, layer, ours, others, lambda: outputs[0], fault, rounds), "copies": number}


def blank(layer: Layer, place: str) -> list[torch.Tensor]:
    """Return memory for what a layer writes."""
    match layer:
        case Pool():
            shapes: list[tuple[int, ...]] = [layer.output]
        case Dense(_, batch, _, neurons):
            shapes = [(batch, neurons)]
        case Relu(_, values) | Gradient(Relu(_, values)):
            shapes = [(values,)]
        case Loss(_, batch, classes):
            shapes = [(batch,), (batch, classes)]
        case Gradient(Convolution() as of):
            shapes = [of.images, of.kernels, (of.filters,)]
        case Gradient(Pool() as of):
            shapes = [of.images]
        case Gradient(Dense(_, batch, inputs, neurons)):
            shapes = [(batch, inputs), (neurons, inputs), (neurons,)]
        case _:
            raise ValueError(f"nothing says what {layer} writes")
    made = [torch.empty(shape, device=place) for shape in shapes]
    if isinstance(layer, Pool) and layer.indices:
        made.append(torch.empty(layer.output, dtype=torch.int64, device=place))
    return made


def launch(layer: Layer, data: dict[str, Any], outputs: list) -> Callable[[], None]:
    """Return a function that starts the kernels of a layer on arrays of the device."""
    from kernels import cuda as backend

    match layer:
        case Pool():
            function = backend.pool2d_with_indices if layer.indices else backend.pool2d
            return partial(function, data["images"], layer.size, layer.stride, layer.mode, *outputs)
        case Dense():
            return partial(backend.dense, data["inputs"], data["weights"], data["bias"], *outputs)
        case Relu():
            return partial(backend.relu, data["values"], *outputs)
        case Loss():
            return partial(backend.softmax_cross_entropy, data["logits"], data["labels"], *outputs)
        case Gradient(Convolution() as of):
            first, second, upstream = data["images"], data["kernels"], data["upstream"]
            return partial(backend.conv2d_gradients, first, second, upstream, of.geometry, np.float32(0), *outputs)
        case Gradient(Pool() as of):
            arrays = data["images"], data["upstream"]
            return partial(backend.pool2d_gradient, *arrays, of.size, of.stride, of.mode, data.get("indices"), *outputs)
        case Gradient(Dense()):
            return partial(backend.dense_gradients, data["inputs"], data["weights"], data["upstream"], *outputs)
        case Gradient(Relu()):
            return partial(backend.relu_gradient, data["values"], data["upstream"], *outputs)
        case _:
            raise ValueError(f"no kernel computes {layer}")


def answer(layer: Layer, outputs: list[torch.Tensor]) -> list[torch.Tensor]:
    """Return a layer's result as users get it: for the loss, the mean over the batch."""
    return [outputs[0].mean(), *outputs[1:]] if isinstance(layer, Loss) else outputs


def measured(
    card: Card,
    layer: Layer,
    ours: dict[str, Run],
    others: dict[str, Run],
    outputs: Callable[[], list[torch.Tensor]],
    fault: Callable[[str], str | None],
    rounds: int,
) -> dict:
    """Run each contestant once on poisoned memory and check its result; time those that are right."""
    wrong = {}
    for name, run in (ours | others).items():
        for written in outputs():
            written.fill_(torch.nan if written.is_floating_point() else -1)
        try:
            run(0)
            card.wait()
        except Exception as error:  # the others can still be measured, unless the GPU itself has given up: then they raise
            wrong[name] = f"{type(error).__name__}: {error}".split("\n")[0]
        else:
            if found := fault(name):
                wrong[name] = found
    contestants = {name: run for name, run in (ours | others).items() if name not in wrong}
    seconds = in_turns(contestants, card.sample, rounds, SAMPLE_SECONDS, MOST_CALLS, BUDGET)
    return {
        "layer": stored(layer),
        "ours": {name: seconds[name] for name in ours if name in seconds},
        "others": {name: seconds[name] for name in others if name in seconds},
        "wrong": wrong,
        "launch": {name: card.launch(run) for name, run in contestants.items()},
    }
