"""Where a template's numbers come from: drawn from a seed, enumerated, or read from a certificate.

A template asks for its numbers one by one: `size = draw.between(5, 32, "image")`. The caller decides what answers: the
search draws at random, a walk goes through everything that could be drawn, a certificate repeats what was drawn. A number
that has a name can be fixed by an instructor.
"""

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from hashlib import sha256
from itertools import count
from math import isfinite
from typing import Any, TypeAlias, TypeVar, overload

import numpy as np
from numpy.typing import NDArray

from common.errors import UserError

Item = TypeVar("Item")
Numbers: TypeAlias = NDArray[np.int64]
Whole: TypeAlias = "int | list[Whole]"  # whole numbers in rows
LARGEST = 100_000  # value that an instructor may fix, unless a template itself draws larger ones


class Draw:
    """Ask for numbers; `drawn` holds them in order, and `named` those with a name.

    fixed: the values of some names, which are then not drawn. A value may lie beyond what would be drawn, so that an
    instructor can ask about an image of 224 pixels; what a template requires of its numbers still holds.
    """

    def __init__(self, fixed: Mapping[str, Any] | None = None) -> None:
        self.drawn: list[int] = []
        self.named: dict[str, Any] = {}
        self.fixed = fixed or {}
        self.free = 0  # numbers that could have been different
        self._free_before = 0  # the same, up to the last number with a name

    def fix(self, numbers: Mapping[str, Any]) -> None:
        """Fix the values of some names from now on."""
        self.fixed = numbers

    def below(self, bound: int) -> int:
        """Return a whole number from 0 up to, but not including, the bound."""
        number = self._next(bound)
        self.drawn.append(number)
        self.free += bound > 1
        return number

    def between(self, low: int, high: int, name: str = "", least: int | None = None) -> int:
        """Return a whole number from low to high, both included.

        least: the smallest value that an instructor can fix; by default 1 or 0, or any if negative numbers are drawn.
        """
        if name in self.fixed:
            self.drawn.append(_whole(self.fixed[name], name, _least(low, least), max(LARGEST, high)) - low)
        else:
            self.below(high - low + 1)
        return self._call(name, low + self.drawn[-1])

    def ranges(self, *bounds: tuple[int, int], name: str = "", least: int | None = None) -> list[int]:
        """Return a whole number from each range, both ends included, such as the widths of layers. least: as above."""
        if name in self.fixed:
            wanted = _listed(self.fixed[name], len(bounds), name)
            values = [_whole(value, name, _least(low, least)) for value, (low, _) in zip(wanted, bounds)]
            self.drawn += [value - low for value, (low, _) in zip(values, bounds)]
        else:
            values = [self.between(low, high) for low, high in bounds]
        return self._call(name, values)

    def choice(self, items: Sequence[Item], name: str = "") -> Item:
        """Return one of the items."""
        if name in self.fixed:
            self.drawn.append(_place(self.fixed[name], items, name))
        else:
            self.below(len(items))
        return self._call(name, items[self.drawn[-1]])

    def sample(self, items: Sequence[Item], size: int, name: str = "") -> list[Item]:
        """Return `size` different items, in drawn order."""
        left, found = list(items), []
        wanted = _listed(self.fixed[name], size, name) if name in self.fixed else None
        for number in range(size):
            if wanted is None:
                self.below(len(left))
            else:
                self.drawn.append(_place(wanted[number], left, name))
            found.append(left.pop(self.drawn[-1]))
        return self._call(name, found)

    def shuffled(self, items: Sequence[Item], name: str = "") -> list[Item]:
        """Return all items in drawn order."""
        return self.sample(items, len(items), name)

    def numbers(self, *shape: int, low: int, high: int, name: str = "") -> Numbers:
        """Return an array of this shape of whole numbers from low to high, both included."""
        if name in self.fixed:
            values = _array(self.fixed[name], shape, name)
            self.drawn += (values.ravel() - low).tolist()
        else:
            values = np.array([self.between(low, high) for _ in range(int(np.prod(shape)))], np.int64).reshape(shape)
        return self._call(name, values)

    @overload
    def fixable(self, values: int, name: str, least: int = 0) -> int: ...
    @overload
    def fixable(self, values: Sequence[int], name: str, least: int = 0) -> list[int]: ...
    @overload
    def fixable(self, values: Sequence[Sequence[int]] | NDArray[Any], name: str, least: int = 0) -> list[Any]: ...
    def fixable(self, values: object, name: str, least: int = 0) -> object:
        """Return whole numbers that were drawn in another way, a multiple of 10 or a shuffled kernel; they can be fixed.

        What was drawn since the last number with a name must be what makes them, and nothing else.
        values: a number, or a list or array of them; an instructor's have its shape, and are not below `least`.
        """
        drawn = np.array(values, np.int64)
        if name in self.fixed:
            wanted = _array(self.fixed[name], drawn.shape, name)
            if (wanted < least).any():
                raise UserError(f"the number {name!r} must be at least {least}, not {self.fixed[name]!r:.60}")
            self.drawn += (wanted - drawn).ravel().tolist()
            self.free = self._free_before
            return self._call(name, wanted.tolist())
        offsets = np.array([self.below(1) for _ in drawn.ravel()], np.int64)
        return self._call(name, (drawn + offsets.reshape(drawn.shape)).tolist())

    def start_again(self) -> None:
        """Forget what was drawn; new numbers follow."""
        self.drawn, self.named, self.free, self._free_before = [], {}, 0, 0

    def _call(self, name: str, value: Item) -> Item:
        if name:
            if name in self.named:
                raise ValueError(f"two numbers of a question are called {name!r}")
            self.named[name] = value
            self._free_before = self.free
        return value

    def _next(self, bound: int) -> int:
        raise NotImplementedError


