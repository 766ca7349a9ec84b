"""Kernels that Python itself runs, one access to memory at a time.

A thread is its function, called again from the start whenever it may take one more step: it gets the same replies to its
earlier requests, and stops at the first request that has no reply yet. So a thread's state is the list of replies that it
has received, and every order of threads can be tried from every state. It shares nothing with the machine in gpu/ except
the meaning of the language.
"""

import ast
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from math import prod
from types import ModuleType, SimpleNamespace
from typing import Any, NamedTuple
from unittest.mock import patch

import numpy as np
from numpy.typing import DTypeLike

Number = bool | int | float
Index = int | tuple[int, ...]
NAN = float("nan")  # the only one: it is equal to itself wherever Python compares replies
WARP = 32


class Place(NamedTuple):
    """Where a thread is: the lines of the calls that led there, and the round of each loop around them."""

    lines: tuple[int, ...]
    rounds: tuple[Any, ...] = ()


class Request(NamedTuple):
    """What a thread asks for: one element of an array, or to wait for others."""

    kind: str  # read, write, atomic, barrier or syncwarp
    place: Place
    array: Any = None  # whose: two arrays of one name in two blocks are two
    element: int = 0
    value: Any = None  # to be written, or combined with
    combine: Callable | None = None  # of an atomic: the old value and this one give the new one
    missing: float | None = NAN  # what a read gives where nothing was written; None where the language leaves it open


class Fault(NamedTuple):
    """What one thread does wrong by itself, and the line."""

    kind: str
    line: int


class Pending(BaseException):
    """A request that has no reply yet."""

    def __init__(self, request: Request) -> None:
        super().__init__()
        self.request = request


class Undecided(BaseException):
    """The language leaves open what happens here."""


@dataclass
class Global:
    """An array in global memory: its name, shape, type, and first values."""

    name: str
    values: np.ndarray

    def contents(self) -> dict[tuple, Any]:
        """Return its elements as memory keeps them."""
        flat = self.values.reshape(-1)
        return {(self.name, element): settled(value, flat.dtype) for element, value in enumerate(flat)}


def settled(value: Number, dtype: np.dtype) -> Number:
    """Return a value as an array of this type keeps it, as a number of Python's."""
    kept = dtype.type(value).item()
    return NAN if kept != kept else kept


