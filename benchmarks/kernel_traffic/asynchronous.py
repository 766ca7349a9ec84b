"""What the machine in gpu/ does for the instructions of kernels/cuda/ptx.py: asynchronous copies into shared memory.

A copy may arrive at any time between its start and the wait for it. So it writes twice, NaN at once and what it copies at
the wait: a thread that reads or writes its target in between, or without a barrier before or after, is in a race with it.
"""

import ast
from collections import defaultdict
from collections.abc import Callable
from types import ModuleType
from typing import Any, NamedTuple

import numpy as np

from gpu.faults import Kind, Place
from gpu.machine import numbers
from gpu.machine.actions import Walk
from gpu.machine.memories import Access, View
from gpu.machine.names import Action
from gpu.machine.threads import Active, Group

QUAD = 4  # numbers in 16 bytes


class Copy(NamedTuple):
    """A copy on its way: which threads have started it where, to which element, of what."""

    active: Active
    place: Place
    target: View
    at: tuple[Any, ...]
    value: np.ndarray
    wide: bool = False  # whether it is one of the four that one instruction copies


class Copies:
    """The copies of all threads of a group that have not been waited for yet."""

    def __init__(self) -> None:
        self.started: dict[Group, list[Copy]] = defaultdict(list)

    def start_one(self, walk: Walk, node: ast.Call, arguments: list[Any], active: Active) -> None:
        """copy4(target, at, source, start, inside): 0 where not inside."""
        target, at, source, start, inside = arguments
        reading, place = active.where(np.broadcast_to(numbers.truth(inside), walk.group.size)), walk.place(node)
        value = np.zeros(walk.group.size, source.storage.values.dtype)
        if reading.count:
            value = np.where(reading.mask, walk.memories.load(Access(source, (start,), reading, place)), value)
        self._start(walk, Copy(active, place, target, at, value))

    def start_four(self, walk: Walk, node: ast.Call, arguments: list[Any], active: Active) -> None:
        """copy16(target, at, source, start): four numbers, from a multiple of 16 bytes to another."""
        (target, (*before, last), source, start), place = arguments, walk.place(node)
        odd = (target.shape[-1] | last | start) % QUAD != 0
        if active.where(np.broadcast_to(odd, walk.group.size)).count:
            said = f"16 bytes are copied in line {place.line}, but not from a multiple of 16 bytes to another."
            walk.memories.fault(Kind.LIMIT, lambda thread: said, place, target.storage.memory.name, int(active.numbers[0]))
        offsets = [np.int64(i) for i in range(QUAD)]
        values = [walk.memories.load(Access(source, (start + i,), active, place)) for i in offsets]
        _join(walk)
        for i, value in zip(offsets, values):
            self._start(walk, Copy(active, place, target, (*before, last + i), value, wide=True))
        _join(walk)

    def wait(self, walk: Walk, node: ast.Call, arguments: list[Any], active: Active) -> None:
        """Let what these threads have started arrive."""
        for copy in self.started.pop(walk.group, []):
            arriving, others = copy.active.where(active.mask), copy.active.but(active)
            if arriving.count:
                walk.memories.store(Access(copy.target, copy.at, arriving, copy.place), copy.value)
                if copy.wide:
                    _join(walk, 1)
            if others.count:
                self.started[walk.group].append(copy._replace(active=others))

    def _start(self, walk: Walk, copy: Copy) -> None:
        walk.memories.store(Access(copy.target, copy.at, copy.active, copy.place), np.float32(np.nan))
        self.started[walk.group].append(copy)


def _join(walk: Walk, count: int = QUAD) -> None:
    """Record that one instruction took the last steps together."""
    steps = walk.memories.recording.steps
    steps[-count:] = [step._replace(wide=True) for step in steps[-count:]]


def ptx() -> ModuleType:
    """Return the replacement of kernels.cuda.ptx for kernels that the machine runs."""
    copies, module = Copies(), ModuleType("kernels.cuda.ptx")
    meanings: dict[str, tuple[Callable, tuple[str, ...]]] = {
        "copy4": (copies.start_one, ("target", "at", "source", "start", "inside")),
        "copy16": (copies.start_four, ("target", "at", "source", "start")),
        "wait": (copies.wait, ()),
    }
    vars(module).update({name: Action(name, *meaning) for name, meaning in meanings.items()})
    return module
