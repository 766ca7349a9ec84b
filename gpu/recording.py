"""What one launch did: every access to memory, in the order of the walk."""

from dataclasses import dataclass, field
from math import prod
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from gpu.faults import Fault, Place

WARP = 32
VERBS = {"read": "reads", "write": "writes", "atomic": "changes"}  # of the kinds of steps
Triple = tuple[int, int, int]  # x, y, z


@dataclass(frozen=True, eq=False)
class Memory:
    """One array of a launch. Two are the same only if they are the same object."""

    name: str  # as the kernel calls it
    space: str  # "global", "shared" or "local"
    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    start: int = 0  # address of its first byte; global arrays begin at multiples of 256
    place: Place | None = None  # where a shared or local one is made

    @property
    def size(self) -> int:
        """How many elements it has; of a shared array those of one block, of a local one those of one thread."""
        return prod(self.shape)

    def index(self, element: int) -> str:
        """Write an element as the kernel would: "s[4]", "image[2, 3]"."""
        return f"{self.name}[{', '.join(map(str, np.unravel_index(element, self.shape)))}]"


class Step(NamedTuple):
    """One instruction, carried out by some threads at once: which of them, and the element that each touches.

    A thread's number counts through the whole launch: block by block (x first), within a block x first. So a warp is 32
    numbers in a row of one block: thread % threads of a block // 32.
    """

    place: Place
    memory: Memory
    kind: str  # "read", "write" or "atomic"
    threads: NDArray[Any]  # (n,) int64, ascending
    elements: NDArray[Any]  # (n,) int64, in C order; of a shared array within the block's own
    values: NDArray[Any]  # (n,) what was read, or written
    epochs: NDArray[Any]  # (n,) int64: how many barriers the thread's block has passed
    warp_epochs: NDArray[Any]  # (n,) int64: how many syncwarps its warp has passed
    wide: bool = False  # whether one instruction touches the neighbours, too, which the next steps do


@dataclass
class Recording:
    """One launch: its shape, its arrays, what happened."""

    kernel: str
    blocks: Triple
    threads: Triple  # of a block
    memories: list[Memory] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)  # no local arrays
    faults: list[Fault] = field(default_factory=list)  # those that a single thread commits; races are found in `races`
    barriers: int = 0  # the most that a block has passed
    atomics: bool = False  # whether any were used: then the order of threads may show in rounding

    @property
    def threads_of_block(self) -> int:
        """How many threads a block has."""
        return prod(self.threads)

    @property
    def shared_bytes(self) -> int:
        """How many bytes of shared memory a block has."""
        return sum(memory.size * memory.dtype.itemsize for memory in self.memories if memory.space == "shared")

    def of(self, space: str, name: str | None = None, kind: str | None = None) -> list[Step]:
        """Return the steps in a memory space, of one array, of one kind, in their order."""
        return [
            step
            for step in self.steps
            if step.memory.space == space and name in (None, step.memory.name) and kind in (None, step.kind)
        ]

    def block(self, thread: int) -> Triple:
        """Return blockIdx of a thread, by its number."""
        return unravelled(thread // self.threads_of_block, self.blocks)

    def thread(self, thread: int) -> Triple:
        """Return threadIdx of a thread, by its number."""
        return unravelled(thread % self.threads_of_block, self.threads)

    def named(self, thread: int) -> str:
        """Name a thread, by its number: "thread 3", and its block where there are several."""
        return called(self.thread(thread), self.threads) + self.of_block(self.block(thread))

    def of_block(self, block: Triple) -> str:
        """Return " of block 3", or "" where there is only one block."""
        return f" of {called(block, self.blocks, 'block')}" if prod(self.blocks) > 1 else ""


def called(place: Triple, sizes: Triple, what: str = "thread") -> str:
    """Name a thread or a block as simply as the launch allows: "thread 3", "thread (3, 1)"."""
    axes = 3 if sizes[2] > 1 else 2 if sizes[1] > 1 else 1
    return f"{what} {place[0] if axes == 1 else place[:axes]}"


def unravelled(number: int, sizes: Triple) -> Triple:
    """Return x, y and z of a number that counts x first."""
    return number % sizes[0], number // sizes[0] % sizes[1], number // (sizes[0] * sizes[1])
