"""Larger random kernels, of several warps and blocks, whose faults are known from books kept while they are made.

The index and condition of every access depend only on a thread's number and the round of the loop. So the books say which
thread touches what between which barriers, without running anything. No two threads ever write the same number.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from random import Random
from typing import NamedTuple

import numpy as np

from benchmarks.gpu_fuzz.grammar import Program
from benchmarks.gpu_fuzz.threads import WARP

SOURCE = """\
from numba import cuda, float32

THREADS = {threads}


@cuda.jit
def kernel(values, board, output):
    s = cuda.shared.array(THREADS, float32)
    t = cuda.shared.array(THREADS, float32)
    i = {number}
    b = cuda.blockIdx.x
    g = b * THREADS + i
    total = float32(0)
{body}
    output[g] = total
"""
GLOBAL = ("values", "board")


class Numbers(NamedTuple):
    """What indices depend on, for all threads at once: numbers in the block, of the block, in the launch; the round."""

    i: np.ndarray
    b: np.ndarray
    g: np.ndarray
    k: int = 0


class Formula(NamedTuple):
    """An index or a condition, as a kernel writes it and as NumPy computes it."""

    text: str
    of: Callable[[Numbers], np.ndarray]


class Touch(NamedTuple):
    """One access to an element."""

    thread: int
    kind: str
    epoch: int  # how many barriers the thread has passed
    warp_epoch: int  # how many syncwarps


class Books:
    """What all threads have done so far."""

    def __init__(self, size: int, blocks: int) -> None:
        i, b = np.tile(np.arange(size), blocks), np.repeat(np.arange(blocks), size)
        self.numbers, self.size, self.count = Numbers(i, b, b * size + i), size, size * blocks
        self.faults: set[str] = set()
        self.alive = np.ones(self.count, bool)
        self.total = np.zeros(self.count)
        # A barrier that no thread of a block reaches does not count there.
        self.epochs, self.warp_epoch = np.zeros(blocks, int), 0
        self.touches: dict[tuple, list[Touch]] = defaultdict(list)
        self.memory = {("values", 0, n): float(n) for n in range(self.count)} | {
            ("board", 0, n): 0.0 for n in range(self.count)
        }

    @property
    def divergent(self) -> bool:
        """Whether not all threads reached a barrier, so that what follows is undefined."""
        return "divergent barrier" in self.faults

    def active(self, condition: Formula | None) -> np.ndarray:
        """Return which threads are active and meet a condition."""
        return self.alive & condition.of(self.numbers) if condition else self.alive

    def access(self, kind: str, array: str, active: np.ndarray, index: np.ndarray, values: np.ndarray) -> None:
        """Note that each active thread touches the element that its index says."""
        length = self.count if array in GLOBAL else self.size
        for thread in map(int, np.flatnonzero(active)):
            element, block = int(index[thread]), 0 if array in GLOBAL else int(self.numbers.b[thread])
            if not 0 <= element < length:
                self.faults.add("negative index" if -length <= element < 0 else "index out of range")
            elif kind == "write":
                self.memory[array, block, element] = values[thread]
            elif (array, block, element) not in self.memory:
                self.faults.add("read before it is written")
            elif kind == "read":
                self.total[thread] += self.memory[array, block, element]
            elif kind == "atomic":
                self.memory[array, block, element] += 1
            if -length <= element < length:
                touch = Touch(thread, kind, self.epochs[self.numbers.b[thread]], self.warp_epoch)
                self.touches[array, block, element % length].append(touch)

    def wait(self, active: np.ndarray) -> None:
        """Note that threads wait for their blocks."""
        whole = active.reshape(-1, self.size)
        if (whole.any(axis=1) != whole.all(axis=1)).any():
            self.faults.add("divergent barrier")
        self.epochs += whole.all(axis=1)

    def race(self) -> bool:
        """Return whether two threads touch one element, not both reading or both atomically, with nothing between them."""
        return any(self.unordered(one, other) for touches in self.touches.values() for one in touches for other in touches)

    def unordered(self, one: Touch, other: Touch) -> bool:
        """Return whether two accesses to an element race."""
        if one.thread == other.thread or one.kind == other.kind in ("read", "atomic"):
            return False
        (block, place), (other_block, other_place) = divmod(one.thread, self.size), divmod(other.thread, self.size)
        if block != other_block:
            return True
        if place // WARP == other_place // WARP and one.warp_epoch != other.warp_epoch:
            return False
        return one.epoch == other.epoch


@dataclass
class Access:
    """A read into the total, a write, a change by an atomic."""

    kind: str
    array: str
    index: Formula
    condition: Formula | None
    number: int  # of this access in the kernel

    def lines(self, looped: bool) -> list[str]:
        element = f"{self.array}[{self.index.text}]"
        line = {
            "read": f"total += {element}",
            "write": f"{element} = {10_000 * self.number} + {'1000 * k + ' if looped else ''}g",
            "atomic": f"cuda.atomic.add({self.array}, {self.index.text}, 1)",
        }[self.kind]
        return [f"if {self.condition.text}:", f"    {line}"] if self.condition else [line]

    def do(self, books: Books) -> None:
        at = books.numbers
        values = 10_000.0 * self.number + 1000 * at.k + at.g
        books.access(
            self.kind, self.array, books.active(self.condition), np.broadcast_to(self.index.of(at), at.g.shape), values
        )


@dataclass
class Wait:
    """A barrier of the block, or of the warp, that only some threads may come to."""

    name: str
    condition: Formula | None = None

    def lines(self, looped: bool) -> list[str]:
        line = f"cuda.{self.name}()"
        return [f"if {self.condition.text}:", f"    {line}"] if self.condition else [line]

    def do(self, books: Books) -> None:
        if self.name == "syncthreads":
            books.wait(books.active(self.condition))
        else:
            books.warp_epoch += 1


@dataclass
class Leave:
    """Some threads return."""

    condition: Formula

    def lines(self, looped: bool) -> list[str]:
        return [f"if {self.condition.text}:", "    return"]

    def do(self, books: Books) -> None:
        books.alive = books.alive & ~self.condition.of(books.numbers)


@dataclass
class Loop:
    """Some statements, several times."""

    rounds: int
    body: list["Access | Wait"]

    def lines(self, looped: bool) -> list[str]:
        inner = [line for statement in self.body for line in statement.lines(True)]
        return [f"for k in range({self.rounds}):", *(f"    {line}" for line in inner)]

    def do(self, books: Books) -> None:
        for k in range(self.rounds):
            books.numbers = books.numbers._replace(k=k)
            carry_out(self.body, books)
        books.numbers = books.numbers._replace(k=0)


def carry_out(statements: Iterable, books: Books) -> None:
    """Record what statements do, up to a barrier that not all threads reach."""
    for statement in statements:
        if not books.divergent:
            statement.do(books)


@dataclass
class Known(Program):
    """A kernel, and what the books say about it."""

    faults: frozenset[str] = frozenset()
    expected: tuple[np.ndarray, np.ndarray] | None = None  # board and output in the end, if nothing is wrong


def draw(seed: str) -> Known:
    """Return the kernel of a seed, with what is wrong with it."""
    random = Random(seed)
    size, blocks = random.choice((34, 64, 64, 96, 128)), random.choice((1, 1, 2, 3))
    body = _Author(random, size, size * blocks).body()
    books = Books(size, blocks)
    carry_out(body, books)
    faults = frozenset(books.faults | ({"race"} if books.race() else set()))
    shape, number = (size,), "cuda.threadIdx.x"
    if random.random() < 0.5:
        shape, number = (size // 2, 2), "cuda.threadIdx.y * cuda.blockDim.x + cuda.threadIdx.x"
    lines = "\n".join(f"    {line}" for statement in body for line in statement.lines(False))
    source = SOURCE.format(threads=size, number=number, body=lines)
    count = books.count
    arguments = [np.arange(count, dtype=np.float32), np.zeros(count, np.float32), np.full(count, -1, np.float32)]
    known = Known(source, (blocks,), shape, arguments, faults=faults)
    if not faults:
        board = np.array([books.memory["board", 0, n] for n in range(count)], np.float32)
        known.expected = board, np.where(books.alive, books.total, -1).astype(np.float32)
    return known


class _Author:
    """Draw statements."""

    def __init__(self, random: Random, size: int, count: int) -> None:
        self.random, self.size, self.count = random, size, count
        self.careful = random.choice((0.0, 0.7, 0.9, 1.0, 1.0))  # how often a barrier follows an access
        self.wild = random.choice((0.0, 0.0, 0.05, 0.2))  # how often something is wrong in another way
        self.accesses = 0

    def body(self) -> list:
        """Return a kernel's statements."""
        own = Formula("i", lambda at: at.i)
        found: list = []
        for array in "st":
            if not self.chance(self.wild):
                found += [self.access("write", array, own, None)]
        found += [Wait("syncthreads")] * self.chance(self.careful)
        for _ in range(self.random.randint(1, 6)):
            if self.chance(self.wild / 3):
                found.append(Leave(self.condition()))
            elif self.chance(0.25):
                found.append(Loop(self.random.randint(1, 3), [*self.pair(True), *self.pair(True)]))
            else:
                found += self.pair(False)
        return found

    def pair(self, looped: bool) -> list:
        """Return an access and, mostly, a barrier."""
        array = self.random.choices(("s", "t", "board", "values"), (3, 2, 2, 0.5))[0]
        kind = "read" if array == "values" else self.random.choices(("read", "write", "atomic"), (4, 3, 1))[0]
        found: list = [
            self.access(kind, array, self.index(array, kind, looped), self.condition() if self.chance(0.3) else None)
        ]
        if self.chance(self.careful):
            found.append(self.waiting())
        return found

    def access(self, kind: str, array: str, index: Formula, condition: Formula | None) -> Access:
        self.accesses += 1
        return Access(kind, array, index, condition, self.accesses)

    def waiting(self) -> Wait:
        """Return a barrier; rarely one of the wrong kind, or one that not all threads reach."""
        if self.chance(self.wild / 2):
            return Wait("syncthreads", self.condition())
        if self.chance(0.1):
            return Wait("syncthreads", Formula("b == 0", lambda at: at.b == 0))  # all of a block, or none
        return Wait("syncwarp" if self.chance(0.08) else "syncthreads")

    def index(self, array: str, kind: str, looped: bool) -> Formula:
        """Return an index; two threads rarely write to one element."""
        name, length = ("g", self.count) if array in GLOBAL else ("i", self.size)
        of = (lambda at: at.g) if array in GLOBAL else (lambda at: at.i)
        by, odd = self.random.randint(1, 40), self.random.choice((3, 5, 7, 11))
        one_to_one = [
            Formula(name, of),
            Formula(f"({name} + {by}) % {length}", lambda at: (of(at) + by) % length),
            Formula(f"{length - 1} - {name}", lambda at: length - 1 - of(at)),
            Formula(f"{name} ^ 1", lambda at: of(at) ^ 1),
        ]
        if np.gcd(odd, length) == 1:
            one_to_one.append(Formula(f"{name} * {odd} % {length}", lambda at: of(at) * odd % length))
        if looped:
            one_to_one.append(Formula(f"({name} + k) % {length}", lambda at: (of(at) + at.k) % length))
            one_to_one.append(Formula(f"{name} ^ (1 << k) if {name} < 32 else {name}",
                                      lambda at: np.where(of(at) < 32, of(at) ^ (1 << at.k), of(at))))  # fmt: skip
        several = [
            Formula(f"{name} // {by}", lambda at: of(at) // by),
            Formula(f"{name} % {by}", lambda at: of(at) % by),
            Formula(str(by % length), lambda at: np.full_like(of(at), by % length)),
            Formula("i", lambda at: at.i),
        ]
        bad = [
            Formula(f"{name} + {by}", lambda at: of(at) + by),
            Formula(f"{name} - 1", lambda at: of(at) - 1),
            Formula(f"2 * {name}", lambda at: 2 * of(at)),
        ]
        if self.chance(self.wild / 2):
            return self.random.choice(bad)
        if kind != "write" or self.chance(self.wild / 2):
            return self.random.choice(one_to_one + several)
        return self.random.choice(one_to_one)

    def condition(self) -> Formula:
        """Return a condition that some threads meet."""
        number = self.random.randrange(1, self.size)
        return self.random.choice(
            (
                Formula(f"i < {number}", lambda at: at.i < number),
                Formula(f"i == {number}", lambda at: at.i == number),
                Formula(f"not i % 2 and i != {number}", lambda at: (at.i % 2 == 0) & (at.i != number)),
                Formula("i >= 32", lambda at: at.i >= 32),
                Formula(f"0 < g < {self.count - 1}", lambda at: (at.g > 0) & (at.g < self.count - 1)),
                Formula("b == 0", lambda at: at.b == 0),
                Formula(f"i // {WARP} == 1 or i == 0", lambda at: (at.i // WARP == 1) | (at.i == 0)),
            )
        )

    def chance(self, probability: float) -> bool:
        """Return True with this probability."""
        return self.random.random() < probability