@dataclass
class Stepper:
    """A launch of a kernel whose threads can be asked, one by one, what they do next."""

    source: str
    kernel: str
    blocks: tuple[int, ...]
    threads: tuple[int, ...]
    arguments: list[Any]
    blank: str = ""  # a parameter whose array holds nothing yet
    seen: dict = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.tree = ast.parse(self.source)
        self.faults: list[Fault] = []
        self.replies: list = []
        names = [argument.arg for argument in self.function.args.args]
        self.globals = [Global(name, value) for name, value in zip(names, self.arguments) if isinstance(value, np.ndarray)]
        arrays = {each.name: Array(self, each.name, each.values.shape, each.values.dtype) for each in self.globals}
        self.given = [arrays.get(name, value) for name, value in zip(names, self.arguments)]
        namespace: dict[str, Any] = {"max": larger, "min": smaller}
        with patch.dict(sys.modules, numba=self._numba()):
            exec(compile(self.source, "<kernel>", "exec"), namespace)
        self.call = namespace[self.kernel]

    @cached_property
    def function(self) -> ast.FunctionDef:
        """The kernel in the tree."""
        return next(node for node in self.tree.body if isinstance(node, ast.FunctionDef) and node.name == self.kernel)

    @cached_property
    def of_block(self) -> int:
        """How many threads a block has."""
        return prod(self.threads)

    @cached_property
    def count(self) -> int:
        """How many threads the launch has."""
        return prod(self.blocks) * self.of_block

    def contents(self) -> dict[tuple, Any]:
        """Return global memory before the launch."""
        return {key: value for each in self.globals if each.name != self.blank for key, value in each.contents().items()}

    def elements(self) -> list[tuple]:
        """Return the keys of all elements of global memory, in their order."""
        return [key for each in self.globals for key in each.contents()]

    def next(self, thread: int, replies: tuple) -> tuple[Request | None, tuple[Fault, ...]]:
        """Return a thread's next request after these replies, None if it has ended, and what it has done wrong so far."""
        if (thread, replies) not in self.seen:
            self.seen[thread, replies] = self._run(thread, list(replies))
        return self.seen[thread, replies]

    def _run(self, thread: int, replies: list) -> tuple[Request | None, tuple[Fault, ...]]:
        self.thread, self.replies, self.faults = thread, replies[::-1], []
        block, within = divmod(thread, self.of_block)
        self.block = block
        self.cuda.blockIdx, self.cuda.threadIdx = axes(block, self.blocks), axes(within, self.threads)
        try:
            self.call(*self.given)
        except Pending as pending:
            return pending.request, tuple(self.faults)
        except (ValueError, OverflowError) as error:  # no integer is like NaN or infinity
            raise Undecided from error
        return None, tuple(self.faults)

    def ask(self, request: Request) -> Number:
        """Return the reply to a request; a thread that gets none ends here, until it is run again."""
        if not self.replies:
            raise Pending(request)
        return self.replies.pop()

    def place(self) -> Place:
        """Return where the running thread is."""
        frame, lines, rounds = sys._getframe(1), [], []
        while frame is not None:
            if frame.f_code.co_filename == "<kernel>":
                lines.append(frame.f_lineno)
                rounds += [frame.f_locals.get(name) for name in self._counters.get(frame.f_lineno, ())]
            frame = frame.f_back
        return Place(tuple(lines), tuple(rounds))

    @cached_property
    def _counters(self) -> dict[int, list[str]]:
        """For each line, the variables by which one round of the loops around it differs from the next."""
        found: dict[int, list[str]] = {}
        for loop in (node for node in ast.walk(self.tree) if isinstance(node, (ast.For, ast.While))):
            named = loop.target if isinstance(loop, ast.For) else loop.test
            names = [node.id for node in ast.walk(named) if isinstance(node, ast.Name)]
            for line in range(loop.body[0].lineno, loop.body[-1].end_lineno + 1):
                found.setdefault(line, []).extend(names)
        return found

    def fault(self, kind: str) -> None:
        """Record what the running thread does wrong."""
        self.faults.append(Fault(kind, self.place().lines[0]))

    def _numba(self) -> ModuleType:
        module = ModuleType("numba")
        module.float32, module.float64, module.int32, module.int64 = np.float32, np.float64, np.int32, np.int64
        self.cuda = module.cuda = SimpleNamespace(
            jit=lambda function=None, **options: function or (lambda function: function),
            grid=self._grid,
            gridsize=lambda axes: tuple(b * n for b, n in zip(self.blocks, self.threads))[0 if axes == 1 else slice(axes)],
            blockDim=sizes(self.threads),
            gridDim=sizes(self.blocks),
            shared=SimpleNamespace(array=lambda shape, dtype: Array(self, (self.block, self.place().lines), shape, dtype)),
            local=SimpleNamespace(array=lambda shape, dtype: Local(self, shape, dtype)),
            syncthreads=lambda: self.ask(Request("barrier", self.place())),
            syncwarp=lambda: self.ask(Request("syncwarp", self.place())),
            atomic=SimpleNamespace(
                add=lambda array, index, value: array.combine(index, value, lambda old, new: old + new),
                sub=lambda array, index, value: array.combine(index, value, lambda old, new: old - new),
                max=lambda array, index, value: array.combine(index, value, larger),
                min=lambda array, index, value: array.combine(index, value, smaller),
            ),
        )
        return module

    def _grid(self, axes: int) -> int | tuple[int, ...]:
        place = tuple(
            getattr(self.cuda.blockIdx, axis) * getattr(self.cuda.blockDim, axis) + getattr(self.cuda.threadIdx, axis)
            for axis in "xyz"
        )
        return place[0] if axes == 1 else place[:axes]