class Seeded(Draw):
    """Draw at random: the same numbers for the same names, on every machine and in every version of Python.

    The bits are SHA-256 of the names and a counter; values that would favour small numbers are rejected.
    """

    def __init__(self, *names: str, fixed: Mapping[str, Any] | None = None) -> None:
        super().__init__(fixed)
        key = sha256(b"".join(len(name.encode()).to_bytes(4, "big") + name.encode() for name in names)).digest()
        self._words = _words(key)

    def _next(self, bound: int) -> int:
        most = 2**32 - 2**32 % bound
        return next(word for word in self._words if word < most) % bound


class Repeated(Draw):
    """Repeat what was drawn before."""

    def __init__(self, drawn: Sequence[int]) -> None:
        super().__init__()
        self._left = iter(drawn)

    def fix(self, numbers: Mapping[str, Any]) -> None:
        """Do nothing: what was drawn before already includes what was fixed."""

    def _next(self, bound: int) -> int:
        return next(self._left)


class Walk(Draw):
    """Follow one path through everything that could be drawn; `after` returns the next path until all are done."""

    def __init__(self, path: Sequence[int] = ()) -> None:
        super().__init__()
        self._path, self._bounds = list(path), list[int]()

    def _next(self, bound: int) -> int:
        self._bounds.append(bound)
        place = len(self.drawn)
        return self._path[place] if place < len(self._path) else 0

    def after(self) -> list[int] | None:
        """Return the next path, once this one has been walked."""
        path = list(self.drawn)
        while path:
            path[-1] += 1
            if path[-1] < self._bounds[len(path) - 1]:
                return path
            path.pop()
        return None


def _words(key: bytes) -> Iterator[int]:
    for block in count():
        digest = sha256(key + block.to_bytes(8, "big")).digest()
        yield from (int.from_bytes(digest[at : at + 4], "big") for at in range(0, 32, 4))


def _least(low: int, least: int | None) -> int:
    """Return the smallest number that an instructor can fix, if `low` is the smallest drawn: a size stays positive."""
    if least is None:
        return min(low, 1) if low >= 0 else -LARGEST
    return least


def _whole(value: object, name: str, least: int = -LARGEST, most: int = LARGEST) -> int:
    """Return a number that an instructor fixed."""
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise UserError(f"the number {name!r} must be a whole number from {least:,} to {most:,}, not {value!r:.60}")
    return value


def _place(value: object, items: Sequence[object], name: str) -> int:
    """Return which of the items an instructor fixed."""
    plain = [_plain(item) for item in items]
    if _plain(value) not in plain:
        raise UserError(f"the number {name!r} must be one of {', '.join(map(str, plain))}, not {value!r:.60}")
    return plain.index(_plain(value))


def _listed(value: object, size: int, name: str) -> list[object]:
    if not isinstance(value, list) or len(value) != size:
        raise UserError(f"the number {name!r} must be a list of {size}, not {value!r:.60}")
    return value


def _array(value: object, shape: Sequence[int], name: str) -> Numbers:
    if not shape:
        return np.array(_whole(value, name), np.int64)
    try:
        rows = np.array(_each_whole(value, name), np.int64)
    except ValueError:  # rows of different lengths
        rows = np.array([])
    if rows.shape != tuple(shape):
        raise UserError(f"the number {name!r} must have the shape {' x '.join(map(str, shape))}, not {value!r:.60}")
    return rows


def _each_whole(value: object, name: str) -> Whole:
    return [_each_whole(each, name) for each in value] if isinstance(value, list) else _whole(value, name)


def _plain(value: object) -> object:
    """Return a value as TOML writes it: lists for tuples, and decimals exactly."""
    if isinstance(value, float) and isfinite(value):
        return Fraction(str(value))
    return [_plain(each) for each in value] if isinstance(value, list | tuple) else value
