"""Recordings of the kernels on layers small enough for a walk in Python."""

from functools import cache
from typing import NamedTuple

import numpy as np

from benchmarks.kernel_traffic.recorder import Launch, recorded

Pair = tuple[int, int]


# A layer for each rung that just fills its blocks: 3 x 3 kernels, and pixels so many that none lies outside the image.
LAYERS: dict[str, tuple] = {
    "direct": ("direct", (1, 2, 18, 34), (1, 2, 3, 3)),
    "tiled": ("tiled", (1, 2, 18, 18), (1, 2, 3, 3)),
    "blocked": ("blocked", (1, 2, 18, 18), (16, 2, 3, 3)),
    "implicit GEMM 64x64": ("implicit_gemm", (1, 8, 10, 10), (64, 8, 3, 3)),
    "implicit GEMM 64x128": ("implicit_gemm", (1, 8, 10, 18), (64, 8, 3, 3)),
    "implicit GEMM 128x128": ("implicit_gemm", (1, 8, 10, 18), (128, 8, 3, 3)),
}


class Walk(NamedTuple):
    """What kernels did: their launches, the one that counts last; the output, and how many multiply-adds that took."""

    launches: list[Launch]
    output: np.ndarray
    multiply_adds: int

    @property
    def launch(self) -> Launch:
        """Return the launch that counts."""
        return self.launches[-1]


def walk(name: str) -> Walk:
    """Return the recording of a rung, by its name in the ladder, on its layer."""
    from kernels.cuda.convolution.implicit_gemm import TILES

    tiles = {f"implicit GEMM {tile.filters}x{tile.pixels}": tuple(tile) for tile in TILES}
    return convolve(*LAYERS[name], tile=tiles.get(name))


@cache
def convolve(
    file: str,
    images_shape: tuple[int, int, int, int],
    kernels_shape: tuple[int, int, int, int],
    stride: Pair = (1, 1),
    padding: Pair = (0, 0),
    tile: int | tuple[int, ...] | None = None,
) -> Walk:
    """Record a rung on random numbers; file is its file in kernels/cuda/convolution, tile what its launch takes."""
    gpu, recorder = recorded()
    module = getattr(gpu.convolution, file)
    images, kernels, bias, output = layer(images_shape, kernels_shape, stride, padding)
    there = [recorder.to_device(array) for array in (images, kernels, bias)]
    result = recorder.device_array(output, images.dtype)
    options = {} if tile is None else {"tile": module.Tile(*tile) if isinstance(tile, tuple) else tile}
    module.launch(*there, stride, padding, np.float32(0), result, **options)
    return Walk(recorder.launches, result.copy_to_host(), int(np.prod(output)) * int(np.prod(kernels_shape[1:])))


@cache
def pool(mode: str, size: Pair, stride: Pair, images_shape: tuple[int, int, int, int] = (1, 1, 32, 64)) -> Walk:
    """Record a pool of random numbers."""
    gpu, recorder = recorded()
    images = np.random.default_rng(0).normal(size=images_shape).astype(np.float32)
    rows, columns = ((length - window) // step + 1 for length, window, step in zip(images_shape[2:], size, stride))
    output = np.empty((*images_shape[:2], rows, columns), np.float32)
    gpu.pool2d(images, size, stride, mode, output)
    return Walk(recorder.launches, output, 0)


def layer(images_shape, kernels_shape, stride, padding):
    """Return images, kernels and bias, float32, always the same for the same shapes, and the shape of the output."""
    from kernels.shapes import output_size

    random = np.random.default_rng(0)
    arrays = [random.normal(size=shape).astype(np.float32) for shape in (images_shape, kernels_shape, kernels_shape[:1])]
    size = map(output_size, images_shape[2:], kernels_shape[2:], stride, padding)
    return *arrays, (images_shape[0], kernels_shape[0], *size)
