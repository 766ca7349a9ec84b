"""Which accesses to one array are in conflict, found by sorting them instead of looking at pairs.

Two accesses are in conflict if two threads touch the same element, at least one writes, and nothing says who comes first:

    threads of two blocks      nothing ever does, within one launch
    of two warps of a block    a barrier between them does
    of one warp                a barrier or a syncwarp does; lock step does not: since Volta, warps need not keep it

Two atomics are not in conflict, and neither are two plain writes of the same value.
"""

from collections.abc import Iterator, Sequence
from itertools import combinations, pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from gpu.faults import Place
from gpu.recording import WARP, Memory, Recording

KINDS = READ, WRITE, ATOMIC = range(3)
NAMES = ("read", "write", "atomic")
CLASHES = ((WRITE, READ), (WRITE, ATOMIC), (ATOMIC, READ), (WRITE, WRITE))
AT_ONCE = 1 << 18  # accesses that are examined together
SLOTS = 1 << 20  # of a table of elements: more than most kernels touch
SIGNS = 63  # bits of a number that encodes which instructions meet
MOST_SETS = 50  # of instructions that meet, in one scope


class Accesses(NamedTuple):
    """Accesses to one array, in columns: a row is what one thread does in one step."""

    steps: NDArray[Any]  # number of the step in its recording
    kinds: NDArray[Any]
    elements: NDArray[Any]
    bits: NDArray[Any]  # of the values: a NaN equals itself, and 0.0 does not equal -0.0
    threads: NDArray[Any]
    warps: NDArray[Any]
    blocks: NDArray[Any]
    epochs: NDArray[Any]
    warp_epochs: NDArray[Any]

    def take(self, rows: NDArray[Any]) -> "Accesses":
        """Return some of the rows."""
        return Accesses(*(column[rows] for column in self))


class Groups(NamedTuple):
    """Rows that belong together, group by group, each in the order of steps; and where each group begins."""

    rows: NDArray[Any]
    starts: NDArray[Any]


def conflicts(recording: Recording, memory: Memory, numbers: Sequence[int]) -> Iterator[tuple[Accesses, int, int]]:
    """Yield accesses that meet at one element, and the rows of two that are in conflict: those of the smallest threads.

    numbers: of the steps that touch the array, ascending. Conflicts between blocks come first, those within a warp last.
    If the same instructions meet at many elements, only the first of these is yielded.
    """
    found = _suspects(recording, memory, numbers)
    if not len(found.steps):
        return
    signs = _signs(recording, found)
    for groups, agents in _scopes(memory, found):
        for rows in _firsts(found, _clashing(found, groups, agents), agents, signs):
            met = found.take(rows)
            yield met, *_first_pair(met, agents[rows])


def _suspects(recording: Recording, memory: Memory, numbers: Sequence[int]) -> Accesses:
    """Return the accesses to elements that several threads touch and one changes, and a few others.

    Elements that share a slot of a table count as one: that costs time, but hides nothing. The accesses are never in
    memory all at once, because most kernels have many, and none of them suspect.
    """

    def parts() -> Iterator[tuple[Accesses, NDArray[Any]]]:
        for part in _parts(recording, numbers):
            found = _accesses(recording, part)
            cells = found.elements
            if memory.space == "shared":  # each block has its own, and what happens before a barrier is over after it
                cells = cells + memory.size * (found.blocks + int(np.prod(recording.blocks)) * found.epochs)
            yield found, cells % SLOTS

    someone = np.zeros(SLOTS, np.int64)
    several, changed = np.zeros((2, SLOTS), bool)
    for found, slots in parts():
        someone[slots] = found.threads
        changed[slots[found.kinds != READ]] = True
    for found, slots in parts():
        several[slots[someone[slots] != found.threads]] = True
    suspects = several & changed
    return Accesses(*map(np.concatenate, zip(*(found.take(suspects[slots]) for found, slots in parts()))))


def _parts(recording: Recording, numbers: Sequence[int]) -> Iterator[Sequence[int]]:
    """Yield the numbers of steps in parts of about AT_ONCE accesses."""
    ends = np.cumsum([len(recording.steps[number].threads) for number in numbers])
    cuts = np.searchsorted(ends, np.arange(AT_ONCE, ends[-1], AT_ONCE)) + 1
    for first, last in pairwise([0, *np.unique(cuts[cuts < len(numbers)]).tolist(), len(numbers)]):
        yield numbers[first:last]


