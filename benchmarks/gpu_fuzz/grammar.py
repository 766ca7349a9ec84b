"""Small random kernels: few threads, few accesses, and everything that a kernel can do wrong."""

from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

import numpy as np

HEADER = """\
from numba import cuda, float32, int32

SIZE = {size}


@cuda.jit(device=True)
def load(array, place):
    return array[place]


@cuda.jit(device=True)
def store(array, place, value):
    if place < SIZE:
        array[place] = value


@cuda.jit(device=True)
def turn(array, place, by):
    value = array[(place + by) % SIZE]
    cuda.syncthreads()
    array[place] = value
    return value + 1


@cuda.jit(device=True)
def meet():
    cuda.syncthreads()


@cuda.jit
def kernel(values, table, output, n):
"""


@dataclass
class Program:
    """A kernel in a launch, and its arguments."""

    source: str
    blocks: tuple[int, ...]
    threads: tuple[int, ...]
    arguments: list = field(default_factory=list)
    kernel: str = "kernel"
    blank: str = ""  # the parameter whose array holds nothing yet


def draw(seed: str) -> Program:
    """Return the program of a seed."""
    return _Author(Random(seed)).program()


class _Author:
    """Write one program, line by line."""

    def __init__(self, random: Random) -> None:
        self.random, self.lines, self.loops = random, [], 0
        self.active = random.choice((2, 2, 3, 3, 4))  # threads of a block that do something
        self.size = random.choice((self.active, self.active, self.active + 1, 2 * self.active))
        self.several_warps = random.random() < 0.2
        self.two_blocks = not self.several_warps and random.random() < 0.25
        if self.two_blocks:
            self.active = self.size = 2
        self.tidy = random.random() < 0.6  # then indices are the thread's own, mostly

    def program(self) -> Program:
        threads: tuple[int, ...] = (self.active,)
        number = "cuda.threadIdx.x"
        if self.several_warps:
            threads, number = (32 + self.active // 2,), None
        elif self.active == 4 and self.chance(0.4):
            threads, number = (2, 2), "cuda.threadIdx.x + cuda.threadIdx.y * cuda.blockDim.x"
        blocks = 2 if self.two_blocks else 1
        self.prologue(number)
        for _ in range(self.random.randint(2, 5)):
            self.phase(1)
        count = blocks * self.size
        values = np.array([self.random.randint(1, 4) for _ in range(count)], np.float32)
        table = np.array([self.random.randrange(self.size) for _ in range(count)], np.int32)
        source = HEADER.format(size=self.size) + "\n".join(self.lines) + "\n"
        arguments = [
            values,
            table,
            np.zeros(count, np.float32),
            self.random.choice((self.size, self.active, self.size - 1)),
        ]
        return Program(source, (blocks,), threads, arguments, blank=self.pick((1, "output"), (1, "")))

    def prologue(self, number: str | None) -> None:
        """Write the indices that the kernel uses: i counts the block's active threads, g those of the launch."""
        self.say(1, "s = cuda.shared.array(SIZE, float32)")
        if self.chance(0.25):
            self.say(1, "t = cuda.shared.array((SIZE,), float32)")
            self.shared = ["s", "s", "t"]
        elif self.chance(0.2):
            self.say(1, "t = cuda.shared.array((2, SIZE), float32)")
            self.shared = ["s", "s", "t[1]", "t[i & 1]", "t[i]"]
        else:
            self.shared = ["s"]
        if self.chance(0.15):
            self.say(1, "own = cuda.local.array(2, float32)")
            self.say(1, f"own[0] = {self.random.randint(1, 3)}")
            self.own = True
        else:
            self.own = False
        if number:
            self.say(1, f"i = {number}")
        else:  # half of the active threads in each of two warps; the others count on
            self.say(1, "i = cuda.threadIdx.x")
            half = self.active - self.active // 2
            self.say(1, "if i >= 32:")
            self.say(2, f"i = i - 32 + {half}")
            self.say(1, f"elif i >= {half}:")
            self.say(2, f"i = i + {self.active}")
        self.say(1, "g = cuda.blockIdx.x * SIZE + i")
        self.say(1, "x = 1.0")
        self.say(1, "y = 2.0")
        if not self.chance(0.15):
            self.guarded(1, lambda depth: self.say(depth, "s[i] = values[g]"))
            if self.tidy or self.chance(0.5):
                self.say(1, "cuda.syncthreads()")

    def phase(self, depth: int) -> None:
        """Write something that all threads do, then perhaps a barrier."""
        if self.chance(0.2) and depth < 3:
            self.loop(depth)
        else:
            self.guarded(depth, lambda depth: self.some(depth))
        self.meeting(depth, 0.75 if self.tidy else 0.45)

    def meeting(self, depth: int, chance: float) -> None:
        """Write a barrier, or not; rarely one that not all threads reach."""
        if not self.chance(chance):
            return
        kind = self.random.random()
        if kind < 0.72:
            self.say(depth, "cuda.syncthreads()")
        elif kind < 0.84:
            self.say(depth, "cuda.syncwarp()")
        elif kind < 0.89:
            self.say(depth, "meet()")
        elif kind < 0.93:
            self.say(depth, "if n > 0:")  # of the whole launch
            self.say(depth + 1, "cuda.syncthreads()")
        elif kind < 0.96:
            self.say(depth, f"if {self.condition()}:")
            self.say(depth + 1, "cuda.syncthreads()")
        elif kind < 0.98:
            self.say(depth, f"if {self.condition()}:")
            self.say(depth + 1, "cuda.syncthreads()")
            self.say(depth, "else:")
            self.say(depth + 1, "cuda.syncthreads()")
        else:
            self.say(depth, f"if {self.condition()}:")
            self.say(depth + 1, "return")
            self.say(depth, "cuda.syncthreads()")

    def loop(self, depth: int) -> None:
        """Write a loop with a phase in it."""
        name, self.loops = f"k{self.loops}", self.loops + 1
        kind = self.random.random()
        if kind < 0.2:
            self.say(depth, f"{name} = SIZE // 2")
            self.say(depth, f"while {name} > 0:")
        else:
            self.say(depth, f"{name} = 0")  # for what comes after a loop of no rounds
            stop = self.pick((6, "2"), (2, "n"), (1, "i"), (1, "1 + i % 2"), (1, "3"))
            self.say(depth, f"for {name} in range({self.pick((5, stop), (1, f'1, {stop}'), (1, '2, 0, -1'))}):")
        self.counter = name
        if self.chance(0.25):
            self.say(depth + 1, f"if {self.condition()}:")
            self.say(depth + 2, self.pick((1, "break"), (1, "continue")) if kind >= 0.2 else "break")
        self.guarded(depth + 1, lambda depth: self.some(depth))
        self.meeting(depth + 1, 0.7)
        if kind < 0.2:
            self.say(depth + 1, f"{name} //= 2")

    def guarded(self, depth: int, write: Callable[[int], None]) -> None:
        """Write what only the active threads do."""
        if self.several_warps:
            self.say(depth, f"if i < {self.active}:")
            depth += 1
        write(depth)

    def some(self, depth: int) -> None:
        """Write one or two statements."""
        for _ in range(self.random.choice((1, 1, 2))):
            self.statement(depth)

    def statement(self, depth: int) -> None:
        """Write one statement."""
        array, place = self.array(), self.index()
        self.random.choices(
            (
                lambda: self.say(depth, f"{array}[{place}] = {self.value()}"),
                lambda: self.say(depth, f"x = {self.array()}[{place}]"),
                lambda: self.say(depth, f"x, y = y, {array}[{place}]"),
                lambda: self.say(depth, f"output[{self.own_index('g')}] = {self.value()}"),
                lambda: self.say(depth, f"{array}[{place}] {self.pick((3, '+='), (1, '-='), (1, '*='))} {self.value()}"),
                lambda: self.branch(depth),
                lambda: self.atomic(depth, array, place),
                lambda: self.call(depth, array, place),
                lambda: self.say(depth, f"{array}[{place}], {array}[{self.index()}] = x, {self.value()}"),
                lambda: self.say(depth, f"x = {array}[{place}] if {self.condition()} else {self.value()}"),
                lambda: self.local(depth),
            ),
            (6, 4, 1, 3, 2, 3, 1.5, 1.5, 0.5, 1, 0.6),
        )[0]()

    def branch(self, depth: int) -> None:
        """Write an if."""
        if self.several_warps or depth > 3:
            self.say(depth, f"y = y + {self.value()}")
            return
        self.say(depth, f"if {self.condition(reads=True)}:")
        self.statement(depth + 1)
        if self.chance(0.4):
            self.say(depth, self.pick((3, "else:"), (1, f"elif {self.condition()}:")))
            self.statement(depth + 1)

    def atomic(self, depth: int, array: str, place: str) -> None:
        """Write an atomic operation, whose old value may be used."""
        name = self.pick((4, "add"), (1, "sub"), (1, "max"), (1, "min"))
        call = f"cuda.atomic.{name}({array}, {self.pick((1, place), (1, '0'))}, {self.pick((1, '1'), (1, 'x'))})"
        self.say(depth, self.pick((5, call), (1, f"x = {call}")))

    def call(self, depth: int, array: str, place: str) -> None:
        """Write a call of a device function."""
        kind = self.random.random()
        if kind < 0.4:
            self.say(depth, f"x = load({array}, {place}) + 1")
        elif kind < 0.8 or depth > 1 or self.several_warps:
            self.say(depth, f"store({array}, {place}, {self.value()})")
        else:
            self.say(depth, f"x = turn({array}, i, {self.random.randint(0, 2)})")

    def local(self, depth: int) -> None:
        """Write an access to the thread's own array."""
        if not self.own:
            self.say(depth, "x = x + y")
            return
        place = self.pick((4, "0"), (2, "1"), (1, "i % 2"), (0.3, "2"), (0.3, "i"), (0.3, "i - 1"))
        self.say(depth, self.pick((1, f"own[{place}] = {self.value()}"), (1, f"x = own[{place}]")))

    def array(self) -> str:
        """Return a shared array's name, or the output's."""
        return self.random.choice(self.shared) if self.chance(0.85) else "output"

    def index(self) -> str:
        """Return an index of a shared array."""
        if self.tidy and self.chance(0.55):
            return "i"
        by = self.random.randint(1, 2)
        return self.pick(
            (4, "i"), (3, f"(i + {by}) % SIZE"), (1, f"i + {by}"), (1, f"i - {by}"), (1, f"i // {by + 1}"),
            (1, "SIZE - 1 - i"),
            (1, "i ^ 1"), (1, str(self.random.randrange(self.size))), (0.3, "-1"), (1, "table[g]"),
            (1, f"(i * {by + 1}) % SIZE"),
            (0.7, f"(i + {self.counter}) % SIZE" if self.loops else "0"), (0.3, "int(x) % SIZE"), (0.5, "n - 1"),
            (0.3, "min(i, 1)"),
            (0.3, "i % 2"), (0.3, "i & 1"), (0.3, "g"),
        )  # fmt: skip

    def own_index(self, name: str) -> str:
        """Return an index that is mostly the thread's own."""
        return name if self.chance(0.8) else self.pick((1, f"{name} + 1"), (1, f"{name} - 1"), (1, "0"), (1, "i"), (1, "n"))

    def value(self) -> str:
        """Return a number."""
        return self.pick(
            (2, str(self.random.randint(0, 5))), (2, "x"), (2, "y"), (2, "i"), (1, "x + 1"), (1, "x * 2 - y"),
            (2, f"{self.array()}[i]"),
            (1, f"{self.array()}[{self.index()}]"), (1, "values[g]"), (0.5, "float32(i + 1)"), (0.5, "max(x, y)"),
            (0.5, f"{self.array()}[i] + values[g]"), (0.3, f"abs(y - {self.array()}[i])"),
            (0.3, "(6 // i if i else 1)"), (0.3, "(i and 6 % i)"),
        )  # fmt: skip

    def condition(self, reads: bool = False) -> str:
        """Return a condition, mostly one of the thread's number."""
        number = self.random.randrange(self.active)
        plain = self.pick(
            (3, f"i == {number}"), (3, f"i < {number + 1}"), (1, f"i != {number}"), (1, "i % 2 == 0"), (1, "0 < i < n"),
            (1, "i + 1 < n"), (1, "n > 1"), (1, "x > 2"), (0.5, "not i"), (0.5, f"i >= 1 and i < {number + 1}"),
            (1, f"{self.counter} < 1" if self.loops else "i & 1"),
        )  # fmt: skip
        if not reads or self.chance(0.7):
            return plain
        read = f"{self.array()}[{self.index()}]"
        return self.pick(
            (1, f"{plain} and {read} > 1"),
            (1, f"{plain} or {read} < 3"),
            (1, f"{read} > 2"),
            (0.5, f"0 < {read} <= 2"),
            (0.5, f"0 < i < {read}"),
        )

    def pick(self, *weighted: tuple[float, str]) -> str:
        """Return one text, by weight."""
        return self.random.choices([text for _, text in weighted], [weight for weight, _ in weighted])[0]

    def chance(self, probability: float) -> bool:
        """Return True with this probability."""
        return self.random.random() < probability

    def say(self, depth: int, line: str) -> None:
        """Write a line."""
        self.lines.append("    " * depth + line)
