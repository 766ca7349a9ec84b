"""Threads that walk through a kernel together, and which of them take part in a statement."""

from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gpu.recording import WARP, Triple


class Group:
    """Threads that carry out each statement together: all of several blocks, or a single warp.

    numbers: (n,) of the threads in the whole launch, ascending. Each has a lane, its place in the group.
    """

    def __init__(self, numbers: NDArray[Any], blocks: Triple, threads: Triple, first_block: int) -> None:
        self.numbers, self.size = numbers, len(numbers)
        of_block = int(np.prod(threads))
        block, thread = numbers // of_block, numbers % of_block
        self.block = block - first_block  # in the part of the grid that runs at once
        self.warp = self.block * -(-of_block // WARP) + thread // WARP
        self.lane_of_warp = thread % WARP
        self.block_index, self.thread_index = _unravelled(block, blocks), _unravelled(thread, threads)
        self.everyone = Active(self, np.ones(self.size, bool))

    @cached_property
    def first_of_warp(self) -> NDArray[Any]:
        """The lane of the first thread of each thread's warp: warps lie whole in a group."""
        lanes: NDArray[Any] = np.arange(self.size) - self.lane_of_warp
        return lanes


class Active:
    """The threads of a group that take part in a statement."""

    __slots__ = ("__dict__", "group", "mask")

    def __init__(self, group: Group, mask: NDArray[Any]) -> None:
        self.group, self.mask = group, mask

    @cached_property
    def lanes(self) -> NDArray[Any]:
        """Their places in the group, ascending."""
        return np.flatnonzero(self.mask)

    @cached_property
    def numbers(self) -> NDArray[Any]:
        """Their numbers in the launch."""
        numbers: NDArray[Any] = self.group.numbers[self.lanes]
        return numbers

    @cached_property
    def count(self) -> int:
        """How many they are."""
        return int(np.count_nonzero(self.mask))

    def where(self, condition: NDArray[Any]) -> "Active":
        """Return those of them for which a condition holds."""
        return Active(self.group, self.mask & condition)

    def but(self, others: "Active") -> "Active":
        """Return those of them that are not among others."""
        return Active(self.group, self.mask & ~others.mask)

    def with_(self, others: "Active") -> "Active":
        """Return them and others."""
        return Active(self.group, self.mask | others.mask)

    def of(self, values: NDArray[Any]) -> NDArray[Any]:
        """Return their own of values that all threads of the group have, (n,) -> (count,)."""
        return values if self.count == self.group.size else values[self.lanes]

    def spread(self, values: NDArray[Any]) -> NDArray[Any]:
        """Return values of theirs, (count,), as values of all threads, (n,): 0 for the others."""
        if self.count == self.group.size:
            return values
        whole = np.zeros(self.group.size, values.dtype)
        whole[self.lanes] = values
        return whole


def _unravelled(numbers: NDArray[Any], sizes: Triple) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
    return numbers % sizes[0], numbers // sizes[0] % sizes[1], numbers // (sizes[0] * sizes[1])


def union(parts: list[Active]) -> Active:
    """Return the threads of several parts of a group."""
    if len(parts) == 1:
        return parts[0]
    return Active(parts[0].group, np.logical_or.reduce([part.mask for part in parts]))
