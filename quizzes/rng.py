"""Where a template's numbers come from: drawn from a seed, walked through one after the other, or read from a certificate.

A template asks for one number after the other: `size = draw.between(5, 32)`. Whoever calls it decides what answers: the
search draws at random, a walk goes through everything that could be drawn, a certificate repeats what was drawn.
"""

from collections.abc import Iterator, Sequence
from hashlib import sha256
from itertools import count
from typing import TypeVar

import numpy as np

Item = TypeVar("Item")


class Draw:
    """Ask for numbers; `drawn` holds what was answered, in order."""

    def __init__(self) -> None:
        self.drawn: list[int] = []

    def below(self, bound: int) -> int:
        """Return a whole number from 0 up to, but not including, the bound."""
        number = self._next(bound)
        self.drawn.append(number)
        return number

    def between(self, low: int, high: int) -> int:
        """Return a whole number from low to high, both included."""
        return low + self.below(high - low + 1)

    def choice(self, items: Sequence[Item]) -> Item:
        """Return one of the items."""
        return items[self.below(len(items))]

    def sample(self, items: Sequence[Item], size: int) -> list[Item]:
        """Return `size` different items, in drawn order."""
        left = list(items)
        return [left.pop(self.below(len(left))) for _ in range(size)]

    def shuffled(self, items: Sequence[Item]) -> list[Item]:
        """Return all items in drawn order."""
        return self.sample(items, len(items))

    def numbers(self, *shape: int, low: int, high: int) -> np.ndarray:
        """Return an array of this shape of whole numbers from low to high, both included."""
        return np.array([self.between(low, high) for _ in range(int(np.prod(shape)))], np.int64).reshape(shape)

    def start_again(self) -> None:
        """Forget what was drawn; what comes next is still new."""
        self.drawn = []

    def _next(self, bound: int) -> int:
        raise NotImplementedError


class Seeded(Draw):
    """Draw at random: the same numbers for the same names, on every machine and in every version of Python.

    SHA-256 of the names and a counter makes the bits; numbers that would favour the small ones are drawn again.
    """

    def __init__(self, *names: str) -> None:
        super().__init__()
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
