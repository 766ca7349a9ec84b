"""What cuda and a few of Python's functions do to threads and memory.

Each takes the walk that calls it, the call, its arguments and the active threads, and returns what the call returns.
"""

import ast
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from gpu.faults import KernelError, Kind, Place
from gpu.machine import numbers
from gpu.machine.frames import Frame, Types
from gpu.machine.functions import Function
from gpu.machine.memories import Access, Change, Memories, View, nothing
from gpu.machine.numbers import Number, Type, is_number
from gpu.machine.threads import Active, Group
from gpu.recording import WARP, Memory, Triple


class Launch(Protocol):
    """What a walk needs of a launch."""

    blocks: Triple
    threads: Triple
    memories: Memories
    steps: int  # that each walk may take

    def array(self, frame: Frame, memory: Memory) -> View:
        """Return the shared or local array that is made at a place, which `memory` describes."""

    def types_of(self, function: Function, arguments: list[Any]) -> Types:
        """Return the types of a function's variables, for arguments of such types."""


class Walk(Protocol):
    """What an action needs of the walk that calls it."""

    launch: Launch
    group: Group
    frame: Frame
    memories: Memories

    @property
    def alive(self) -> Active:
        """The threads that have not left the kernel."""

    def place(self, node: ast.expr) -> Place:
        """Return the place of a piece of the source."""

    def as_number(self, value: object, node: ast.expr) -> Number:
        """Return a value that must be a number."""

    def target(self, node: ast.expr) -> str | None:
        """Return the name that gets a value, if one does."""


Arguments = list[Any]
Source = Callable[[NDArray[Any], NDArray[Any]], NDArray[Any]]  # of lanes and what they say, whose value each gets
WHOLE_WARP = 2**WARP - 1  # the mask of all its threads


@dataclass(frozen=True)
class Range:
    """What a for goes over."""

    start: Number
    stop: Number
    step: Number

    @property
    def is_the_same_for_all(self) -> bool:
        """Whether all threads go over the same numbers."""
        return not (self.start.ndim or self.stop.ndim or self.step.ndim)


def ranged(walk: Walk, node: ast.Call, arguments: Arguments, active: Active) -> Range:
    """range(...)."""
    given = [walk.as_number(value, node) for value in arguments]
    if not all(map(numbers.is_integer, given)):
        raise KernelError("range takes integers", walk.place(node))
    start, stop, step = {1: [np.int64(0), *given, np.int64(1)], 2: [*given, np.int64(1)], 3: given}[len(given)]
    if not (active.of(step) if step.ndim else step).all():
        raise KernelError("the step of a range must not be 0", walk.place(node))
    return Range(start, stop, step)


def length(walk: Walk, node: ast.Call, arguments: Arguments, active: Active) -> Number:
    """len(...)."""
    (whole,) = arguments
    if isinstance(whole, tuple):
        return np.int64(len(whole))
    if isinstance(whole, View) and whole.shape:
        return np.int64(whole.shape[0])
    raise KernelError(f"{ast.unparse(node.args[0])} has no length", walk.place(node))


def grid(walk: Walk, node: ast.Call, arguments: Arguments, active: Active) -> object:
    """cuda.grid(axes): the thread's place in the whole grid."""
    group = walk.group
    axes = zip(group.block_index, walk.launch.threads, group.thread_index)
    return _of_axes([block * size + thread for block, size, thread in axes], walk, node, arguments)


def gridsize(walk: Walk, node: ast.Call, arguments: Arguments, active: Active) -> object:
    """cuda.gridsize(axes): how many threads there are."""
    axes = zip(walk.launch.blocks, walk.launch.threads)
    return _of_axes([np.int64(blocks * threads) for blocks, threads in axes], walk, node, arguments)


def _of_axes(found: list[Number], walk: Walk, node: ast.Call, arguments: Arguments) -> object:
    (axes,) = arguments
    if not (is_number(axes) and not axes.ndim and axes in (1, 2, 3)):
        raise KernelError(f"{ast.unparse(node.func)} takes 1, 2 or 3", walk.place(node))
    return found[0] if axes == 1 else tuple(found[: int(axes)])


def selp(walk: Walk, node: ast.Call, arguments: Arguments, active: Active) -> Number:
    """cuda.selp(condition, a, b): one of two numbers."""
    condition, one, other = (walk.as_number(value, node) for value in arguments)
    return np.where(numbers.truth(condition), one, other)


def shared_array(walk: Walk, node: ast.Call, arguments: Arguments, active: Active) -> View:
    """cuda.shared.array(shape, dtype)."""
    return _array("shared", walk, node, arguments)


def local_array(walk: Walk, node: ast.Call, arguments: Arguments, active: Active) -> View:
    """cuda.local.array(shape, dtype): a new one each time, in whatever memory is free."""
    made = _array("local", walk, node, arguments)
    made.storage.empty(active)
    return made


