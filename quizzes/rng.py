"""Where a template's numbers come from: drawn from a seed, walked through one after the other, or read from a certificate.

A template asks for one number after the other: `size = draw.between(5, 32, "image")`. The caller decides what answers: the
search draws at random, a walk goes through everything that could be drawn, a certificate repeats what was drawn. A number
that has a name can be fixed by an instructor.
"""

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from hashlib import sha256
from itertools import count
from math import isfinite
from typing import Any, TypeVar

import numpy as np

from common.errors import UserError

Item = TypeVar("Item")
LARGEST = 100_000  # that an instructor may fix a number to, unless a template itself draws larger ones


class Draw:
    """Ask for numbers; `drawn` holds what was answered, in order, and `named` what the named ones are.

    fixed: the values of some names, which are then not drawn. A value may lie beyond what would be drawn, so that an
    instructor can ask about an image of 224 pixels; what a template requires of its numbers still holds.
    """

    def __init__(self, fixed: Mapping[str, Any] | None = None) -> None:
        self.drawn: list[int] = []
        self.named: dict[str, Any] = {}
        self.fixed = fixed or {}
        self.free = 0  # numbers that could have been others
        self._free_before = 0  # as many before those that were drawn since the last one with a name

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

        least: what an instructor can fix it to; by default 1 or 0, or any number where negative ones are drawn.
        """
        if name in self.fixed:
            self.drawn.append(_whole(self.fixed[name], name, _least(low, least), max(LARGEST, high)) - low)
        else:
            self.below(high - low + 1)
        return self._call(name, low + self.drawn[-1])

    def ranges(self, *bounds: tuple[int, int], name: str = "", least: int | None = None) -> list[int]:
        """Return a whole number from each range, both its ends included: the widths of layers, say. least: as above."""
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

    def numbers(self, *shape: int, low: int, high: int, name: str = "") -> np.ndarray:
        """Return an array of this shape of whole numbers from low to high, both included."""
        if name in self.fixed:
            values = _array(self.fixed[name], shape, name)
            self.drawn += (values.ravel() - low).tolist()
        else:
            values = np.array([self.between(low, high) for _ in range(int(np.prod(shape)))], np.int64).reshape(shape)
        return self._call(name, values)

    def fixable(self, values: Any, name: str, least: int = 0) -> Any:
        """Return whole numbers that were drawn in another way, a multiple of 10 or a shuffled kernel; they can be fixed.

        What was drawn since the last number with a name must be what makes them, and nothing else.
        values: a number, or a list or array of them; an instructor's have its shape, and are not below `least`.
        """
        values = np.array(values, np.int64)
        if name in self.fixed:
            wanted = _array(self.fixed[name], values.shape, name)
            if (wanted < least).any():
                raise UserError(f"the number {name!r} must be at least {least}, not {self.fixed[name]!r:.60}")
            self.drawn += (wanted - values).ravel().tolist()
            self.free = self._free_before
            return self._call(name, wanted.tolist())
        offsets = np.array([self.below(1) for _ in values.ravel()], np.int64)
        return self._call(name, (values + offsets.reshape(values.shape)).tolist())

    def start_again(self) -> None:
        """Forget what was drawn; what comes next is still new."""
        self.drawn, self.named, self.free, self._free_before = [], {}, 0, 0

    def _call(self, name: str, value: Any) -> Any:
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

    SHA-256 of the names and a counter makes the bits; numbers that would favour the small ones are drawn again.
    """

    def __init__(self, *names: str, fixed: Mapping[str, Any] | None = None) -> None:
        super().__init__(fixed)
        key = sha256(b"".join(len(name.encode()).to_bytes(4, "big") + name.encode() for name in names)).digest()
        self._words = _words(key)

    def _next(self, bound: int) -> int:
        most = 2**32 - 2**32 % bound
        return next(word for word in self._words if word < most) % bound


class Repeated(Draw):
    """Answer what was drawn before."""

    def __init__(self, drawn: Sequence[int]) -> None:
        super().__init__()
        self._left = iter(drawn)

    def fix(self, numbers: Mapping[str, Any]) -> None:
        """Do nothing: what was drawn before holds what was fixed, too."""

    def _next(self, bound: int) -> int:
        return next(self._left)


class Walk(Draw):
    """Answer with one path through all that could be drawn; `after` gives the path behind it, until there is none."""

    def __init__(self, path: Sequence[int] = ()) -> None:
        super().__init__()
        self._path, self._bounds = list(path), []  # type: ignore[var-annotated]

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
    """Return what an instructor's number is at least, if others are drawn from `low` on: a size stays positive."""
    if least is None:
        return min(low, 1) if low >= 0 else -LARGEST
    return least


def _whole(value: Any, name: str, least: int = -LARGEST, most: int = LARGEST) -> int:
    """Return a number that an instructor fixed."""
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise UserError(f"the number {name!r} must be a whole number from {least:,} to {most:,}, not {value!r:.60}")
    return value


def _place(value: Any, items: Sequence[Any], name: str) -> int:
    """Return which of the items an instructor fixed."""
    plain = [_plain(item) for item in items]
    if _plain(value) not in plain:
        raise UserError(f"the number {name!r} must be one of {', '.join(map(str, plain))}, not {value!r:.60}")
    return plain.index(_plain(value))


def _listed(value: Any, size: int, name: str) -> list[Any]:
    if not isinstance(value, list) or len(value) != size:
        raise UserError(f"the number {name!r} must be a list of {size}, not {value!r:.60}")
    return value


def _array(value: Any, shape: Sequence[int], name: str) -> np.ndarray:
    if not shape:
        return np.array(_whole(value, name), np.int64)
    try:
        rows = np.array(_each_whole(value, name), np.int64)
    except ValueError:  # rows of different lengths
        rows = np.array([])
    if rows.shape != tuple(shape):
        raise UserError(f"the number {name!r} must have the shape {' x '.join(map(str, shape))}, not {value!r:.60}")
    return rows


def _each_whole(value: Any, name: str) -> Any:
    return [_each_whole(each, name) for each in value] if isinstance(value, list) else _whole(value, name)


def _plain(value: Any) -> Any:
    """Return a value as TOML has it: lists for tuples, and decimals as what they say."""
    if isinstance(value, float) and isfinite(value):
        return Fraction(str(value))
    return [_plain(each) for each in value] if isinstance(value, list | tuple) else value
