"""Races of a launch, in sentences: two threads, the element, the lines, and what is missing."""

from collections import defaultdict
from dataclasses import dataclass

import numpy as np

from gpu.faults import Fault, Kind
from gpu.findings.conflicts import ATOMIC, READ, WRITE, Accesses, conflicts
from gpu.recording import VERBS, Memory, Recording, Step, called

MOST = 5  # races that are named: the first ones are usually the cause of the others


@dataclass(frozen=True)
class Access:
    """What one thread did in a step. number: the step's, so that a smaller one came first."""

    number: int
    step: Step
    thread: int
    warp: int
    block: int
    epoch: int

    @property
    def value(self) -> str:
        """What was read or written."""
        return str(self.step.values[np.searchsorted(self.step.threads, self.thread)])

    @property
    def line(self) -> int:
        """The line of the source."""
        return self.step.place.line


@dataclass(frozen=True)
class Race:
    """Two accesses that are in conflict, a read last. updates: whether both threads read the element and write it."""

    memory: Memory
    element: int
    one: Access
    other: Access
    updates: bool

    @property
    def lines(self) -> frozenset[tuple[str, int]]:
        """Their lines in the source."""
        return frozenset((access.step.place.function, access.line) for access in (self.one, self.other))


def races(recording: Recording) -> list[Fault]:
    """Return the races of a launch, the earliest first, at most MOST: one for each array and two lines.

    Record a launch of all threads together: the advice assumes that what comes first there comes first in the source.
    """
    steps_of = defaultdict(list)
    for number, step in enumerate(recording.steps):
        steps_of[step.memory].append(number)
    found: dict[tuple[Memory, frozenset[tuple[str, int]]], Race] = {}
    for memory, numbers in steps_of.items():
        if any(recording.steps[number].kind != "read" for number in numbers):
            for met, one, other in conflicts(recording, memory, numbers):
                race = _race(recording, memory, met, one, other)
                found.setdefault((memory, race.lines), race)
    earliest = sorted(found.values(), key=lambda race: max(race.one.number, race.other.number))
    return [_fault(recording, race) for race in earliest[:MOST]]


def _race(recording: Recording, memory: Memory, met: Accesses, *rows: int) -> Race:
    """Return the race of two rows in the order that reads best: writes first, reads last; updates as they come."""
    updates = all({READ, WRITE} <= set(met.kinds[met.threads == met.threads[row]]) for row in rows)
    if not updates:
        rows = tuple(sorted(rows, key=lambda row: (WRITE, ATOMIC, READ).index(met.kinds[row])))
    one, other = (_access(recording, met, row) for row in rows)
    return Race(memory, int(met.elements[rows[0]]), one, other, updates)


def _access(recording: Recording, met: Accesses, row: int) -> Access:
    columns = (met.threads, met.warps, met.blocks, met.epochs)
    number = int(met.steps[row])
    return Access(number, recording.steps[number], *(int(column[row]) for column in columns))


def _fault(recording: Recording, race: Race) -> Fault:
    one, other = race.one, race.other
    return Fault(
        Kind.RACE,
        f"{_when(recording, race)}{_what(recording, race)}: {_advice(race)}.",
        tuple(dict.fromkeys((one.step.place, other.step.place))),
        race.memory.name,
        recording.block(one.thread),
        (recording.thread(one.thread), recording.thread(other.thread)),
    )


def _when(recording: Recording, race: Race) -> str:
    """Say between which barriers it happens, if there are any."""
    if race.one.block != race.other.block or not recording.barriers:
        return ""
    return f"after barrier {race.one.epoch}, " if race.one.epoch else "before the first barrier, "


def _what(recording: Recording, race: Race) -> str:
    """Say what the two threads do."""
    one, other = race.one, race.other
    first, second = recording.named(one.thread), called(recording.thread(other.thread), recording.threads)
    if one.block != other.block:
        second = recording.named(other.thread)
    element, here, there = race.memory.index(race.element), f" (line {one.line})", f" (line {other.line})"
    if race.updates:
        lines = there if one.line == other.line else f" (lines {min(one.line, other.line)} and {max(one.line, other.line)})"
        return f"{first} and {second} both read and write {element}{lines}, so that one of the two writes is lost"
    if one.line == other.line:
        here = ""
    if one.step.kind == other.step.kind:
        return f"{first} writes {one.value} to {element}{here} while {second} writes {other.value}{there}"
    return f"{first} {VERBS[one.step.kind]} {element}{here} while {second} {VERBS[other.step.kind]} it{there}"


def _advice(race: Race) -> str:
    """Say what is missing, or what to do instead."""
    one, other = race.one, race.other
    if race.updates:
        return "use cuda.atomic.add, or give each thread an element of its own"
    if one.block != other.block:
        return f"blocks are never in step within one launch, so {_between_blocks(race)}"
    if one.step.kind == other.step.kind:
        barrier = "" if one.line == other.line else ", or put a barrier in between"
        return f"which of them remains is left to chance; let only one thread write it{barrier}"
    if one.warp == other.warp:
        return f"threads of a warp need not run in step, so cuda.syncwarp() or a barrier is missing {_where(race)}"
    return f"a barrier is missing {_where(race)}"


def _between_blocks(race: Race) -> str:
    kinds = {race.one.step.kind, race.other.step.kind}
    if kinds == {"write"}:
        return "which of them remains is left to chance; let only one thread write it"
    if kinds == {"write", "read"}:
        return "read from another array than you write to, or start a second kernel that reads"
    return "which comes first is left to chance; an atomic protects only from other atomics"


def _where(race: Race) -> str:
    """Say where a barrier belongs, by what came first in the walk."""
    before, after = sorted((race.one, race.other), key=lambda access: access.number)
    if before.step.place.function != after.step.place.function:
        return "between the two"
    if before.line < after.line:
        return f"between line {before.line} and line {after.line}"
    if before.line == after.line and before.step.kind == "read":
        return "between reading and writing: keep what you read in a variable until all threads have read"
    return "at the end of the loop"
