"""One call of a function by many threads: its variables, and what it returns."""

import ast
from dataclasses import dataclass, field
from functools import reduce
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from gpu.faults import KernelError, Place
from gpu.machine.functions import Function
from gpu.machine.memories import View
from gpu.machine.numbers import is_number
from gpu.machine.threads import Active, union

MOST_PATHS = 16  # of threads that wait for the others behind a loop or a call; more become one, to save memory


class Variable(NamedTuple):
    """The value of a name, and the threads that have it: None for all."""

    value: Any
    defined: NDArray[Any] | None = None


Path = tuple[Active, dict[str, Variable]]  # threads that have come the same way, and their variables
Meeting = tuple[ast.AST, str]  # where paths meet: after an if or a loop, or before the next turn of one


@dataclass
class Types:
    """The types of a function's variables where paths meet, and of what it returns: by examples of them."""

    met: dict[Meeting, dict[str, Any]] = field(default_factory=dict)  # only those that some path has to convert
    chosen: dict[ast.expr, Any] = field(default_factory=dict)
    result: Any = None


class Frame:
    """One call of a function: the variables of those threads that walk on together, and what others have returned."""

    def __init__(self, function: Function, arguments: list[Any], active: Active, types: Types) -> None:
        self.function, self.active, self.types = function, active, types
        self.variables = {name: Variable(value) for name, value in zip(function.parameters, arguments)}
        self.returned: list[tuple[Active, Any]] = []

    def read(self, name: str, active: Active, place: Place) -> object:
        """Return what a name means."""
        found = self.variables.get(name)
        if found is not None:
            if found.defined is not None and (active.mask & ~found.defined).any():
                raise KernelError(f"{name} is read by a thread that has not set it", place)
            return found.value
        if name in self.function.variables:
            raise KernelError(f"{name} is read before it is set", place)
        if name in self.function.meanings:
            return self.function.meanings[name]
        raise KernelError(f"{name} is not defined", place)

    def set(self, name: str, value: object) -> None:
        """Set a variable for the threads that walk on this path."""
        self.variables[name] = Variable(value)

    def meet(self, paths: list[Path], node: ast.stmt, when: str) -> None:
        """Continue with the variables of all paths."""
        self.variables = together(paths, self.function.place(node))
        for name, example in self.types.met.get((node, when), {}).items():
            if name in self.variables:
                value, defined = self.variables[name]
                self.variables[name] = Variable(like(example, value), defined)

    def as_typed(self, node: ast.expr, value: object) -> object:
        """Return the value of an expression with several paths, in the type that it has whichever path is taken."""
        return like(self.types.chosen[node], value) if node in self.types.chosen else value

    def leave(self, active: Active, value: object) -> None:
        """Let threads return a value."""
        self.returned.append((active, value))
        if len(self.returned) > MOST_PATHS:
            self.returned = [(union([some for some, _ in self.returned]), self._returned())]

    def result(self) -> object:
        """Return what the threads have returned; None where they have not."""
        return like(self.types.result, self._returned()) if self.returned else None

    def _returned(self) -> object:
        result = self.returned[-1][1]
        for active, value in reversed(self.returned[:-1]):
            what, place = f"what {self.function.name} returns", self.function.place(self.function.tree)
            result = merged(active.mask, value, result, what, place)
        return result


def together(paths: list[Path], place: Place) -> dict[str, Variable]:
    """Return the variables of several paths as those of all their threads. place: where they meet, for messages."""
    if len(paths) == 1:
        return paths[0][1]
    found = {}
    for name in dict.fromkeys(name for _, variables in paths for name in variables):
        known = [(active, variables[name]) for active, variables in paths if name in variables]
        found[name] = one = known[-1][1]
        if len(known) == len(paths) and all(variable is one for _, variable in known):
            continue
        value = one.value
        for active, variable in reversed(known[:-1]):
            value = merged(active.mask, variable.value, value, name, place)
        everywhere = len(known) == len(paths) and all(variable.defined is None for _, variable in known)
        masks = (active.mask if one.defined is None else active.mask & one.defined for active, one in known)
        found[name] = Variable(value, None if everywhere else reduce(np.logical_or, masks))
    return found


def like(example: object, value: object) -> object:
    """Return a value as the type of an example."""
    if isinstance(example, tuple) and isinstance(value, tuple):
        return tuple(map(like, example, value))
    return value.astype(example.dtype, copy=False) if is_number(example) and is_number(value) else value


def merged(mask: NDArray[Any], value: object, other: object, name: str, place: Place) -> object:
    """Return a value for some threads and another one for the others. name, place: of what gets it, for messages."""
    if value is other:
        return value
    if is_number(value) and is_number(other):
        return np.where(mask, value, other)
    if isinstance(value, tuple) and isinstance(other, tuple) and len(value) == len(other):
        return tuple(merged(mask, *pair, name, place) for pair in zip(value, other))
    if isinstance(value, View) and isinstance(other, View) and value.storage is other.storage:
        pairs = zip(value.indices, other.indices, strict=True)
        return View(value.storage, tuple(merged(mask, *pair, name, place) for pair in pairs))
    sentence = f"{name} is one array for some threads and another array for others: write a line for each array, in an `if`"
    raise KernelError(sentence, place)
