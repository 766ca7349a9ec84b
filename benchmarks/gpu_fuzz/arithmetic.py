"""Random arithmetic programs, for the machine and for Numba's compiler on the CPU: the same bits must come out.

No operation gives NaN or infinity, on which CPUs and GPUs differ (max, min, conversions). In half of the programs, each
variable keeps one type; in the others, Numba has to find a type for everything that is assigned to it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

import numpy as np

from gpu.machine.launch import Order, launch
from gpu.machine.program import read

THREADS = 70
HEADER = """\
import math

from numba import cuda, float32, float64, int32, int64, uint32

STEPS = 3


@cuda.jit(device=True)
def half(value):
    return value / 2


@cuda.jit(device=True)
def steps(value):
    if value < 0:
        return 0
    return int(value) & 3


"""
KERNEL = """

@cuda.jit
def kernel(a, b, c, d, i, j, x, y):
    t = cuda.grid(1)
    if t < a.size:
        i[t], j[t], x[t], y[t] = compute(a[t], b[t], c[t], d[t])
"""
TYPES = {
    "a": np.int32,
    "b": np.int64,
    "c": np.float32,
    "d": np.float64,
    "i": np.int64,
    "j": np.int32,
    "x": np.float32,
    "y": np.float64,
}
CASTS = {"i": "int64", "j": "int32", "x": "float32", "y": "float64"}


class Refused(Exception):
    """Numba finds no type for something, such as the bits of a variable that is a float on another path."""


@dataclass
class Arithmetic:
    """A device function of four numbers that returns four, and numbers to call it with."""

    source: str
    arguments: list[np.ndarray]

    def on_machine(self, order: Order = Order.TOGETHER) -> list[np.ndarray]:
        """Return what the machine computes, all calls at once, each in a thread of its own."""
        results = [np.zeros(THREADS, TYPES[name]) for name in "ijxy"]
        function = read(HEADER + "@cuda.jit(device=True)\n" + self.source + KERNEL, "numbers.py").functions["kernel"]
        recording = launch(function, (-(-THREADS // 32),), (32,), [*self.arguments, *results], order)
        assert not recording.faults, recording.faults
        return results

    def on_cpu(self) -> list[np.ndarray]:
        """Return the results of the code that Numba's compiler makes of it. Raises Refused if it makes none."""
        import numba

        source = HEADER.replace("@cuda.jit(device=True)", "@njit(error_model='numpy')").replace(
            "import cuda", "import njit"
        )
        names: dict = {}
        exec(f"{source}@njit(error_model='numpy')\n{self.source}", names)

        def loop(compute: Callable, arguments: tuple[np.ndarray, ...], results: tuple[np.ndarray, ...]) -> None:
            (a, b, c, d), (i, j, x, y) = arguments, results
            for t in range(a.size):
                i[t], j[t], x[t], y[t] = compute(a[t], b[t], c[t], d[t])

        results = [np.zeros(THREADS, TYPES[name]) for name in "ijxy"]
        try:
            numba.njit(loop)(names["compute"], tuple(self.arguments), tuple(results))
        except numba.core.errors.TypingError as error:
            raise Refused from error
        return results


def draw(seed: str) -> Arithmetic:
    """Return the program of a seed."""
    random = Random(seed)
    lines = _Author(random).lines_of_function()
    numbers = np.random.default_rng(random.getrandbits(32))
    integers = numbers.integers(-20, 20, (2, THREADS))
    floats = numbers.normal(0, 5, (2, THREADS)).round(random.choice((0, 1, 9)))
    arguments = [values.astype(TYPES[name]) for name, values in zip("abcd", (*integers, *floats))]
    return Arithmetic("\n".join(lines) + "\n", arguments)


