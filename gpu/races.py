"""Races: two threads, one element, at least one of them writes, and nothing says who comes first.

What orders two accesses? Within a warp a syncwarp or a barrier between them, within a block a barrier, between blocks
nothing. That a warp's threads run in lock step orders nothing: since Volta they need not. Atomics are in nobody's way but of
plain accesses, and two plain writes of the same value leave that value whoever comes first.
"""

from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from gpu.faults import Fault, Kind
from gpu.recording import WARP, Memory, Recording, Step
from gpu.sentences import Access, Race, sentence

MOST = 5  # races that are named: the first ones are usually the cause of the others
CLASHES = (("write", "read"), ("write", "atomic"), ("atomic", "read"), ("write", "write"))
KINDS = ("read", "write", "atomic")
SIGNS = 63  # bits of an integer: instructions that are told apart when races are sorted


class Accesses(NamedTuple):
    """Accesses to one array in columns: a row is what one thread does in one step."""

    steps: np.ndarray  # number of the step in the recording
    kinds: np.ndarray  # position in KINDS
    instructions: np.ndarray  # a number for each place and kind
    elements: np.ndarray
    bits: np.ndarray  # of the value
    threads: np.ndarray
    warps: np.ndarray
    blocks: np.ndarray
    epochs: np.ndarray
    warp_epochs: np.ndarray

    def take(self, rows: np.ndarray) -> "Accesses":
        """Return some of the rows."""
        return Accesses(*(column[rows] for column in self))


def races(recording: Recording) -> list[Fault]:
    """Return the races of a launch, the earliest first: for each two lines one, at most MOST."""
    steps_of: dict[Memory, list[int]] = defaultdict(list)
    for number, step in enumerate(recording.steps):
        steps_of[step.memory].append(number)
    found = [
        race
        for memory, numbers in steps_of.items()
        if any(recording.steps[number].kind != "read" for number in numbers)
        for race in _races_of(recording, memory, numbers)
    ]
    found.sort(key=lambda race: max(race.one.step, race.other.step))
    return [_fault(recording, race) for race in found[:MOST]]


def _races_of(recording: Recording, memory: Memory, numbers: list[int]) -> list[Race]:
    """Return the races in one array, one for each two lines: those between blocks first, those within a warp last."""
    accesses = _columns(recording, memory, numbers)
    cells = [accesses.elements]
    if memory.space == "shared":  # each block has its own, and all that its threads do before a barrier is over after it
        cells += [accesses.blocks, accesses.epochs]
    accesses = accesses.take(_clashing(accesses, _packed(*cells), accesses.threads)[0])
    if not len(accesses.threads):
        return []
    own = [accesses.blocks] if memory.space == "shared" else []
    in_step = [accesses.elements, accesses.blocks, accesses.epochs]
    found: dict[frozenset, Race] = {}
    for groups, agents in (
        ([accesses.elements, *own], accesses.blocks),
        (in_step, accesses.warps),
        ([*in_step, accesses.warps, accesses.warp_epochs], accesses.threads),
    ):
        for race in _between(recording, memory, accesses, _packed(*groups), agents):
            found.setdefault(frozenset((access.place.function, access.place.line) for access in race.both), race)
    return list(found.values())


def _columns(recording: Recording, memory: Memory, numbers: list[int]) -> Accesses:
    steps = [recording.steps[number] for number in numbers]
    counts = [len(step.threads) for step in steps]
    instructions: dict[tuple, int] = {}
    threads, elements, epochs, warp_epochs = (
        np.concatenate([getattr(step, name) for step in steps])
        for name in ("threads", "elements", "epochs", "warp_epochs")
    )
    size = recording.threads_of_block
    blocks = threads // size
    return Accesses(
        steps=np.repeat(numbers, counts),
        kinds=np.repeat([KINDS.index(step.kind) for step in steps], counts),
        instructions=np.repeat(
            [instructions.setdefault((step.place, step.kind), len(instructions)) for step in steps], counts
        ),
        elements=elements,
        bits=np.concatenate([_bits(step) for step in steps]),
        threads=threads,
        warps=blocks * -(-size // WARP) + threads % size // WARP,
        blocks=blocks,
        epochs=epochs,
        warp_epochs=warp_epochs,
    )


def _bits(step: Step) -> np.ndarray:
    """Return values as integers, by their bits: a NaN equals itself, and 0.0 is not -0.0."""
    values = np.ascontiguousarray(step.values, step.memory.dtype)
    return values.view(f"i{values.itemsize}").astype(np.int64)


def _packed(*columns: np.ndarray) -> np.ndarray:
    """Return one number for each row, the same where all columns are."""
    key = np.zeros_like(columns[0])
    for column in columns:
        values = int(column.max()) + 1
        if int(key.max()) >= np.iinfo(np.int64).max // values:
            key = np.unique(key, return_inverse=True)[1]
        key = key * values + column
    return key


def _clashing(accesses: Accesses, groups: np.ndarray, agents: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the rows of those groups in which two agents clash, group by group, and where each group begins."""
    order = np.argsort(groups)
    groups, agents = groups[order], agents[order]
    kinds, bits = accesses.kinds[order], accesses.bits[order]
    starts = np.flatnonzero(np.diff(groups, prepend=-1))
    first, last = zip(*(_ends(agents, kinds == kind, starts) for kind in range(len(KINDS))))
    low, high = _ends(bits, kinds == KINDS.index("write"), starts)
    clash = np.zeros(len(starts), bool)
    for one, other in ((KINDS.index(one), KINDS.index(other)) for one, other in CLASHES):
        # Two agents, one of each kind: there are both kinds, and not all are of the same agent.
        both = (first[one] <= last[one]) & (first[other] <= last[other])
        several = np.minimum(first[one], first[other]) < np.maximum(last[one], last[other])
        clash |= both & several & ((one != other) | (low < high))
    sizes = np.diff(starts, append=len(groups))
    return order[np.repeat(clash, sizes)], np.cumsum(sizes[clash]) - sizes[clash]


def _ends(values: np.ndarray, counted: np.ndarray, starts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the least and the largest of the values that count in each group; of none, a least above its largest."""
    limits = np.iinfo(np.int64)
    low = np.minimum.reduceat(np.where(counted, values, limits.max), starts)
    return low, np.maximum.reduceat(np.where(counted, values, limits.min), starts)


def _between(
    recording: Recording, memory: Memory, accesses: Accesses, groups: np.ndarray, agents: np.ndarray
) -> Iterator[Race]:
    """Yield races between agents: from each set of instructions that meet somewhere, those where they meet first."""
    rows, starts = _clashing(accesses, groups, agents)
    if not len(rows):
        return
    signs = np.bitwise_or.reduceat(np.left_shift(1, accesses.instructions[rows] % SIGNS), starts)
    begins = np.minimum.reduceat(accesses.steps[rows], starts)
    early = np.lexsort((accesses.elements[rows[starts]], begins))
    chosen = early[np.unique(signs[early], return_index=True)[1]]
    ends = np.append(starts[1:], len(rows))
    for group in chosen[np.argsort(begins[chosen], kind="stable")]:
        here = rows[starts[group] : ends[group]]
        here = here[np.lexsort((accesses.steps[here], accesses.threads[here]))]
        group_accesses = accesses.take(here)
        for kinds in CLASHES:
            pair = _first_pair(group_accesses, agents[here], *map(KINDS.index, kinds))
            if pair:
                one, other = (_access(recording, group_accesses, row) for row in pair)
                yield Race(memory, one, other, updates=_both_update(group_accesses, *pair))
