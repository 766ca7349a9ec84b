"""The rungs of the ladder, slowest idea first, and the choice among them by shape."""

from collections.abc import Callable
from functools import partial
from types import ModuleType
from typing import NamedTuple

import numpy as np

from kernels.cuda.convolution import blocked, direct, implicit_gemm, pipelined, tiled
from kernels.shapes import Geometry, feature_map_size

SMALL = 1 << 20  # multiply-adds; below that, launching costs more than computing
SHALLOW = 64  # numbers in a receptive field; below that, reading pixels costs more than multiplying them
BLOCKS_WANTED = 264  # two for each multiprocessor of the largest GPUs, so that none of them waits for work


class Rung(NamedTuple):
    """One way to convolve on the GPU."""

    name: str
    takes: Callable[..., bool]
    launch: Callable[..., None]


def _tiles(name: str, rung: ModuleType) -> list[Rung]:
    launches = {f"{name} {tile.filters}x{tile.pixels}": partial(rung.launch, tile=tile) for tile in rung.TILES}
    return [Rung(name, rung.takes, launch) for name, launch in launches.items()]


LADDER = (
    Rung("direct", direct.takes, direct.launch),
    Rung("tiled", tiled.takes, tiled.launch),
    Rung("blocked", blocked.takes, blocked.launch),
    *_tiles("implicit GEMM", implicit_gemm),
    *_tiles("pipelined GEMM", pipelined),
)
RUNGS = {rung.name: rung for rung in LADDER}


def choose(images_shape, kernels_shape, geometry: Geometry, dtype: np.dtype) -> Rung:
    """Return the rung that should be quickest for (N, C, H, W) and (K, C, KH, KW).

    Small work, float64 and groups stay with the definition. Where a receptive field holds few numbers, memory is the limit,
    and the rung that reads each pixel least often wins. Otherwise arithmetic is, and the largest tile wins that still gives
    every multiprocessor its blocks. For few channels, a step of the pipeline is too deep.
    """
    problem = images_shape, kernels_shape, geometry, dtype
    batch, filters = images_shape[0], kernels_shape[0]
    places = np.prod(feature_map_size(images_shape[2:], kernels_shape[2:], geometry))
    field = np.prod(kernels_shape[1:])
    if not implicit_gemm.takes(*problem) or batch * filters * places * field <= SMALL:
        return RUNGS["direct"]
    if field <= SHALLOW and blocked.takes(*problem):
        return RUNGS["blocked"]
    deep = kernels_shape[1] > implicit_gemm.TILES[0].depth and pipelined.takes(*problem)
    gemm = "pipelined GEMM" if deep else "implicit GEMM"
    if filters > 64 and -(-filters // 128) * (batch * places // 128) >= BLOCKS_WANTED:
        return RUNGS[f"{gemm} 128x128"]
    if -(-filters // 64) * (batch * places // 128) >= BLOCKS_WANTED:
        return RUNGS[f"{gemm} 64x128"]
    return RUNGS[f"{gemm} 64x64"]
