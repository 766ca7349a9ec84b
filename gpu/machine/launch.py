"""Launch a kernel: blocks, warps and threads walk through it, in the order that is asked for.

Blocks know nothing of each other. The threads of a block wait for each other at barriers; between two of them a GPU may
run its warps in any order, so a kernel that is right must give the same result in every one of them.
"""

import random
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gpu.faults import Fault, KernelError, Kind, OverBudget, Place
from gpu.machine.frames import Frame, Types
from gpu.machine.functions import Function
from gpu.machine.interpreter import Barrier, Walk, Walking
from gpu.machine.memories import Memories, Storage, View
from gpu.machine.numbers import literal
from gpu.machine.threads import Group
from gpu.machine.types import signature, types_of
from gpu.recording import WARP, Memory, Recording, Triple, called, unravelled

MOST_THREADS, MOST_OF_BLOCK, MOST_OF_GRID = 1024, (1024, 1024, 64), (2**31 - 1, 65_535, 65_535)  # of the hardware
SHARED_BYTES = 48 * 1024  # for a block, on every GPU
ALIGNMENT = 256  # bytes: where arrays in global memory begin
AT_ONCE = 1 << 15  # threads whose blocks run together: more would only take more memory


class Order(Enum):
    """The order in which threads walk from one barrier to the next."""

    TOGETHER = "all together"
    FORWARD = "warp by warp"
    BACKWARD = "warp by warp, the last one first"
    SHUFFLED = "warp by warp, in a random order"


@dataclass(frozen=True)
class Budget:
    """What one launch may take."""

    threads: int = 1 << 20
    steps: int = 100_000  # statements of a thread; one that threads carry out together counts once
    accesses: int = 4_000_000  # to global and shared memory, by all threads: their notes take about 200 MB
    local_bytes: int = 256 * 1024**2


@dataclass(eq=False)
class Blank:
    """An array in global memory that holds no numbers yet: an output. filled: which elements do, in C order."""

    array: NDArray[Any]
    filled: NDArray[Any] | None = None  # none of them, by default


Argument = NDArray[Any] | Blank | np.generic | bool | int | float | tuple[Any, ...]


def launch(
    function: Function,
    blocks: object,
    threads: object,
    arguments: Sequence[Any],
    order: Order = Order.TOGETHER,
    budget: Budget = Budget(),
    notes: bool = True,
    seed: int = 0,
    width: int = WARP,
) -> Recording:
    """Run a kernel, and return what it did. Arrays among the arguments are changed in place, as a GPU's are.

    blocks, threads: a number, or up to three. arguments: C-ordered arrays, Blank ones that hold nothing yet, and numbers.
    notes: whether accesses are recorded; faults always are. seed: of the shuffled order. width: how many threads go on
    together, unless all do; 1 is for kernels in which no warp waits for its threads. Raises KernelError if the kernel
    cannot continue, OverBudget if it does not end.
    """
    recording = Recording(function.name, _three(blocks), _three(threads))
    if broken := _limit(recording):
        recording.faults.append(Fault(Kind.LIMIT, broken))
        return recording
    running = _Launch(function, recording, arguments, order, budget, notes, seed, width)
    with np.errstate(all="ignore"), suppress(_TooMuchShared):
        running.run()
    return recording


def evaluate(function: Function, *arguments: object, budget: Budget = Budget(steps=10_000)) -> object:
    """Return what a function of the host returns: numbers of Python's, tuples of them, or None."""
    return _plain(result(function, *arguments, budget=budget))


def result(function: Function, *arguments: object, budget: Budget = Budget(steps=10_000)) -> object:
    """Return what a function of the host returns, as kernels have it."""
    recording = Recording(function.name, (1, 1, 1), (1, 1, 1))
    running = _Launch(function, recording, arguments, Order.TOGETHER, budget, False, 0, WARP)
    with np.errstate(all="ignore"):
        return running.result()


class _TooMuchShared(Exception):
    """The hardware does not launch a kernel whose blocks ask for more shared memory than there is."""


