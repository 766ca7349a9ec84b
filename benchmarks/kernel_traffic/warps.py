"""What the warps of a launch ask memory for: requests, the sectors that they touch, and the conflicts of banks.

A GPU runs 32 threads, a warp, at once: what they read or write with one instruction is one request. Global memory answers
in sectors of 32 bytes, however few of them are wanted. Shared memory has 32 banks of 4 bytes side by side: it answers for
each bank one word at a time, the same word to any number of threads.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from benchmarks.kernel_traffic.recorder import WARP, Access, Launch

SECTOR, BANKS, WORD, WIDEST = 32, 32, 4, 16  # bytes, but for the number of banks


class Request(NamedTuple):
    """One instruction of one warp: for each lane that takes part, its first byte and how many bytes it wants."""

    memory: str
    array: str
    writes: bool
    block: tuple[int, int, int]
    warp: int
    step: int
    lanes: dict[int, tuple[int, int]]

    @property
    def sectors(self) -> int:
        """Count the pieces of 32 bytes that the request touches."""
        return len({byte // SECTOR for first, size in self.lanes.values() for byte in range(first, first + size, WORD)})

    @property
    def fewest_sectors(self) -> int:
        """Count the sectors that would do if what is wanted lay side by side from the start of one."""
        wanted = {byte for first, size in self.lanes.values() for byte in range(first, first + size, WORD)}
        return -(-len(wanted) * WORD // SECTOR)

    @property
    def conflicts(self) -> int:
        """Count how often shared memory answers once more because a bank is asked for several words.

        Threads that want 16 bytes each are served eight at a time, those that want 4 bytes all at once.
        """
        served = BANKS * WORD // max(size for _, size in self.lanes.values())
        groups = defaultdict(lambda: defaultdict(set))
        for lane, (first, size) in self.lanes.items():
            for word in range(first // WORD, (first + size) // WORD):
                groups[lane // served][word % BANKS].add(word)
        return sum(max(map(len, banks.values())) - 1 for banks in groups.values())


def requests(launch: Launch, memory: str, array: str, writes: bool = False) -> list[Request]:
    """Return the requests for an array, in the order of the walk."""
    return [each for each in _asked(launch) if (each.memory, each.array, each.writes) == (memory, array, writes)]


@cache
def _asked(launch: Launch) -> list[Request]:
    """Return all requests of a launch.

    Threads of a warp ask together when the same instruction asks for the same time since the last barrier. That is what
    happens where they all take the same branches; where they do not, threads may be matched that would ask one after the
    other. A thread's reads of up to four neighbours in shared memory, one right after the other and from a multiple of
    four on, are one wide read: the compiler joins them.
    """
    turns: Counter = Counter()
    found: dict[tuple, Request] = {}
    for run in _runs(launch.accesses):
        first = run[0]
        of_thread = first.block, first.thread, first.step, first.instruction
        of_warp = first.block, first.warp, first.step, first.instruction, turns[of_thread]
        turns[of_thread] += 1
        if of_warp not in found:
            found[of_warp] = Request(first.memory, first.array, first.writes, first.block, first.warp, first.step, {})
        found[of_warp].lanes[first.thread % WARP] = first.at * first.size, len(run) * first.size
    return list(found.values())


def _runs(accesses: list[Access]) -> Iterator[list[Access]]:
    """Yield accesses one by one, and those that make up a wide read together."""
    run: list[Access] = []
    for access in accesses:
        if run and not (access.memory == "shared" and not access.writes and _continues(run, access)):
            yield run
            run = []
        run.append(access)
    if run:
        yield run


def _continues(run: list[Access], access: Access) -> bool:
    first = run[0]
    return (
        (first.block, first.thread, first.step, first.instruction, first.array)
        == (access.block, access.thread, access.step, access.instruction, access.array)
        and access.at == first.at + len(run)
        and first.at * first.size % WIDEST == 0
        and (len(run) + 1) * first.size <= WIDEST
    )


def races(launch: Launch) -> list[tuple[Access, Access]]:
    """Return pairs of accesses whose order nothing settles: two threads, the same element, at least one writes.

    In shared memory that is between two barriers, in global memory during the whole launch. Two that write the same
    value disturb nobody.
    """
    written: dict[tuple, Access] = {}
    found = []
    for access in [*(a for a in launch.accesses if a.writes), *(a for a in launch.accesses if not a.writes)]:
        place = (access.array, access.at) + ((access.block, access.step) if access.memory == "shared" else ())
        before = written.setdefault(place, access) if access.writes else written.get(place)
        if before is None or (before.block, before.thread) == (access.block, access.thread):
            continue
        if not access.writes or access.value != before.value:
            found.append((before, access))
    return found
