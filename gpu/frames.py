"""One call of a function by many threads: its variables, and what it returns."""

from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from gpu.faults import KernelError, Place
from gpu.functions import Function
from gpu.memories import View
from gpu.numbers import is_number
from gpu.threads import Active


class Variable(NamedTuple):
    """What a name stands for, and the threads for which it does: None for all."""

    value: Any
    defined: np.ndarray | None = None


@dataclass
class Frame:
    """One call of a function."""

    function: Function
    depth: int  # how many calls lie above it
    active: Active  # those who called
    variables: dict[str, Variable] = field(default_factory=dict)
    returned: list[tuple[Active, Any]] = field(default_factory=list)
    staying: int = -1  # how many have not returned

    def __post_init__(self) -> None:
        self.staying = self.active.count

    def read(self, name: str, active: Active, place: Place) -> Any:
        """Return what a name stands for."""
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

    def set(self, name: str, value: Any, active: Active) -> None:
        """Set a variable for the active threads."""
        old = self.variables.get(name)
        if active.count == self.staying:  # nobody else is left in this call who could read the old one
            self.variables[name] = Variable(value)
        elif old is None:
            self.variables[name] = Variable(value, active.mask)
        else:
            defined = None if old.defined is None else old.defined | active.mask
            self.variables[name] = Variable(merged(active.mask, value, old.value, name), defined)

    def leave(self, active: Active, value: Any) -> None:
        """Let threads return a value."""
        self.returned.append((active, value))
        self.staying -= active.count

    def result(self) -> Any:
        """Return what the threads have returned; None where they have not."""
        if not self.returned:
            return None
        result = self.returned[-1][1]
        for active, value in reversed(self.returned[:-1]):
            result = merged(active.mask, value, result, f"what {self.function.name} returns")
        return result


def merged(mask: np.ndarray, value: Any, other: Any, name: str) -> Any:
    """Return a value for some threads and another one for the others. name: of what gets it, for messages."""
    if value is other:
        return value
    if is_number(value) and is_number(other):
        return np.where(mask, value, other)
    if isinstance(value, tuple) and isinstance(other, tuple) and len(value) == len(other):
        return tuple(merged(mask, *pair, name) for pair in zip(value, other))
    if isinstance(value, View) and isinstance(other, View) and value.storage is other.storage:
        pairs = zip(value.indices, other.indices, strict=True)
        return View(value.storage, tuple(merged(mask, *pair, name) for pair in pairs))
    raise KernelError(f"{name} is of one kind for some threads and of another for others")
