"""The rungs of the ladder, slowest idea first, and the choice among them by an estimate."""

from collections.abc import Callable, Iterator
from functools import partial
from types import ModuleType
from typing import NamedTuple

import numpy as np

from kernels.cuda.convolution import blocked, direct, implicit_gemm, pipelined, tiled
from kernels.cuda.convolution.estimate import Block, Card, card, seconds
from kernels.shapes import Geometry


class Rung(NamedTuple):
    """One way to convolve on the GPU. block returns what one of its blocks computes of (K, C / groups, KH, KW)."""

    name: str
    takes: Callable[..., bool]
    launch: Callable[..., None]
    block: Callable[[tuple[int, ...]], Block]


def _blocked(kernels_shape) -> Block:
    filters = blocked.filters_per_thread(kernels_shape[0])
    return Block(f"blocked 3x3 for {filters} filters", filters, (2 * tiled.TILE, tiled.TILE))


def _tiles(name: str, rung: ModuleType) -> Iterator[Rung]:
    for tile in rung.TILES:
        kernel = f"{name} {tile.filters}x{tile.pixels}"
        block = Block(kernel, tile.filters, tile.pixels, tile.depth, launches=2)  # one arranges the weights
        yield Rung(kernel, rung.takes, partial(rung.launch, tile=tile), partial(_same, block))


def _same(block: Block, kernels_shape) -> Block:
    return block


LADDER = (
    Rung("direct", direct.takes, direct.launch, partial(_same, Block("direct", 1, (4, 32)))),
    Rung("tiled", tiled.takes, tiled.launch, partial(_same, Block("tiled 3x3", 1, (tiled.TILE, tiled.TILE)))),
    Rung("blocked", blocked.takes, blocked.launch, _blocked),
    *_tiles("implicit GEMM", implicit_gemm),
    *_tiles("pipelined GEMM", pipelined),
)
RUNGS = {rung.name: rung for rung in LADDER}


def estimates(images_shape, kernels_shape, geometry: Geometry, dtype: np.dtype, on: Card) -> dict[str, float]:
    """Return the estimated seconds of each rung that takes (N, C, H, W) and (K, C / groups, KH, KW), by its name."""
    layer = images_shape, kernels_shape, geometry, dtype
    return {rung.name: seconds(rung.block(kernels_shape), *layer, on) for rung in LADDER if rung.takes(*layer)}


def choose(images_shape, kernels_shape, geometry: Geometry, dtype: np.dtype) -> Rung:
    """Return the rung with the least estimate for (N, C, H, W) and (K, C / groups, KH, KW) on this GPU."""
    found = estimates(images_shape, kernels_shape, geometry, dtype, card())
    return RUNGS[min(found, key=found.__getitem__)]
