"""How long a rung should take for a layer: a bound that is computed from what its blocks compute, to choose a rung by.

    seconds = launches * LAUNCH + max(computing, moving)
    computing = blocks of the busiest multiprocessor * multiply-adds of a block / those of a multiprocessor in a second
    moving = bytes of all arrays, each moved once / bandwidth

The multiply-adds of a block include those wasted beyond the last filter, place or channel. In each cycle, a
multiprocessor issues four instructions, each for the 32 threads of a warp; as many of them multiply and add as the
compiler's report says. A card with fewer cores than that multiplies no more than its cores do. On tensor cores, an
instruction multiplies and adds 32 times for each thread, in TF32, and three of these make one in float32.

Left out: what caches lack, barriers that too few warps hide, and shares of other kernels than 3 x 3. So a layer may take
longer, and the order of two rungs that are close to each other may be wrong.
"""

from functools import cache
from math import prod
from typing import TYPE_CHECKING, NamedTuple

from kernels.cuda.device import cuda, gpu_is_there
from kernels.shapes import Geometry, feature_map_size
from kernels.types import DType, Shape

if TYPE_CHECKING:
    from numba.cuda.cudadrv.driver import Device

LAUNCH = 5e-6  # seconds to start a kernel: assumed, not measured
ISSUED = 4 * 32  # threads whose instructions a multiprocessor issues in a cycle
CORES = {(7, 0): 64, (7, 5): 64, (8, 0): 64}  # multiply-adds in float32 that a multiprocessor does in a cycle; else 128
TENSOR = {(8, 0): 512, (9, 0): 1024}  # multiply-adds in TF32 that its tensor cores do in a cycle; else 128
WIDTH, PRODUCTS = 32, 3  # multiply-adds of such an instruction for each thread, and how many make one in float32

# The percentage of a step's instructions that multiply and add, for Hopper: the column `share` of
# tests/kernels/compiled.csv, by its column `kernel`.
SHARES = {
    "direct": 1.7,
    "tiled 3x3": 2.2,
    "blocked 3x3 for 8 filters": 45.5,
    "blocked 3x3 for 8 filters, one place": 34.1,
    "blocked 3x3 for 16 filters": 57.3,
    "blocked 3x3 for 16 filters, one place": 43.3,
    "implicit GEMM 64x64": 48.7,
    "implicit GEMM 64x128": 56.0,
    "implicit GEMM 128x128": 66.1,
    "pipelined GEMM 64x64": 71.0,
    "pipelined GEMM 64x128": 78.3,
    "pipelined GEMM 128x128": 82.3,
    "tensor cores 64x64": 11.3,
    "tensor cores 128x128": 17.5,
}


class Card(NamedTuple):
    """A GPU: cores are those of a multiprocessor; clock in cycles a second, bandwidth in bytes a second.

    tensor: multiply-adds in TF32 that the tensor cores of a multiprocessor do in a cycle.
    """

    multiprocessors: int
    cores: int
    tensor: int
    clock: float
    bandwidth: float

    @property
    def peak(self) -> float:
        """The most FLOP in a second: each core multiplies and adds in every cycle."""
        return 2 * self.multiprocessors * self.cores * self.clock


# SXM5; source: NVIDIA's data sheet.
H100 = Card(multiprocessors=132, cores=128, tensor=1024, clock=1.98e9, bandwidth=3.35e12)


class Block(NamedTuple):
    """What a block of a rung computes: for some filters, a patch of places of one image, or places of any images in a row.

    Channels are filled up with zeros to a multiple of depth.
    """

    kernel: str  # a key of SHARES
    filters: int
    places: tuple[int, int] | int
    depth: int = 1
    launches: int = 1


def card() -> Card:
    """Return the GPU that computes here, or an H100 if there is no GPU."""
    return described(cuda.get_current_device()) if gpu_is_there() else H100


@cache
def described(device: "Device") -> Card:
    """Return what a GPU says of itself. One with the computer's memory names no clock of it: that counts as an H100's."""
    bits_a_cycle = 2 * device.GLOBAL_MEMORY_BUS_WIDTH  # double data rate
    return Card(
        device.MULTIPROCESSOR_COUNT,
        CORES.get(device.compute_capability, 128),
        TENSOR.get(device.compute_capability, 128),
        1e3 * device.CLOCK_RATE,
        1e3 * device.MEMORY_CLOCK_RATE * bits_a_cycle / 8 or H100.bandwidth,
    )


def rate(kernel: str, card: Card) -> float:
    """Return how many multiply-adds a multiprocessor does in a second at most, when it runs this kernel alone."""
    issued = ISSUED * SHARES[kernel] / 100
    if kernel.startswith("tensor cores"):
        return card.clock * min(card.tensor, WIDTH * issued) / PRODUCTS
    return card.clock * min(card.cores, issued)


def seconds(block: Block, images_shape: Shape, kernels_shape: Shape, geometry: Geometry, dtype: DType, card: Card) -> float:
    """Return the estimate for (N, C, H, W) and (K, C / groups, KH, KW) in seconds."""
    batch, filters = images_shape[0], kernels_shape[0]
    _, channels, *kernel = kernels_shape
    groups = images_shape[1] // channels
    size = feature_map_size(images_shape[2:], kernel, geometry)
    if isinstance(block.places, tuple):
        tiles = batch * prod(-(-length // along) for length, along in zip(size, block.places))
        places = prod(block.places)
    else:
        tiles, places = -(-batch * prod(size) // block.places), block.places
    blocks = tiles * groups * -(-filters // groups // block.filters)
    field = prod(kernel) * -(-channels // block.depth) * block.depth
    computing = -(-blocks // card.multiprocessors) * block.filters * places * field / rate(block.kernel, card)
    moved = dtype.itemsize * (prod(images_shape) + prod(kernels_shape) + batch * filters * prod(size))
    return block.launches * LAUNCH + max(computing, moved / card.bandwidth)
