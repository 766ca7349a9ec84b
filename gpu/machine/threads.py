"""Threads that walk through a kernel together, and which of them take part in a statement."""

from functools import cached_property

import numpy as np

from gpu.recording import WARP, Triple


class Group:
    """Threads that carry out each statement together: all of several blocks, or a single warp.

    numbers: (n,) of the threads in the whole launch, ascending. Each has a lane, its place in the group.
    """

    def __init__(self, numbers: np.ndarray, blocks: Triple, threads: Triple, first_block: int):
        self.numbers, self.size = numbers, len(numbers)
        of_block = int(np.prod(threads))
        block, thread = numbers // of_block, numbers % of_block
        self.block = block - first_block  # in the part of the grid that runs at once
        self.warp = self.block * -(-of_block // WARP) + thread // WARP
        self.lane_of_warp = thread % WARP
        self.block_index, self.thread_index = _unravelled(block, blocks), _unravelled(thread, threads)
        self.everyone = Active(self, np.ones(self.size, bool))

    @cached_property
    def first_of_warp(self) -> np.ndarray:
        """The lane of the first thread of each thread's warp: warps lie whole in a group."""
        return np.arange(self.size) - self.lane_of_warp


class Active:
    """The threads of a group that take part in a statement."""

    __slots__ = ("__dict__", "group", "mask")

    def __init__(self, group: Group, mask: np.ndarray):
        self.group, self.mask = group, mask

    @cached_property
    def lanes(self) -> np.ndarray:
        """Their places in the group, ascending."""
        return np.flatnonzero(self.mask)

    @cached_property
    def numbers(self) -> np.ndarray:
        """Their numbers in the launch."""
        return self.group.numbers[self.lanes]

    @cached_property
    def count(self) -> int:
        """How many they are."""
        return int(np.count_nonzero(self.mask))

    def where(self, condition: np.ndarray) -> "Active":
        """Return those of them for which a condition holds."""
        return Active(self.group, self.mask & condition)

    def but(self, others: "Active") -> "Active":
        """Return those of them that are not among others."""
        return Active(self.group, self.mask & ~others.mask)

    def with_(self, others: "Active") -> "Active":
        """Return them and others."""
        return Active(self.group, self.mask | others.mask)

    def of(self, values: np.ndarray) -> np.ndarray:
        """Return their own of values that all threads of the group have, (n,) -> (count,)."""
        return values if self.count == self.group.size else values[self.lanes]

    def spread(self, values: np.ndarray) -> np.ndarray:
        """Return values of theirs, (count,), as values of all threads, (n,): 0 for the others."""
        if self.count == self.group.size:
            return values
        whole = np.zeros(self.group.size, values.dtype)
        whole[self.lanes] = values
        return whole


def _unravelled(numbers: np.ndarray, sizes: Triple) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    return numbers % sizes[0], numbers // sizes[0] % sizes[1], numbers // (sizes[0] * sizes[1])


def union(parts: list[Active]) -> Active:
    """Return the threads of several parts of a group."""
    if len(parts) == 1:
        return parts[0]
    return Active(parts[0].group, np.logical_or.reduce([part.mask for part in parts]))