class _Author:
    """Write a function, line by line."""

    def __init__(self, random: Random) -> None:
        self.random, self.lines, self.loops, self.counters = random, [], 0, []
        self.casts = CASTS if random.random() < 0.5 else dict.fromkeys(CASTS, "")

    def lines_of_function(self) -> list[str]:
        """Return its lines."""
        self.say(0, "def compute(a, b, c, d):")
        for name in "ijxy":
            self.say(1, f"{name} = {self.casts[name]}({self.random.choice('ab' if name in 'ij' else 'abcd')})")
        for _ in range(self.random.randint(3, 7)):
            self.statement(1, False)
        self.say(1, "return i, j, x, y")
        return self.lines

    def statement(self, depth: int, looped: bool) -> None:
        """Write one statement."""
        kinds: list[Callable[[int, bool], None]] = [self.assign, self.assign, self.augment, self.augment, self.swap]
        if depth < 4:
            kinds += [self.branch, self.branch, self.loop, self.loop]
        if looped:
            kinds += [self.way_out, self.way_out]
        self.random.choice(kinds)(depth, looped)

    def assign(self, depth: int, looped: bool) -> None:
        name = self.random.choice("ijxy")
        self.say(depth, f"{name} = {self.cast(name, 3)}")

    def augment(self, depth: int, looped: bool) -> None:
        """Write an augmented assignment that keeps the variable's type."""
        name = self.random.choice("ixy")
        if name == "i":
            operator = self.random.choice(("+=", "-=", "*=", "&=", "|=", "^="))
            self.say(depth, f"i {operator} {self.integer(2)}")
            self.say(depth, "i = i % 1000003")
        else:
            operator = self.random.choice(("+=", "-=", "*="))
            self.say(depth, f"{name} {operator} {self.cast(name, 2)}")
            self.say(depth, f"{name} = {self.casts[name]}(min(max({name}, -1000.0), 1000.0))")

    def swap(self, depth: int, looped: bool) -> None:
        i, j, x, y = (self.casts[name] for name in "ijxy")
        self.say(depth, self.random.choice((f"i, j = {i}(j), {j}(i)", f"x, y = {x}(y), {y}(x)", "y, i = y + i, i + 1")))

    def branch(self, depth: int, looped: bool) -> None:
        self.say(depth, f"if {self.truth(2)}:")
        self.block(depth + 1, looped)
        if self.chance(0.3):
            self.say(depth, f"elif {self.truth(2)}:")
            self.block(depth + 1, looped)
        if self.chance(0.5):
            self.say(depth, "else:")
            self.block(depth + 1, looped)

    def block(self, depth: int, looped: bool) -> None:
        if self.chance(0.08):
            self.say(depth, "return i, j, x, y")
            return
        for _ in range(self.random.choice((1, 1, 2))):
            self.statement(depth, looped)

    def loop(self, depth: int, looped: bool) -> None:
        name, self.loops = f"k{self.loops}", self.loops + 1
        if self.chance(0.25):
            self.say(depth, f"{name} = steps({self.random.choice('abcd')})")
            self.say(depth, f"while {name} > 0:")
            self.say(depth + 1, f"{name} -= 1")
        else:
            few = f"({self.integer(1)}) & 3"
            rounds = self.random.choice((few, "STEPS", f"1, {few}", f"{few}, 0, -1", f"-2, {few}, 2"))
            self.say(depth, f"for {name} in range({rounds}):")
        self.counters.append(name)
        self.block(depth + 1, True)
        self.counters.pop()

    def way_out(self, depth: int, looped: bool) -> None:
        self.say(depth, f"if {self.truth(1)}:")
        self.say(depth + 1, self.random.choice(("break", "continue")))

    def cast(self, name: str, depth: int) -> str:
        """Return an expression of a variable's type."""
        if name in "xy":
            return f"{self.casts[name]}({self.random.choice((self.number, self.integer))(depth)})"
        return f"{self.casts[name]}({self.integer(depth)})"

    def integer(self, depth: int) -> str:
        """Return an expression of an integer."""
        if depth <= 0:
            return self.random.choice(("a", "b", "i", "j", "1", "2", "-3", "7", "uint32(a)", *self.counters))
        left, right = (self.integer(depth - self.random.randint(1, 2)) for _ in range(2))
        return self.random.choice(
            (
                f"({left} + {right})", f"({left} - {right})", f"({left} * ({right} & 255))",
                f"({left} // ({right} | 1))", f"({left} % ({right} | 1))",
                f"({left} << ({right} & 7))", f"({left} >> ({right} & 7))", f"({left} & {right})",
                f"({left} | {right})", f"({left} ^ {right})",
                f"(-{left})", f"(~{left})", f"abs(int64({left}))", f"min(int64({left}), int64({right}))",
                f"max(int64({left}), int64({right}))",
                f"int64({left} if {self.truth(depth - 1)} else {right})", f"({self.truth(depth - 1)} + {left})",
                f"int32({left})", f"uint32({left})",
                f"int(min(max({self.number(depth - 1)}, -99.0), 99.0))", f"({left} & 15) ** 2", f"bool({left})",
                f"int64(int64({left}) or {right})",
                f"int64(int64({left}) and {right})", f"int(math.floor(min(max({self.number(depth - 1)}, -99.0), 99.0)))",
            )
        )  # fmt: skip

    def number(self, depth: int) -> str:
        """Return an expression of a float."""
        if depth <= 0:
            return self.random.choice(("c", "d", "x", "y", "0.5", "2.0", "float32(0.1)", "0.1", "float32(3)"))
        left, right = (self.number(depth - self.random.randint(1, 2)) for _ in range(2))
        return self.random.choice(
            (
                f"({left} + {right})", f"({left} - {right})", f"({left} * {right})", f"({left} / (abs({right}) + 1))",
                f"({left} + {self.integer(depth - 1)})",
                f"({self.integer(depth - 1)} / 8)", f"({left} * {self.integer(depth - 1)})", f"(-{left})",
                f"abs({left})", f"min({left}, {right})", f"max({left}, {right})",
                f"math.sqrt(abs({left}))", f"float32({left})", f"float64({left})", f"half({left})",
                f"({left} // (abs({right}) + 1))", f"({left} % (abs({right}) + 1))",
                f"float64({left} if {self.truth(depth - 1)} else {right})", f"float({left})", f"math.fabs({left})",
                f"({left} ** 2)", f"float(int64({self.integer(depth - 1)}))",
            )
        )  # fmt: skip

    def truth(self, depth: int) -> str:
        """Return a condition."""
        one, other, third = self.number(depth - 1), self.integer(depth - 1), self.number(depth - 1)
        comparison = self.random.choice(("<", "<=", ">", ">=", "==", "!="))
        choices = [
            f"({one} {comparison} {third})",
            f"({other} {comparison} {self.integer(depth - 1)})",
            f"({one} {comparison} {other})",
        ]
        if depth > 0:
            choices += [
                f"({self.truth(depth - 1)} and {self.truth(depth - 1)})",
                f"({self.truth(depth - 1)} or {self.truth(depth - 1)})",
                f"(not {self.truth(depth - 1)})", f"({one} < {third} <= {self.number(depth - 1)})",
                f"(0 <= {other} < 5 < {self.integer(depth - 1)})",
                f"(({self.truth(depth - 1)}) != ({self.truth(depth - 1)}))", f"bool({other} % 2)",
            ]  # fmt: skip
        return self.random.choice(choices)

    def chance(self, probability: float) -> bool:
        """Return True with this probability."""
        return self.random.random() < probability

    def say(self, depth: int, line: str) -> None:
        """Write a line."""
        self.lines.append("    " * depth + line)