def _array(space: str, walk: Walk, node: ast.Call, arguments: Arguments) -> View:
    shape, dtype = arguments
    sizes = shape if isinstance(shape, tuple) else (shape,)
    if not all(is_number(size) and not size.ndim and numbers.is_integer(size) and size > 0 for size in sizes):
        raise KernelError(f"the shape of cuda.{space}.array must be constant integers of at least 1", walk.place(node))
    if not isinstance(dtype, Type):
        raise KernelError(f"cuda.{space}.array needs a type, such as float32", walk.place(node))
    name = walk.target(node) or f"the {space} array"
    memory = Memory(name, space, tuple(map(int, sizes)), dtype.dtype, place=walk.place(node))
    return walk.launch.array(walk.frame, memory)


def syncthreads(walk: Walk, node: ast.Call, arguments: Arguments, active: Active) -> object:
    """cuda.syncthreads() within an expression: a statement of its own never comes here."""
    raise KernelError("cuda.syncthreads() must be on a line of its own", walk.place(node))


def syncwarp(walk: Walk, node: ast.Call, arguments: Arguments, active: Active) -> None:
    """cuda.syncwarp(): wait for the whole warp, which is the only mask in the language."""
    _require_named(walk, node, np.int64(WHOLE_WARP), active)
    later = walk.memories.warp_epochs.copy()
    later[np.unique(walk.group.warp[active.lanes])] += 1
    walk.memories.warp_epochs = later


def _require_named(walk: Walk, node: ast.Call, mask: Number, active: Active) -> None:
    """Note a fault if other threads of a warp come than a mask names. Those that have left the kernel are not missed."""
    of_thread = walk.group.warp[active.lanes]
    here, alive = _of_warps(active)[of_thread], _of_warps(walk.alive)[of_thread]
    named = np.broadcast_to(mask, walk.group.size)[active.lanes].astype(np.int64) & alive
    if (named != here).any():
        first, what, place = int(np.argmax(named != here)), ast.unparse(node.func), walk.place(node)
        broken = "the mask leaves out threads that come there"
        if named[first] & ~here[first]:
            which = "of its threads" if named[first] == alive[first] else "threads that the mask names"
            broken = f"not all {which} come there"
        walk.memories.fault(
            Kind.BARRIER,
            lambda thread: f"{thread} waits for its warp at {what} (line {place.line}), but {broken}.",
            place, "", int(active.numbers[first]),
        )  # fmt: skip


def _of_warps(active: Active) -> NDArray[Any]:
    """Return a number for each warp of the group, with a bit for each active thread of it."""
    group = active.group
    return np.bincount(group.warp, np.where(active.mask, 1 << group.lane_of_warp, 0)).astype(np.int64)


def shfl(walk: Walk, node: ast.Call, arguments: Arguments, active: Active) -> Number:
    """cuda.shfl_sync: the value of a lane."""
    return _shuffled(walk, node, arguments, active, lambda lane, said: said % WARP)


def shfl_up(walk: Walk, node: ast.Call, arguments: Arguments, active: Active) -> Number:
    """cuda.shfl_up_sync: the value of an earlier lane, or the thread's own if there is no such lane."""
    return _shuffled(walk, node, arguments, active, lambda lane, said: np.where(lane >= said, lane - said, lane))


def shfl_down(walk: Walk, node: ast.Call, arguments: Arguments, active: Active) -> Number:
    """cuda.shfl_down_sync: the value of a later lane, or the thread's own if there is no such lane."""
    return _shuffled(walk, node, arguments, active, lambda lane, said: np.where(lane + said < WARP, lane + said, lane))


def shfl_xor(walk: Walk, node: ast.Call, arguments: Arguments, active: Active) -> Number:
    """cuda.shfl_xor_sync: the value of the lane whose number differs in some bits."""
    return _shuffled(walk, node, arguments, active, lambda lane, said: (lane ^ said) % WARP)


def _shuffled(walk: Walk, node: ast.Call, arguments: Arguments, active: Active, source: Source) -> Number:
    mask, value, said = (walk.as_number(each, node) for each in arguments)
    _require_named(walk, node, mask, active)
    group = walk.group
    values, said = np.broadcast_to(value, group.size), np.broadcast_to(said, group.size)
    wanted = group.first_of_warp + source(group.lane_of_warp, said)
    there = np.clip(wanted, 0, group.size - 1)
    comes = (there == wanted) & (group.warp[there] == group.warp) & active.mask[there]  # a warp may have fewer than 32
    return np.where(comes, values[there], nothing(values.dtype))


def atomic(change: Change) -> Callable[[Walk, ast.Call, Arguments, Active], Number]:
    """Return cuda.atomic's action that makes this change to an element. change: of what is there and the thread's value."""

    def act(walk: Walk, node: ast.Call, arguments: Arguments, active: Active) -> Number:
        view, index, value = arguments
        if not isinstance(view, View):
            raise KernelError(f"{ast.unparse(node.func)} changes an element of an array", walk.place(node))
        indices = tuple(walk.as_number(each, node) for each in (index if isinstance(index, tuple) else (index,)))
        access = Access(view, indices, active, walk.place(node))
        return walk.memories.exchange(access, walk.as_number(value, node), change)

    return act
