"""Global, shared and local memory: elements that threads read and write, each access noted and checked."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from gpu.faults import Fault, KernelError, Kind, OverBudget, Place
from gpu.machine.numbers import Number
from gpu.machine.threads import Active
from gpu.recording import VERBS, Memory, Recording, Step

LARGE = 10**9  # the value of an integer beyond the end of an array: so large that its use shows
Change = Callable[[np.generic, np.generic], np.generic]  # of what is there and what a thread brings, what is there then
NO_INDEX = "{} is used with an index of type {}, not an integer: divide with //"


@dataclass(eq=False)
class Storage:
    """The elements of one array, of all blocks or threads that have their own; and which of them hold a number yet."""

    memory: Memory
    values: NDArray[Any]  # (all elements,)
    filled: NDArray[Any] | None = None  # None where all of them do

    def empty(self, active: Active) -> None:
        """Forget what threads have written to their own array."""
        if self.filled is not None:
            self.filled.reshape(-1, self.memory.size)[active.lanes] = False


@dataclass(frozen=True, eq=False)
class View:
    """An array as a kernel has it: whole, or what is left of it behind its first indices."""

    storage: Storage
    indices: tuple[Number, ...] = ()

    @property
    def shape(self) -> tuple[int, ...]:
        """The lengths of the axes that are left."""
        return self.storage.memory.shape[len(self.indices) :]


class Access(NamedTuple):
    """What threads read or write at a place of the source: elements of an array, each thread its own."""

    view: View
    indices: tuple[Number, ...]
    active: Active
    place: Place


class _Found(NamedTuple):
    """Which element each active thread means."""

    elements: NDArray[Any]  # within the array
    real: NDArray[Any]  # within the storage
    inside: NDArray[Any]  # whether it is one of the array's

    @property
    def all_inside(self) -> bool:
        return self.inside is _INSIDE or bool(self.inside.all())


_INSIDE = np.ones(1, bool)  # stands for as many as are needed


class Memories:
    """All memory of one launch, and the accesses to it. budget: of accesses. notes: whether they are recorded."""

    def __init__(self, recording: Recording, budget: int, notes: bool) -> None:
        self.recording, self.left, self.notes = recording, budget, notes
        self.epochs = np.zeros(0, np.int64)  # of each block that runs at once
        self.warp_epochs = np.zeros(0, np.int64)
        self.last_wins = True  # of threads that write one element at once: else the first

    def load(self, access: Access) -> Number:
        """Return what threads read, one number for each thread of the group."""
        storage, at = access.view.storage, self._found("read", access)
        values = storage.values[at.real]
        if storage.filled is not None and not (there := storage.filled[at.real] | ~at.inside).all():
            self._uninitialised(access, at, there)
            values = np.where(there, values, nothing(values.dtype))
        if not at.all_inside:
            values = np.where(at.inside, values, nothing(values.dtype))
        self._note("read", access, at, values)
        return access.active.spread(values)

    def store(self, access: Access, value: Number) -> None:
        """Let threads write a number, each its own."""
        storage, at = access.view.storage, self._found("write", access)
        values = _own(value, access.active).astype(storage.values.dtype)
        real, written = (at.real, values) if at.all_inside else (at.real[at.inside], values[at.inside])
        order = slice(None) if self.last_wins else slice(None, None, -1)
        storage.values[real[order]] = written[order]
        if storage.filled is not None:
            storage.filled[real] = True
        self._note("write", access, at, values)

    def exchange(self, access: Access, value: Number, change: Change) -> Number:
        """Let threads change an element one after the other, and return what each has found there."""
        storage, at = access.view.storage, self._found("atomic", access)
        values = _own(value, access.active).astype(storage.values.dtype)
        found = np.full(len(values), nothing(values.dtype))
        self.recording.atomics = True
        inside = known = np.broadcast_to(at.inside, len(values))
        if storage.filled is not None:
            known = inside & storage.filled[at.real]
            if (known != inside).any():
                self._uninitialised(access, at, known | ~inside)
        for turn in range(len(values)) if self.last_wins else reversed(range(len(values))):
            one = at.real[turn]
            if known[turn]:
                found[turn] = storage.values[one]
            if inside[turn]:
                storage.values[one] = change(storage.values[one], values[turn])
        self._note("atomic", access, at, values)
        return access.active.spread(found)

    def fault(self, kind: Kind, said: Callable[[str], str], place: Place, array: str, thread: int) -> None:
        """Note what a thread, by its number, has done wrong; each fault only once at each place.

        said: makes the sentence, given the thread's name.
        """
        if any((fault.kind, fault.places[0], fault.array) == (kind, place, array) for fault in self.recording.faults):
            return
        sentence, block = said(self.recording.named(thread)), self.recording.block(thread)
        self.recording.faults.append(Fault(kind, sentence, (place,), array, block, (self.recording.thread(thread),)))

    def require_indices(self, access: Access) -> tuple[Number, ...]:
        """Return all indices of an element; raise KernelError unless they are as many integers as the array has axes."""
        memory, all_of_them = access.view.storage.memory, (*access.view.indices, *access.indices)
        if len(all_of_them) != len(memory.shape):
            axes = f"{len(memory.shape)} {'axis' if len(memory.shape) == 1 else 'axes'}"
            raise KernelError(f"{memory.name} has {axes}, but is used with {len(all_of_them)} indices", access.place)
        for index in all_of_them:
            if index.dtype.kind not in "iu":
                raise KernelError(NO_INDEX.format(memory.name, index.dtype), access.place)
        return all_of_them

    def _found(self, kind: str, access: Access) -> _Found:
        """Return the element that each thread means, and note those that are outside."""
        memory, active, all_of_them = access.view.storage.memory, access.active, self.require_indices(access)
        if memory.space != "local":  # whose accesses leave no notes
            self.left -= active.count
        if self.left < 0:
            raise OverBudget("the kernel reads and writes memory too often", access.place)
        meant = [_own(index, active) for index in all_of_them]
        elements: NDArray[Any] = np.zeros(active.count, np.int64)
        inside: NDArray[Any] = _INSIDE
        for axis, (index, size) in enumerate(zip(meant, memory.shape)):
            if index.dtype == np.uint64:  # a large one must not become negative
                index = np.minimum(index, np.uint64(np.iinfo(np.int64).max))
            index = index.astype(np.int64, copy=False)
            if len(index) and not 0 <= index.min() <= index.max() < size:
                if index.min() < 0:
                    self._negative(kind, access, meant, axis)
                    index = np.where(index < 0, index + size, index)
                is_inside = (index >= 0) & (index < size)
                if not is_inside.all():
                    self._outside(kind, access, meant, axis, is_inside)
                    inside, index = inside & is_inside, np.where(is_inside, index, 0)
            elements = elements * size + index
        real = elements
        if memory.space == "shared":
            real = active.group.block[active.lanes] * memory.size + elements
        elif memory.space == "local":
            real = active.lanes * memory.size + elements
        return _Found(elements, real, inside)

    def _note(self, kind: str, access: Access, at: _Found, values: NDArray[Any]) -> None:
        memory, active = access.view.storage.memory, access.active
        if not self.notes or memory.space == "local":
            return
        numbers, lanes, elements = active.numbers, active.lanes, at.elements
        if not at.all_inside:
            numbers, lanes, elements, values = (each[at.inside] for each in (numbers, lanes, elements, values))
        if not len(numbers):
            return
        epochs = self.epochs[active.group.block[lanes]], self.warp_epochs[active.group.warp[lanes]]
        self.recording.steps.append(Step(access.place, memory, kind, numbers, elements, values, *epochs))

    def _negative(self, kind: str, access: Access, meant: list[NDArray[Any]], axis: int) -> None:
        memory, which = access.view.storage.memory, int(np.argmax(meant[axis] < 0))
        written = [int(index[which]) for index in meant]
        wrapped = [index + size if index < 0 else index for index, size in zip(written, memory.shape)]
        self.fault(
            Kind.NEGATIVE_INDEX,
            lambda thread: f"{thread} {VERBS[kind]} {_element(memory, written)} (line {access.place.line}). A GPU doesn't "
            f"stop there: Numba counts negative indices from the end, so it takes {_element(memory, wrapped)}.",
            access.place, memory.name, int(access.active.numbers[which]),
        )  # fmt: skip

    def _outside(self, kind: str, access: Access, meant: list[NDArray[Any]], axis: int, inside: NDArray[np.bool_]) -> None:
        memory, which = access.view.storage.memory, int(np.argmin(inside))
        size, written = memory.shape[axis], [int(index[which]) for index in meant]
        whose = memory.name if len(memory.shape) == 1 else f"axis {axis} of {memory.name}"
        has = f"ends at {size - 1}" if size else "is empty"
        self.fault(
            Kind.OUT_OF_RANGE,
            lambda thread: f"{thread} {VERBS[kind]} {_element(memory, written)} (line {access.place.line}), "
            f"but {whose} {has}.",
            access.place, memory.name, int(access.active.numbers[which]),
        )  # fmt: skip

    def _uninitialised(self, access: Access, at: _Found, there: NDArray[np.bool_]) -> None:
        memory, which = access.view.storage.memory, int(np.argmin(there))
        element = memory.index(int(at.elements[which]))
        self.fault(
            Kind.UNINITIALISED,
            lambda thread: f"{thread} reads {element} (line {access.place.line}), which nobody has written yet: "
            "it holds whatever was in memory before.",
            access.place, memory.name, int(access.active.numbers[which]),
        )  # fmt: skip


def _own(value: Number, active: Active) -> NDArray[Any]:
    """Return the active threads' own of a number, (count,)."""
    return active.of(value) if value.ndim else np.full(active.count, value)


def nothing(dtype: np.dtype[Any]) -> np.generic:
    """Return a value for an element that does not exist."""
    number: np.generic = np.True_
    if dtype.kind == "f":
        number = dtype.type(np.nan)
    elif dtype.kind in "iu":
        number = dtype.type(min(LARGE, np.iinfo(dtype).max))
    return number


def _element(memory: Memory, indices: list[int]) -> str:
    return f"{memory.name}[{', '.join(map(str, indices))}]"
