"""What the warps of a launch ask memory for: requests, the sectors that they touch, and the conflicts of banks.

A GPU runs 32 threads, a warp, at once: what they read or write with one instruction is one request. Global memory
answers in sectors of 32 bytes, however few bytes are wanted. Shared memory has 32 banks of 4 bytes side by side: it answers
for each bank one word at a time, the same word to any number of threads.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from gpu.faults import Place
from gpu.recording import WARP, Memory, Recording, Step, Triple

SECTOR, BANKS, WORD, WIDEST = 32, 32, 4, 16  # bytes, but for the number of banks
AT_ONCE = BANKS * WORD  # bytes that shared memory can deliver at once
MOST_PARTS = WARP * WIDEST // AT_ONCE  # in which it answers a request


class Request(NamedTuple):
    """One instruction of one warp: the lanes that take part, the first byte that each wants, and how many bytes."""

    recording: Recording
    place: Place
    memory: Memory
    kind: str
    block: Triple
    warp: int  # of the block
    lanes: NDArray[Any]
    firsts: NDArray[Any]
    size: int
    sectors: int
    fewest: int
    conflicts: int

    @property
    def waste(self) -> int:
        """How many sectors are fetched in vain, or how many extra answers shared memory gives."""
        return self.conflicts + self.sectors - self.fewest

    @property
    def elements(self) -> NDArray[Any]:
        """The first element that each thread wants."""
        return (self.firsts - self.memory.start) // self.memory.dtype.itemsize

    @property
    def parts(self) -> NDArray[Any]:
        """In which part of shared memory's answer each thread gets what it wants: threads share 128 bytes at a time."""
        return self.lanes * self.size // AT_ONCE


