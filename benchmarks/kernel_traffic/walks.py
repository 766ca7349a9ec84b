"""Launches of the kernels on layers small enough to look at every access, run by the machine in gpu/."""

import importlib
import inspect
import linecache
import sys
from collections.abc import Iterator
from functools import cache
from types import ModuleType
from typing import NamedTuple
from unittest.mock import patch

import numpy as np

from benchmarks.kernel_traffic import asynchronous, tensor_core
from gpu.findings.traffic import Request, requests
from gpu.machine.stand_in import StandIn
from gpu.recording import WARP, Recording, Triple
from kernels.shapes import Geometry

Pair = tuple[int, int]
PLAIN = Geometry()


# A layer for each rung that just fills its blocks: 3 x 3 kernels, and so many pixels that none is outside the image.
LAYERS: dict[str, tuple] = {
    "direct": ("direct", (1, 2, 18, 34), (1, 2, 3, 3)),
    "tiled": ("tiled", (1, 2, 18, 18), (1, 2, 3, 3)),
    "blocked": ("blocked", (1, 2, 34, 18), (16, 2, 3, 3)),
    "implicit GEMM 64x64": ("implicit_gemm", (1, 8, 10, 10), (64, 8, 3, 3)),
    "implicit GEMM 64x128": ("implicit_gemm", (1, 8, 10, 18), (64, 8, 3, 3)),
    "implicit GEMM 128x128": ("implicit_gemm", (1, 8, 10, 18), (128, 8, 3, 3)),
    "pipelined GEMM 64x64": ("pipelined", (1, 16, 10, 10), (64, 16, 3, 3)),
    "pipelined GEMM 64x128": ("pipelined", (1, 16, 10, 18), (64, 16, 3, 3)),
    "pipelined GEMM 128x128": ("pipelined", (1, 16, 10, 18), (128, 16, 3, 3)),
    "tensor cores 64x64": ("tensor_cores", (1, 16, 10, 10), (64, 16, 3, 3)),
    "tensor cores 128x128": ("tensor_cores", (1, 16, 10, 18), (128, 16, 3, 3)),
}


class Walk(NamedTuple):
    """A run of kernels: their launches, of which the last one counts; the output, and how many multiply-adds it took."""

    launches: list[Recording]
    output: np.ndarray
    multiply_adds: int

    @property
    def launch(self) -> Recording:
        """Return the launch that counts."""
        return self.launches[-1]


class Access(NamedTuple):
    """One element of an array, read or written by one thread. Elements count from 0, in C order."""

    block: Triple
    thread: int  # its number in the block, x first
    step: int  # how many barriers it has passed
    writes: bool
    at: int

    @property
    def warp(self) -> int:
        """Return the number of the thread's warp in its block."""
        return self.thread // WARP


def accesses(launch: Recording, space: str, array: str, kind: str | None = None) -> Iterator[Access]:
    """Yield the accesses to an array, in the order of the walk; only those of a kind, "read" or "write", if asked."""
    of_block = launch.threads_of_block
    for step in launch.of(space, array, kind):
        for thread, element, epoch in zip(step.threads.tolist(), step.elements.tolist(), step.epochs.tolist()):
            yield Access(launch.block(thread), thread % of_block, epoch, step.kind == "write", element)


def count(launch: Recording, space: str, array: str | None = None, kind: str | None = None) -> int:
    """Return how many values threads read or write."""
    return sum(len(step.threads) for step in launch.of(space, array, kind))


def asked(launch: Recording, space: str, array: str, kind: str = "read") -> list[Request]:
    """Return the requests of warps for an array, instruction by instruction."""
    return [found[number] for found in requests(launch, space, array, kind) for number in range(len(found))]


class Change(NamedTuple):
    """One text instead of another in the source of a rung."""

    before: str
    after: str