class _Launch:
    """A running launch: what walks ask of it."""

    def __init__(
        self,
        function: Function,
        recording: Recording,
        arguments: Sequence[Any],
        order: Order,
        budget: Budget,
        notes: bool,
        seed: int,
        width: int,
    ) -> None:
        self.function, self.recording, self.order, self.budget = function, recording, order, budget
        self.blocks, self.threads = recording.blocks, recording.threads
        self.memories, self.steps = Memories(recording, budget.accesses, notes), budget.steps
        self.memories.last_wins = order is not Order.BACKWARD
        self.random, self.width = random.Random(seed), width
        self._known: dict[tuple[Function, Place], Memory] = {}  # shared and local arrays, by where they are made
        self._here: dict[Any, Storage] = {}  # their elements, of the blocks that run at once
        self._types: dict[Any, Types | None] = {}  # by function and types of arguments; None while they are found
        self._local_bytes = 0
        self._blocks_here = 1
        self.arguments = [self._argument(name, value) for name, value in zip(function.parameters, arguments)]
        if len(arguments) != len(function.parameters):
            said = f"{function.name} takes {len(function.parameters)} arguments, but gets {len(arguments)}"
            raise KernelError(said, function.place(function.tree))

    def run(self) -> None:
        """Run all blocks."""
        of_block, count = self.recording.threads_of_block, prod(self.blocks)
        if of_block * count > self.budget.threads:
            raise OverBudget(f"{of_block * count:,} threads are launched, but at most {self.budget.threads:,} are allowed")
        together = max(1, AT_ONCE // of_block) if self.order is Order.TOGETHER else 1
        starts = list(range(0, count, together))
        if self.order is Order.BACKWARD:
            starts.reverse()
        elif self.order is Order.SHUFFLED:
            self.random.shuffle(starts)
        for first in starts:
            self._run_blocks(first, min(together, count - first))

    def result(self) -> object:
        """Return what a function returns to a single thread, which waits for nobody."""
        walk = Walk(self, Group(np.zeros(1, np.int64), self.blocks, self.threads, 0), is_host=True)
        walking = walk.call(self.function, self.arguments, walk.group.everyone)
        try:
            next(walking)
        except StopIteration as end:
            return end.value
        raise KernelError("a function for the host has no barriers")

    def types_of(self, function: Function, arguments: list[Any]) -> Types:
        """Return the types of a function's variables, for arguments of such types."""
        key = function, signature(arguments)
        if key not in self._types:
            self._types[key] = None
            self._types[key] = types_of(function, arguments, self)
        found = self._types[key]
        if found is None:
            raise KernelError(f"{function.name} calls itself")
        return found

    def array(self, frame: Frame, memory: Memory) -> View:
        """Return the shared or local array that is made at a place: the same one whenever threads come there."""
        place = memory.place
        assert place is not None
        where = frame.function, place
        if where in self._known and self._known[where].shape == memory.shape:
            memory = self._known[where]
        else:
            self._known[where] = memory
            self.recording.memories.append(memory)
            self._require_room(place)
        key = memory if memory.space == "shared" else (memory, frame.active.group)
        storage = self._here.get(key)
        if storage is None:
            count = (self._blocks_here if memory.space == "shared" else frame.active.group.size) * memory.size
            if memory.space == "local":
                self._local_bytes += count * memory.dtype.itemsize
                if self._local_bytes > self.budget.local_bytes:
                    said = f"the local arrays of all threads take too much memory, {memory.name} among them"
                    raise OverBudget(said, place)
            storage = self._here[key] = Storage(memory, np.zeros(count, memory.dtype), np.zeros(count, bool))
        return View(storage)

    def _require_room(self, place: Place) -> None:
        """Note a fault, and stop the launch, if a block now asks for more shared memory than there is."""
        if self.recording.shared_bytes > SHARED_BYTES:
            asked, most = f"{self.recording.shared_bytes:,} bytes of shared memory", f"{SHARED_BYTES:,}"
            sentence = f"A block asks for {asked} (line {place.line}), but only {most} are available."
            self.recording.faults.append(Fault(Kind.LIMIT, sentence, (place,)))
            raise _TooMuchShared

    def _run_blocks(self, first: int, count: int) -> None:
        """Run blocks that begin together. first: the number of the first one."""
        of_block = self.recording.threads_of_block
        numbers = np.arange(first * of_block, (first + count) * of_block)
        warps = -(-of_block // WARP)
        self._here, self._blocks_here, self._local_bytes = {}, count, 0
        self.memories.epochs, self.memories.warp_epochs = np.zeros(count, np.int64), np.zeros(count * warps, np.int64)
        width = len(numbers) if self.order is Order.TOGETHER else self.width
        pieces = [numbers[at : at + width] for at in range(0, len(numbers), width)]
        groups = [Group(piece, self.blocks, self.threads, first) for piece in pieces]
        walking = {id(group): self._walk(group) for group in groups}
        while groups:
            if self.order is Order.BACKWARD:
                groups.reverse()
            elif self.order is Order.SHUFFLED:
                self.random.shuffle(groups)
            arrived = {id(group): barrier for group in groups if (barrier := next(walking[id(group)], None))}
            self._pass(arrived.values(), first, count)
            groups = sorted((group for group in groups if id(group) in arrived), key=lambda group: group.numbers[0])

    def _walk(self, group: Group) -> Walking:
        return Walk(self, group).call(self.function, self.arguments, group.everyone)

    def _pass(self, arrived: Iterable[Barrier], first: int, count: int) -> None:
        """Let threads continue after a barrier, and note a fault for each block whose threads are not all there."""
        of_block = self.recording.threads_of_block
        here: dict[Place, NDArray[Any]] = {}
        for place, active in arrived:
            there = here.setdefault(place, np.zeros(count * of_block, bool))
            there[active.numbers - first * of_block] = True
        later = self.memories.epochs.copy()
        for place, there in here.items():
            of_each = there.reshape(count, of_block).sum(axis=1)
            later += of_each > 0
            if (broken := (of_each > 0) & (of_each < of_block)).any():
                block = int(np.argmax(broken))
                self._divergent(place, there.reshape(count, of_block)[block], first + block)
        self.memories.epochs = later
        self.recording.barriers = max(self.recording.barriers, int(later.max(initial=0)))

    def _divergent(self, place: Place, there: NDArray[Any], block: int) -> None:
        if any(fault.kind is Kind.BARRIER and fault.places == (place,) for fault in self.recording.faults):
            return
        waiting, missing = (unravelled(int(np.argmax(who)), self.threads) for who in (there, ~there))
        one, other, at = called(waiting, self.threads), called(missing, self.threads), unravelled(block, self.blocks)
        sentence = (
            f"{one}{self.recording.of_block(at)} waits at the barrier in line {place.line}, but {other} does not come "
            "there: all threads of a block must reach the same cuda.syncthreads(), even those that have nothing to do."
        )
        self.recording.faults.append(Fault(Kind.BARRIER, sentence, (place,), "", at, (waiting, missing)))

    def _argument(self, name: str, value: Argument) -> object:
        """Return an argument as the kernel sees it; arrays are put into global memory."""
        if isinstance(value, np.ndarray):
            return self._in_global_memory(name, value, None)
        if isinstance(value, Blank):
            filled = np.zeros(value.array.size, bool) if value.filled is None else value.filled
            return self._in_global_memory(name, value.array, filled)
        if isinstance(value, tuple):
            return tuple(self._argument(name, each) for each in value)
        return value if isinstance(value, np.generic) else literal(value)

    def _in_global_memory(self, name: str, array: NDArray[Any], filled: NDArray[np.bool_] | None) -> View:
        if not array.flags.c_contiguous:
            raise ValueError(f"{name} must be an array in C order")
        ends = [memory.start + memory.size * memory.dtype.itemsize for memory in self.recording.memories]
        start = -(-max(ends, default=0) // ALIGNMENT) * ALIGNMENT
        memory = Memory(name, "global", array.shape, array.dtype, start)
        self.recording.memories.append(memory)
        return View(Storage(memory, array.reshape(-1), filled))


def _three(sizes: object) -> Triple:
    """Return a number, or up to three, as three."""
    found = tuple(sizes) if isinstance(sizes, (tuple, list)) else (sizes,)
    x, y, z = (*map(int, found), 1, 1)[:3]
    return x, y, z


def _limit(recording: Recording) -> str:
    """Return a sentence if the hardware does not launch this; "" if it does."""
    for what, sizes, most in (("blocks", recording.blocks, MOST_OF_GRID), ("threads", recording.threads, MOST_OF_BLOCK)):
        for axis, size, limit in zip("xyz", sizes, most):
            if not 1 <= size <= limit:
                return f"A launch has 1 to {limit:,} {what} along {axis}, but this one has {size:,}."
    if recording.threads_of_block > MOST_THREADS:
        return f"A block has at most {MOST_THREADS:,} threads, but this one has {recording.threads_of_block:,}."
    return ""


def _plain(value: object) -> object:
    if isinstance(value, tuple):
        return tuple(map(_plain, value))
    return value.item() if isinstance(value, np.generic) else value