@dataclass(frozen=True, eq=False)
class Requests:
    """All requests of one instruction for one array, in the order of the walk."""

    recording: Recording
    place: Place
    memory: Memory
    kind: str  # "read", "write" or "atomic"
    warps: NDArray[Any]  # (m,) the warps that ask, by their number in the launch
    sizes: NDArray[Any]  # (m,) how many bytes each of a request's threads wants
    starts: NDArray[Any]  # (m,) where a request's threads begin among all
    lanes: NDArray[Any]  # (n,) the threads by their place in the warp, request by request
    firsts: NDArray[Any]  # (n,) the first byte that each wants

    def __len__(self) -> int:
        return len(self.warps)

    def __getitem__(self, number: int) -> Request:
        here = slice(self.starts[number], self.starts[number] + self._threads[number])
        warps_of_block = -(-self.recording.threads_of_block // WARP)
        warp = int(self.warps[number])
        return Request(
            self.recording,
            self.place,
            self.memory,
            self.kind,
            self.recording.block(warp // warps_of_block * self.recording.threads_of_block),
            warp % warps_of_block,
            self.lanes[here].copy(),  # without the others, which take much memory
            self.firsts[here].copy(),
            *(int(column[number]) for column in (self.sizes, self.sectors, self.fewest, self.conflicts)),
        )

    @property
    def worst(self) -> Request:
        """The request that wastes most."""
        return self[int(np.argmax(self.conflicts + self.sectors - self.fewest))]

    @property
    def values(self) -> int:
        """How many values threads read or write."""
        return int((self._threads * self.sizes).sum()) // self.memory.dtype.itemsize

    @cached_property
    def sectors(self) -> NDArray[Any]:
        """How many sectors each request touches: 0 outside of global memory."""
        if self.memory.space != "global":
            return np.zeros(len(self), np.int64)
        requests, _ = _distinct(self._requests, self.firsts // SECTOR)
        return np.bincount(requests, minlength=len(self))

    @cached_property
    def fewest(self) -> NDArray[Any]:
        """How many sectors would be enough if what each request wants were side by side, from the start of a sector."""
        if self.memory.space != "global":
            return np.zeros(len(self), np.int64)
        requests, _ = _distinct(self._requests, self.firsts)
        fewest: NDArray[Any] = -(-np.bincount(requests, minlength=len(self)) * self.sizes // SECTOR)
        return fewest

    @cached_property
    def conflicts(self) -> NDArray[Any]:
        """How often shared memory answers each request once more because a bank is asked for several words.

        Threads that want 16 bytes each are served eight at a time, those that want 4 bytes all at once.
        """
        if self.memory.space != "shared":
            return np.zeros(len(self), np.int64)
        sizes = np.repeat(self.sizes, self._threads)
        words = -(-sizes // WORD)
        part = self._requests * MOST_PARTS + self.lanes * sizes // AT_ONCE
        word = np.repeat(self.firsts // WORD - np.cumsum(words) + words, words) + np.arange(words.sum())
        part, word = _distinct(np.repeat(part, words), word)
        banks, answers = np.unique(part * BANKS + word % BANKS, return_counts=True)
        parts, starts = np.unique(banks // BANKS, return_index=True)
        more = np.maximum.reduceat(answers, starts) - 1
        return np.bincount(parts // MOST_PARTS, more, len(self)).astype(np.int64)

    @cached_property
    def _threads(self) -> NDArray[Any]:
        """How many threads take part in each request."""
        return np.diff(self.starts, append=len(self.lanes))

    @cached_property
    def _requests(self) -> NDArray[Any]:
        """The number of each thread's request."""
        return np.repeat(np.arange(len(self)), self._threads)


class Traffic(NamedTuple):
    """What a launch asks of one array: values, by thread, of which an atomic reads and writes one; requests, by warp.

    worst: the request that wastes most, if one does.
    """

    space: str
    array: str
    reads: int
    writes: int
    requests: int
    sectors: int
    fewest: int
    conflicts: int
    worst: Request | None


def traffic(recording: Recording) -> list[Traffic]:
    """Return what a launch asks of each array."""
    counts: dict[Memory, NDArray[Any]] = defaultdict(lambda: np.zeros(6, np.int64))
    wasteful: dict[Memory, list[Request]] = defaultdict(list)
    for found in _instructions(recording):
        counts[found.memory] += (
            found.values if found.kind != "write" else 0,
            found.values if found.kind != "read" else 0,
            len(found),
            *(column.sum() for column in (found.sectors, found.fewest, found.conflicts)),
        )
        wasteful[found.memory].append(found.worst)
    return [
        Traffic._make([memory.space, memory.name, *found.tolist(), _worst(wasteful[memory])])
        for memory, found in counts.items()
    ]


def busiest(recording: Recording) -> int:
    """Return how many values the busiest thread reads from global and shared memory."""
    reads = np.zeros(int(np.prod(recording.blocks)) * recording.threads_of_block, np.int64)
    for step in recording.steps:
        reads[step.threads] += step.kind != "write"
    return int(reads.max())


def worst(found: Iterable[Requests]) -> Request | None:
    """Return the request that wastes most; None if none does."""
    return _worst(each.worst for each in found)


def _worst(found: Iterable[Request]) -> Request | None:
    request = max(found, key=lambda request: request.waste, default=None)
    return request if request and request.waste else None


def requests(
    recording: Recording, space: str | None = None, name: str | None = None, kind: str | None = None
) -> list[Requests]:
    """Return the requests of each instruction: for a space of memory, for one array, of one kind.

    A warp's threads that carry out a step together ask together. What the compiler joins is one request: a thread's reads
    of two neighbours in shared memory from an even one on, or of four from a multiple of four on, right after each other.
    """
    return list(_instructions(recording, space, name, kind))


def _instructions(
    recording: Recording, space: str | None = None, name: str | None = None, kind: str | None = None
) -> Iterator[Requests]:
    """Yield the requests of one instruction after the other, since they take much memory."""
    runs_of = defaultdict(list)
    for step, joined in _runs(recording.steps):
        memory = step.memory
        if space in (None, memory.space) and name in (None, memory.name) and kind in (None, step.kind):
            runs_of[step.place, memory, step.kind].append((step, joined))
    for runs in runs_of.values():
        yield _requests(recording, runs)


def _requests(recording: Recording, runs: list[tuple[Step, int]]) -> Requests:
    """Return the requests of one instruction: its steps, each with how many values a thread reads at once."""
    steps, joined = zip(*runs)
    place, memory, kind = steps[0][:3]
    of_block, counts = recording.threads_of_block, [len(step.threads) for step in steps]
    threads = np.concatenate([step.threads for step in steps], dtype=np.int64)
    elements = np.concatenate([step.elements for step in steps], dtype=np.int64)
    blocks = threads // of_block
    in_block = threads - blocks * of_block
    warps = blocks * -(-of_block // WARP) + in_block // WARP
    turns = np.repeat(np.arange(len(steps)), counts)
    starts = np.flatnonzero((np.diff(warps, prepend=-1) != 0) | (np.diff(turns, prepend=-1) != 0))
    return Requests(
        recording,
        place,
        memory,
        kind,
        warps[starts],
        np.array(joined)[turns[starts]] * memory.dtype.itemsize,
        starts,
        in_block % WARP,
        memory.start + elements * memory.dtype.itemsize,
    )


def _runs(steps: list[Step]) -> Iterator[tuple[Step, int]]:
    """Yield each step with a 1, or the first of those that make up a wide read with their number."""
    run: list[Step] = []
    for step in steps:
        if run and not _continues(run, step):
            yield run[0], len(run)
            run = []
        run.append(step)
    if run:
        yield run[0], len(run)


def _continues(run: list[Step], step: Step) -> bool:
    """Return whether a step touches, in the same instruction, what comes right after what a run of steps has touched."""
    first, memory, size = run[0], step.memory, step.memory.dtype.itemsize
    return (
        step[:3] == first[:3]
        and (step.wide or (step.kind == "read" and memory.space == "shared"))
        and (wide := (2 if len(run) == 1 else 4) * size) <= WIDEST
        and len(run) < 4
        and np.array_equal(step.threads, first.threads)
        and np.array_equal(step.elements, first.elements + len(run))
        and np.array_equal(step.epochs, first.epochs)
        and not (first.elements * size % wide).any()
    )


def _distinct(owners: NDArray[Any], values: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return the owners and the values of all distinct pairs."""
    span = int(values.max(initial=0)) + 1
    return np.divmod(np.unique(owners * span + values), span)