def imported(rung: str = "", change: Change | None = None) -> tuple[ModuleType, StandIn]:
    """Return kernels.cuda, imported again for the machine, and its replacement of numba.cuda.

    Modules that were imported before stay as they are. A change is applied to the file of a rung.
    """
    import numba

    import kernels

    cuda = StandIn()
    with (
        patch.dict(sys.modules),
        patch.object(kernels, "cuda", None, create=True),
        patch.object(numba, "cuda", cuda, create=True),
    ):
        for name in [name for name in sys.modules if f"{name}.".startswith("kernels.cuda.")]:
            del sys.modules[name]
        sys.modules["kernels.cuda.ptx"], sys.modules["kernels.cuda.mma"] = asynchronous.ptx(), tensor_core.mma()
        kernels_cuda = importlib.import_module("kernels.cuda")
        if change:
            rewrite(getattr(kernels_cuda.convolution, rung), change)
        return kernels_cuda, cuda


def rewrite(module: ModuleType, change: Change) -> None:
    """Execute a module's source again with a change, under a name by which the machine finds its lines."""
    source = inspect.getsource(module)
    if change.before not in source:
        raise ValueError(f"{module.__name__} has no {change.before!r}")
    changed, name = source.replace(*change), f"<{module.__name__} with {change.after}>"
    linecache.cache[name] = len(changed), None, changed.splitlines(keepends=True), name
    exec(compile(changed, name, "exec"), vars(module))


def walk(name: str) -> Walk:
    """Return the launch of a rung, by its name in the ladder, on its layer."""
    from kernels.cuda.convolution import RUNGS

    options = getattr(RUNGS[name].launch, "keywords", {})  # a partial's
    return convolve(*LAYERS[name], tile=options.get("tile"))


@cache
def convolve(
    file: str,
    images_shape: tuple[int, int, int, int],
    kernels_shape: tuple[int, int, int, int],
    geometry: Geometry = PLAIN,
    tile: tuple[int, ...] | None = None,
    change: Change | None = None,
) -> Walk:
    """Run a rung on random numbers; file is its file in kernels/cuda/convolution, tile what its launch takes.

    change: to its source.
    """
    kernels_cuda, cuda = imported(file, change)
    module = getattr(kernels_cuda.convolution, file)
    images, kernels, bias, output = layer(images_shape, kernels_shape, geometry)
    there = [cuda.to_device(array) for array in (images, kernels, bias)]
    result = cuda.device_array(output, images.dtype)
    options = {} if tile is None else {"tile": tile}
    module.launch(*there, geometry, np.float32(0), result, **options)
    return Walk(cuda.launches, result.copy_to_host(), int(np.prod(output)) * int(np.prod(kernels_shape[1:])))


@cache
def pool(mode: str, size: Pair, stride: Pair, images_shape: tuple[int, int, int, int] = (1, 1, 32, 64)) -> Walk:
    """Run a pool on random numbers."""
    kernels_cuda, cuda = imported()
    images = np.random.default_rng(0).normal(size=images_shape).astype(np.float32)
    rows, columns = ((length - window) // step + 1 for length, window, step in zip(images_shape[2:], size, stride))
    output = np.empty((*images_shape[:2], rows, columns), np.float32)
    kernels_cuda.pool2d(images, size, stride, mode, output)
    return Walk(cuda.launches, output, 0)


def layer(
    images_shape: tuple[int, ...], kernels_shape: tuple[int, ...], geometry: Geometry
) -> tuple[np.ndarray, np.ndarray, np.ndarray, tuple[int, ...]]:
    """Return images, kernels and bias, float32, always the same for the same shapes, and the shape of the output."""
    from kernels.shapes import output_size

    random = np.random.default_rng(0)
    arrays = [random.normal(size=shape).astype(np.float32) for shape in (images_shape, kernels_shape, kernels_shape[:1])]
    size = map(output_size, images_shape[2:], kernels_shape[2:], *geometry)
    return *arrays, (images_shape[0], kernels_shape[0], *size)
