"""Compare what the simulated GPU says about a kernel with the truth."""

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from benchmarks.gpu_fuzz import arithmetic, grammar, phases
from benchmarks.gpu_fuzz.interleavings import TooMany, explore
from benchmarks.gpu_fuzz.threads import Stepper, Undecided
from gpu.faults import KernelError
from gpu.findings.races import races
from gpu.machine.launch import Blank, Order, launch
from gpu.machine.program import read

RACE, DIVERGENT, OUTSIDE = "race", "divergent barrier", "negative index or out of range"
KINDS = ("race", "index out of range", "negative index", "read before it is written", "divergent barrier")


@dataclass
class Seen:
    """What the machine says under one order of threads: kinds of faults with the lines that they name, and final values."""

    faults: set[tuple[str, tuple[int, ...]]]
    arrays: list[np.ndarray]

    @property
    def kinds(self) -> set[str]:
        """The kinds of faults."""
        return {kind for kind, _ in self.faults}


def machine(program: grammar.Program, orders: Iterable[Order] = Order) -> dict[Order, Seen]:
    """Run a program on the machine under several orders."""
    function = read(program.source, "kernel.py").functions[program.kernel]
    found = {}
    for order in orders:
        arguments = [value.copy() if isinstance(value, np.ndarray) else value for value in program.arguments]
        given = [Blank(value) if name == program.blank else value for name, value in zip(function.parameters, arguments)]
        recording = launch(function, program.blocks, program.threads, given, order)
        faults = {
            (str(fault.kind), tuple(p.line for p in fault.places)) for fault in [*recording.faults, *races(recording)]
        }
        found[order] = Seen(faults, [each for each in arguments if isinstance(each, np.ndarray)])
    return found


@dataclass
class Verdict:
    """The result for a program: what it really does, what the machine found, and where they differ."""

    seed: str
    source: str
    true: set[str] = field(default_factory=set)
    misses: list[str] = field(default_factory=list)
    false_alarms: list[str] = field(default_factory=list)
    differences: list[str] = field(default_factory=list)  # in final values
    skipped: str = ""

    @property
    def right(self) -> bool:
        """Whether the machine was right in everything."""
        return not (self.misses or self.false_alarms or self.differences)


def judge_small(seed: str, most: int = 5000) -> Verdict:
    """Compare the machine with every order of the threads of a small kernel."""
    program = grammar.draw(seed)
    verdict = Verdict(seed, program.source)
    try:
        outcome = explore(
            Stepper(program.source, program.kernel, program.blocks, program.threads, program.arguments, program.blank), most
        )
    except (TooMany, Undecided) as reason:
        verdict.skipped = type(reason).__name__
        return verdict
    always, sometimes = ({fault.kind for fault in faults} for faults in (outcome.always, outcome.sometimes))
    if (
        DIVERGENT not in sometimes
    ):  # otherwise some threads go on while others wait forever, and what happens then is undefined
        always |= {RACE} & sometimes  # a race that may happen is a race
    verdict.true = {"index out of range" if kind == OUTSIDE else kind for kind in sometimes}
    try:
        seen = machine(program)
    except KernelError as error:
        verdict.false_alarms.append(f"stops: {error.sentence}")
        return verdict
    compare(verdict, always, sometimes, set().union(*(each.kinds for each in seen.values())))
    if DIVERGENT not in sometimes:
        lines = {line for _, line in outcome.sometimes}
        named = {line for each in seen.values() for _, places in each.faults for line in places}
        verdict.false_alarms += [f"line {line}" for line in sorted(named - lines)]
    if not sometimes & {RACE, DIVERGENT}:
        for order, each in seen.items():
            values = tuple(value for array in each.arrays for value in array.reshape(-1).tolist())
            if not any(alike(values, ending) for ending in outcome.endings):
                verdict.differences.append(f"{order.name}: {values}, which no order of the threads gives")
    return verdict


def alike(values: Iterable[float], ending: Iterable[float | None]) -> bool:
    """Return whether memory ended like this, wherever something was written."""
    return all(
        known is None or value == known or (value != value and known != known) for value, known in zip(values, ending)
    )


def judge_large(seed: str) -> Verdict:
    """Compare the machine with the books of a larger kernel."""
    program = phases.draw(seed)
    verdict = Verdict(seed, program.source, set(program.faults))
    try:
        seen = machine(program)
    except KernelError as error:
        verdict.false_alarms.append(f"stops: {error.sentence}")
        return verdict
    always, sometimes = set(program.faults), set(program.faults)
    if RACE in always:  # whether the other thread has written by then depends on who is first
        always.discard("read before it is written")
        sometimes.add("read before it is written")
    compare(verdict, always, sometimes, set().union(*(each.kinds for each in seen.values())))
    if program.expected:
        for order, each in seen.items():
            for name, values, expected in zip(("board", "output"), each.arrays[1:], program.expected):
                if not np.array_equal(values, expected):
                    verdict.differences.append(f"{order.name}: {name} differs")
    return verdict


def judge_numbers(seed: str) -> Verdict:
    """Compare the machine with Numba's compiler on an arithmetic program."""
    program = arithmetic.draw(seed)
    verdict = Verdict(seed, program.source)
    try:
        expected = program.on_cpu()
    except arithmetic.Refused:
        verdict.skipped = "Refused"
        return verdict
    for order in Order:
        for name, values, right in zip("ijxy", program.on_machine(order), expected):
            if not np.array_equal(values, right):
                thread = np.flatnonzero(values != right)[0]
                verdict.differences.append(
                    f"{order.name}: {name} of thread {thread} is {values[thread]}, not {right[thread]}"
                )
    return verdict


def compare(verdict: Verdict, always: set[str], sometimes: set[str], found: set[str]) -> None:
    """Record what always happens but the machine missed, and what it found that never happens."""
    for kind in always - found:
        if kind != OUTSIDE or not found & {"index out of range", "negative index"}:
            verdict.misses.append(kind)
    if DIVERGENT in sometimes:  # what happens after such a barrier is undefined
        return
    allowed = sometimes | ({"index out of range", "negative index"} if OUTSIDE in sometimes else set())
    verdict.false_alarms += sorted(found - allowed)