def axes(number: int, shape: tuple[int, ...]) -> SimpleNamespace:
    """Return x, y and z of a number that counts x first."""
    x, y, _ = (*shape, 1, 1)[:3]
    return SimpleNamespace(x=number % x, y=number // x % y, z=number // (x * y))


def sizes(shape: tuple[int, ...]) -> SimpleNamespace:
    """Return a shape by its axes."""
    return SimpleNamespace(**dict(zip("xyz", (*shape, 1, 1))))


def larger(one: Number, other: Number) -> Number:
    """Return the larger number, as a GPU does: NaN only if both are."""
    return other if one != one or other > one else one


def smaller(one: Number, other: Number) -> Number:
    """Return the smaller number, as a GPU does: NaN only if both are."""
    return other if one != one or other < one else one


class Indexed:
    """An array as kernels see it."""

    def __init__(self, stepper: Stepper, key: object, shape: Index, dtype: DTypeLike) -> None:
        self.stepper, self.key, self.dtype = stepper, key, np.dtype(dtype)
        self.shape = shape if isinstance(shape, tuple) else (shape,)
        self.size, self.ndim = prod(self.shape), len(self.shape)
        self.missing = NAN if self.dtype.kind == "f" else None

    def element(self, index: Index) -> int | None:
        """Return the number of an element, None if there is none, and record what is wrong with the index."""
        index, inside, element = index if isinstance(index, tuple) else (index,), True, 0
        for place, size in zip(index, self.shape, strict=True):
            place = int(place)
            if -size <= place < 0:
                self.stepper.fault("negative index")
            elif not 0 <= place < size:
                self.stepper.fault("negative index or out of range" if place < 0 else "index out of range")
                inside = False
            element = element * size + place % size
        return element if inside else None

    def nothing(self) -> float:
        """Return the value of a read where nothing was written."""
        if self.missing is None:
            raise Undecided
        return self.missing


class Array(Indexed):
    """An array that several threads share: their requests may be answered in any order."""

    def __getitem__(self, index: Index) -> "Number | Row":
        if self.ndim == 2 and not isinstance(index, tuple):
            return Row(self, index)
        element = self.element(index)
        if element is None:
            return self.nothing()
        return self.stepper.ask(Request("read", self.stepper.place(), self.key, element, missing=self.missing))

    def __setitem__(self, index: Index, value: Number) -> None:
        element = self.element(index)
        if element is not None:
            kept = settled(value, self.dtype)
            self.stepper.ask(Request("write", self.stepper.place(), self.key, element, kept))

    def combine(self, index: Index, value: Number, how: Callable) -> Number:
        """Change an element atomically, and return its old value."""
        element = self.element(index)
        if element is None:
            return self.nothing()
        kept = settled(value, self.dtype)
        return self.stepper.ask(Request("atomic", self.stepper.place(), self.key, element, kept, how, self.missing))


@dataclass
class Row:
    """A row of an array with two axes."""

    whole: Array
    index: int

    def __getitem__(self, column: int) -> Number:
        return self.whole[self.index, column]

    def __setitem__(self, column: int, value: Number) -> None:
        self.whole[self.index, column] = value

    def combine(self, column: int, value: Number, how: Callable) -> Number:
        return self.whole.combine((self.index, column), value, how)


class Local(Indexed):
    """A thread's own array."""

    def __init__(self, stepper: Stepper, shape: Index, dtype: DTypeLike) -> None:
        super().__init__(stepper, None, shape, dtype)
        self.kept: dict[int, Number] = {}

    def __getitem__(self, index: Index) -> Number:
        element = self.element(index)
        if element is None:
            return self.nothing()
        if element not in self.kept:
            self.stepper.fault("read before it is written")
            return self.nothing()
        return self.kept[element]

    def __setitem__(self, index: Index, value: Number) -> None:
        element = self.element(index)
        if element is not None:
            self.kept[element] = settled(value, self.dtype)
