"""The rungs of the ladder, slowest idea first, and the choice among them by shape."""

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import numpy as np

from kernels.cuda.convolution import blocked, direct, implicit_gemm, tiled
from kernels.cuda.convolution.implicit_gemm import TILES, Tile
from kernels.shapes import Geometry, feature_map_size, is_plain

SMALL = 1 << 20  # multiply-adds; below that, launching costs more than computing
SHALLOW = 64  # numbers in a receptive field; below that, reading pixels costs more than multiplying them
BLOCKS_WANTED = 264  # two for each multiprocessor of the largest GPUs, so that none of them waits for work


class Rung(NamedTuple):
    """One way to convolve on the GPU."""

    name: str
    takes: Callable[..., bool]
    launch: Callable[..., None]


def _gemm(tile: Tile) -> Rung:
    name = f"implicit GEMM {tile.filters}x{tile.pixels}"
    return Rung(name, implicit_gemm.takes, partial(implicit_gemm.launch, tile=tile))


LADDER = (
    Rung("direct", direct.takes, direct.launch),
    Rung("tiled", tiled.takes, tiled.launch),
    Rung("blocked", blocked.takes, blocked.launch),
    *map(_gemm, TILES),
)
RUNGS = {rung.name: rung for rung in LADDER}


def choose(images_shape, kernels_shape, geometry: Geometry, dtype: np.dtype) -> Rung:
    """Return the rung that should be quickest for (N, C, H, W) and (K, C, KH, KW).

    Small work and float64 stay with the definition. Where a receptive field holds few numbers, memory is the limit, and the
    rung that reads each pixel least often wins. Otherwise arithmetic is, and the largest tile that still gives every
    multiprocessor its blocks.
    """
    batch, filters = images_shape[0], kernels_shape[0]
    places = np.prod(feature_map_size(images_shape[2:], kernels_shape[2:], geometry))
    field = np.prod(kernels_shape[1:])
    if not is_plain(images_shape, kernels_shape, geometry):
        return RUNGS["direct"]
    if dtype.itemsize > 4 or batch * filters * places * field <= SMALL:
        return RUNGS["direct"]
    if field <= SHALLOW and blocked.takes(images_shape, kernels_shape, geometry, dtype):
        return RUNGS["blocked"]
    if filters > 64 and -(-filters // 128) * (batch * places // 128) >= BLOCKS_WANTED:
        return RUNGS["implicit GEMM 128x128"]
    if -(-filters // 64) * (batch * places // 128) >= BLOCKS_WANTED:
        return RUNGS["implicit GEMM 64x128"]
    return RUNGS["implicit GEMM 64x64"]
