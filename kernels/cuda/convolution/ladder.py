"""The rungs of the ladder, slowest idea first, and the choice among them by an estimate."""

from collections.abc import Callable, Iterator
from functools import lru_cache, partial
from types import ModuleType
from typing import NamedTuple

from kernels.cuda.convolution import blocked, direct, implicit_gemm, pipelined, tensor_cores, tiled
from kernels.cuda.convolution.estimate import Block, Card, card, seconds
from kernels.cuda.convolution.tiled import TILE
from kernels.cuda.device import capability
from kernels.cuda.grids import MOST_THREADS
from kernels.shapes import Geometry, feature_map_size
from kernels.types import DType, Shape


class Rung(NamedTuple):
    """One way to convolve on the GPU.

    block(rows, filters) returns what one block computes of feature maps with so many rows, and filters in a group.
    """

    name: str
    takes: Callable[..., bool]
    launch: Callable[..., None]
    block: Callable[[int, int], Block]


def _direct(rows: int, filters: int) -> Block:
    return Block("direct", 1, MOST_THREADS)


def _tiled(rows: int, filters: int) -> Block:
    return Block("tiled 3x3", 1, (TILE, TILE))


def _blocked(rows: int, filters: int) -> Block:
    together = blocked.filters_per_thread(filters)
    name = f"blocked 3x3 for {together} filters"
    if rows <= TILE:
        return Block(f"{name}, one place", together, (TILE, TILE))
    return Block(name, together, (2 * TILE, TILE))


def _tiles(name: str, rung: ModuleType) -> Iterator[Rung]:
    for tile in rung.TILES:
        kernel = f"{name} {tile.filters}x{tile.pixels}"
        block = Block(kernel, tile.filters, tile.pixels, tile.depth, launches=2)  # one arranges the weights
        yield Rung(kernel, rung.takes, partial(rung.launch, tile=tile), partial(_always, block))


def _always(block: Block, rows: int, filters: int) -> Block:
    return block


LADDER = (
    Rung("direct", direct.takes, direct.launch, _direct),
    Rung("tiled", tiled.takes, tiled.launch, _tiled),
    Rung("blocked", blocked.takes, blocked.launch, _blocked),
    *_tiles("implicit GEMM", implicit_gemm),
    *_tiles("pipelined GEMM", pipelined),
    *_tiles("tensor cores", tensor_cores),
)
RUNGS = {rung.name: rung for rung in LADDER}

# Never chosen, only asked for by name: their estimate is the least for most large layers, but no GPU has run them yet, and
# how a tensor core rounds is known from a model of it.
UNPROVEN = {"tensor cores 64x64", "tensor cores 128x128"}


def estimates(images_shape: Shape, kernels_shape: Shape, geometry: Geometry, dtype: DType, on: Card) -> dict[str, float]:
    """Return the estimated seconds of each rung that takes (N, C, H, W) and (K, C / groups, KH, KW), by its name."""
    layer = images_shape, kernels_shape, geometry, dtype
    rows, _ = feature_map_size(images_shape[2:], kernels_shape[2:], geometry)
    filters = kernels_shape[0] * kernels_shape[1] // images_shape[1]
    return {rung.name: seconds(rung.block(rows, filters), *layer, on) for rung in LADDER if rung.takes(*layer)}


def choose(images_shape: Shape, kernels_shape: Shape, geometry: Geometry, dtype: DType) -> Rung:
    """Return the rung with the least estimate for (N, C, H, W) and (K, C / groups, KH, KW) on this GPU; none unproven."""
    return _chosen(images_shape, kernels_shape, geometry, dtype, card(), capability())


@lru_cache(maxsize=1024)  # networks ask for the same layers again and again, and estimates take longer than a launch
def _chosen(
    images_shape: Shape, kernels_shape: Shape, geometry: Geometry, dtype: DType, on: Card, able: tuple[int, int]
) -> Rung:
    """Return the same for a card of this compute capability: what the rungs' `takes` ask for."""
    found = estimates(images_shape, kernels_shape, geometry, dtype, on)
    return RUNGS[min(found.keys() - UNPROVEN, key=found.__getitem__)]