def _accesses(recording: Recording, numbers: Sequence[int]) -> Accesses:
    """Return the accesses of some steps to one array."""
    steps, of_block = [recording.steps[number] for number in numbers], recording.threads_of_block
    counts = [len(step.threads) for step in steps]
    threads, elements, epochs, warp_epochs = (
        np.concatenate([getattr(step, name) for step in steps], dtype=np.int64)
        for name in ("threads", "elements", "epochs", "warp_epochs")
    )
    values = np.concatenate([np.asarray(step.values, step.memory.dtype) for step in steps])
    blocks = threads // of_block
    return Accesses(
        steps=np.repeat(numbers, counts),
        kinds=np.repeat([NAMES.index(step.kind) for step in steps], counts),
        elements=elements,
        bits=values.view(f"i{values.itemsize}"),
        threads=threads,
        warps=blocks * -(-of_block // WARP) + (threads - blocks * of_block) // WARP,
        blocks=blocks,
        epochs=epochs,
        warp_epochs=warp_epochs,
    )


def _signs(recording: Recording, found: Accesses) -> NDArray[Any]:
    """Return a number for each row with one bit set, the same for the same instruction, and for few others."""
    steps, of_rows = np.unique(found.steps, return_inverse=True)
    known: dict[tuple[Place, str], int] = {}
    instructions = [(recording.steps[number].place, recording.steps[number].kind) for number in steps]
    signs = [known.setdefault(instruction, 1 << len(known) % SIGNS) for instruction in instructions]
    return np.array(signs, np.int64)[of_rows]


def _scopes(memory: Memory, found: Accesses) -> list[tuple[NDArray[Any], NDArray[Any]]]:
    """Return what must be equal for two accesses to meet, and who must differ, from the widest scope to the narrowest."""
    in_block = [found.elements, found.blocks, found.epochs]
    in_warp = [*in_block, found.warps, found.warp_epochs]
    between_blocks = [(_packed(found.elements), found.blocks)] if memory.space == "global" else []
    return [*between_blocks, (_packed(*in_block), found.warps), (_packed(*in_warp), found.threads)]


def _packed(*columns: NDArray[Any]) -> NDArray[Any]:
    """Return a number for each row: equal where all columns are."""
    key = np.zeros_like(columns[0])
    for column in columns:
        values = int(column.max(initial=0)) + 1
        if int(key.max(initial=0)) >= np.iinfo(np.int64).max // values:
            key = np.unique(key, return_inverse=True)[1]
        key = key * values + column
    return key


def _clashing(found: Accesses, groups: NDArray[Any], agents: NDArray[Any]) -> Groups:
    """Return the groups in which two agents clash: what each does is in conflict with what the other does."""
    order = np.argsort(groups, kind="stable")
    groups, agents, kinds, bits = (column[order] for column in (groups, agents, found.kinds, found.bits))
    starts = np.flatnonzero(np.diff(groups, prepend=-1))
    first, last = zip(*(_ends(agents, kinds == kind, starts) for kind in KINDS))
    least, largest = _ends(bits, kinds == WRITE, starts)
    clash = np.zeros(len(starts), bool)
    for one, other in CLASHES:
        # One agent's `one` and another's `other` are here if both are, unless all of them are the same agent's.
        here = (first[one] <= last[one]) & (first[other] <= last[other])
        here &= np.minimum(first[one], first[other]) < np.maximum(last[one], last[other])
        clash |= here & (least < largest) if one == other else here
    sizes = np.diff(starts, append=len(groups))
    return Groups(order[np.repeat(clash, sizes)], np.cumsum(sizes[clash]) - sizes[clash])


def _ends(values: NDArray[Any], counted: NDArray[Any], starts: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return the least and the largest of the counted values of each group; the least is above the largest if none is."""
    limits = np.iinfo(np.int64)
    least = np.minimum.reduceat(np.where(counted, values, limits.max), starts)
    return least, np.maximum.reduceat(np.where(counted, values, limits.min), starts)


def _firsts(found: Accesses, groups: Groups, agents: NDArray[Any], signs: NDArray[Any]) -> Iterator[NDArray[Any]]:
    """Yield for each set of instructions that meet the rows of the group in which two agents meet first.

    The rows are in the order of threads, and of steps. signs: of the instructions.
    """
    rows, starts = groups
    if not len(rows):
        return
    sizes = np.diff(starts, append=len(rows))
    sets = np.bitwise_or.reduceat(signs[rows], starts)
    is_another = agents[rows] != np.repeat(agents[rows[starts]], sizes)
    meeting, _ = _ends(found.steps[rows], is_another, starts)
    early = np.lexsort((found.elements[rows[starts]], meeting))
    firsts = np.sort(np.unique(sets[early], return_index=True)[1])
    for group in early[firsts[:MOST_SETS]]:
        here = rows[starts[group] : starts[group] + sizes[group]]
        yield here[np.lexsort((found.steps[here], found.threads[here]))]


def _first_pair(met: Accesses, agents: NDArray[Any]) -> tuple[int, int]:
    """Return the first two conflicting rows of a group in which some are in conflict.

    Few rows can be among them: of each kind the first one, and the first one that differs from it by agent, by value, or by
    both. Suppose that the first write is not in conflict: then all writes of other agents have its value, those of another
    value are its agent's, and the first of these are in conflict.
    """
    candidates: set[int] = set()
    for kind in KINDS:
        rows = np.flatnonzero(met.kinds == kind)
        if len(rows):
            by_agent, by_value = (column[rows] != column[rows[0]] for column in (agents, met.bits))
            for differ in (rows >= 0, by_agent, by_value, by_agent & by_value):
                candidates.update(rows[differ][:1].tolist())

    def are_in_conflict(one: int, other: int) -> bool:
        kinds = {met.kinds[one], met.kinds[other]}
        is_same_write = kinds == {WRITE} and met.bits[one] == met.bits[other]
        return agents[one] != agents[other] and kinds not in ({READ}, {ATOMIC}) and not is_same_write

    pairs = (pair for pair in combinations(sorted(candidates), 2) if are_in_conflict(*pair))
    return min(pairs, key=lambda pair: (*met.threads[list(pair)], *pair))
