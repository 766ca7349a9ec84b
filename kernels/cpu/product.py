"""A matrix product in register tiles (tile.py): weights times a panel of pixels."""

from kernels.cpu.compiled import inner
from kernels.cpu.integers import smaller, up
from kernels.cpu.tile import BY_COLUMN, BY_ROW, WAITING, multiply, next_tile
from kernels.cpu.vectors import lanes_of
from kernels.types import Floats, Integers


@inner(inline="always")
def product(
    weights: Floats,
    begin: int,
    pitch: int,
    step: int,
    depth: int,
    panel: Floats,
    at: int,
    offsets: Integers,
    bias: Floats,
    by_column: bool,
    end: bool,
    waiting: Floats,
    waits: int,
    sums: Floats,
    target: int,
    plane: int,
    first: int,
    last: int,
    length: int,
    by_plane: bool,
) -> int:
    """Add weights times panel to a run of pixels of the planes first to last: sums[target + k * plane :], so long.

    The bias is one of the planes, or one of the run's columns. Before the end the sums wait, from waiting[waits] on.
    Tiles go along the planes, or else across them. Return how far the sums wait.
    """
    lanes = lanes_of(sums)
    while first < last:
        tallest, _ = next_tile(last - first, 1)
        stop = last - (last - first) % tallest
        together = tallest if by_plane else stop - first
        while first < stop:
            done = 0
            while done < length:
                tall, wide = next_tile(together, up(length - done, lanes))
                columns = smaller(wide * lanes, length - done)
                for k in range(first, first + together, tall):
                    multiply(
                        weights, k * pitch + begin, pitch, step, tall, depth, panel, at + done, offsets,
                        bias, done if by_column else k, WAITING if begin else BY_COLUMN if by_column else BY_ROW,
                        end, waiting, waits, sums, target + k * plane + done, plane, columns,
                    )  # fmt: skip
                    waits += tall * wide * lanes
                done += columns
            first += together
    return waits
