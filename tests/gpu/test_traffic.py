"""Requests of warps: as an oracle counts them byte by byte, and as NVIDIA's guides say of well-known patterns."""

from collections import defaultdict

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gpu.faults import Place
from gpu.findings.traffic import BANKS, SECTOR, WORD, busiest, requests, traffic, worst
from gpu.recording import Memory, Recording, Step

THREADS = 40  # of a block: two warps, the second one short
HERE = Place("kernel", 7, 0)


def recorded(space, *elements, dtype=np.float32, kind="read", threads=None, block=32, start=0, epochs=None):
    """Return a launch that does one step after the other with an array. elements: those of each step, thread by thread."""
    memory = Memory("a", space, (4096,), np.dtype(dtype), start)
    recording = Recording("kernel", (64, 1, 1), (block, 1, 1), [memory])
    for turn, each in enumerate(elements):
        who = np.arange(len(each)) if threads is None else np.array(threads)
        epoch = np.full(len(each), 0 if epochs is None else epochs[turn])
        recording.steps.append(Step(HERE, memory, kind, who, np.array(each), np.zeros(len(each), dtype), epoch, 0 * epoch))
    return recording


@st.composite
def launches(draw):
    """Launches of a few steps with a global or a shared array, by any threads of two blocks."""
    steps = draw(st.integers(1, 3))
    threads = sorted(draw(st.sets(st.integers(0, 2 * THREADS - 1), min_size=1, max_size=60)))
    near, far = st.integers(0, 12), st.integers(0, 500)
    elements = [draw(st.lists(near | far, min_size=len(threads), max_size=len(threads))) for _ in range(steps)]
    dtype = draw(st.sampled_from([np.float32, np.float64]))
    space = draw(st.sampled_from(["global", "shared"]))
    kind = draw(st.sampled_from(["read", "write", "atomic"]))
    return recorded(space, *elements, dtype=dtype, kind=kind, threads=threads, block=THREADS, start=256)


def counted(recording):
    """Return sectors, fewest sectors and conflicts of each request, counted byte by byte."""
    for step in recording.steps:
        asked, size = defaultdict(dict), step.memory.dtype.itemsize
        for thread, element in zip(step.threads.tolist(), step.elements.tolist()):
            first = step.memory.start + element * size
            asked[thread // THREADS, thread % THREADS // 32][thread % THREADS % 32] = range(first, first + size)
        for lanes in asked.values():
            wanted = {byte for each in lanes.values() for byte in each}
            banks = defaultdict(set)
            for lane, each in lanes.items():
                for byte in each:
                    banks[lane * size // 128, byte // WORD % BANKS].add(byte // WORD)
            parts = defaultdict(int)
            for (part, _), words in banks.items():
                parts[part] = max(parts[part], len(words))
            yield len({byte // SECTOR for byte in wanted}), -(-len(wanted) // SECTOR), sum(parts.values()) - len(parts)


@given(launches())
def test_requests_are_counted_as_an_oracle_counts_bytes(recording):
    expected = list(counted(recording))
    (found,) = requests(recording)
    is_global = found.memory.space == "global"
    assert len(found) == len(expected)
    for number, (sectors, fewest, conflicts) in enumerate(expected):
        request = found[number]
        assert (request.sectors, request.fewest) == ((sectors, fewest) if is_global else (0, 0))
        assert request.conflicts == (0 if is_global else conflicts)
    (total,) = traffic(recording)
    assert total.requests == len(expected)
    assert (total.reads or total.writes) == sum(len(step.threads) for step in recording.steps)
    assert total.sectors + total.conflicts == sum(sectors if is_global else conflicts for sectors, _, conflicts in expected)


LANES = np.arange(32)
# NVIDIA's CUDA C++ Programming Guide, Best Practices Guide: "Coalesced Access to Global Memory", "Shared Memory".
SECTORS = {
    "neighbours, from the start of a sector": (LANES, 4, 4),
    "neighbours backwards": (31 - LANES, 4, 4),
    "neighbours, but one further on": (LANES + 1, 5, 4),
    "every second": (2 * LANES, 8, 4),
    "a column": (32 * LANES, 32, 4),
    "all the same": (0 * LANES + 9, 1, 1),
    "two rows of sixteen": (LANES % 16 + LANES // 16 * 100, 5, 4),
    "one thread": (LANES[:1], 1, 1),
}
CONFLICTS = {
    "neighbours": (LANES, np.float32, 0),
    "every second": (2 * LANES, np.float32, 1),
    "every third": (3 * LANES, np.float32, 0),
    "a column of rows of 32": (32 * LANES, np.float32, 31),
    "a column of rows of 33": (33 * LANES, np.float32, 0),
    "all the same": (0 * LANES, np.float32, 0),
    "in any order": (np.random.default_rng(0).permutation(32), np.float32, 0),
    "half of them the same word of a bank that others want too": (LANES // 16 * 32, np.float32, 1),
    "two rows of 16 in rows of 18": (LANES % 16 + LANES // 16 * 18, np.float32, 1),
    "eight bytes each, in two halves": (LANES, np.float64, 0),
    "eight bytes each, every second": (2 * LANES, np.float64, 2),
}


@pytest.mark.parametrize("case", SECTORS)
def test_sectors_of_well_known_patterns(case):
    elements, sectors, fewest = SECTORS[case]
    (found,) = requests(recorded("global", elements))
    assert (found.sectors.tolist(), found.fewest.tolist()) == ([sectors], [fewest])


@pytest.mark.parametrize("case", CONFLICTS)
def test_bank_conflicts_of_well_known_patterns(case):
    elements, dtype, conflicts = CONFLICTS[case]
    (found,) = requests(recorded("shared", elements, dtype=dtype))
    assert found.conflicts.tolist() == [conflicts]


def joined(*elements, **options):
    """Return how many values threads read at once, request by request."""
    (found,) = requests(recorded(options.pop("space", "shared"), *elements, **options))
    return (found.sizes // found.memory.dtype.itemsize).tolist()


def test_reads_of_two_or_four_neighbours_in_shared_memory_are_one():
    rows = [4 * LANES + step for step in range(4)]
    assert joined(*rows) == [4]
    assert joined(*rows[:2]) == joined(*rows[2:]) == [2]  # from an even one on
    assert joined(*rows, *(row + 128 for row in rows)) == [4, 4]
    assert joined(*rows[:3]) == [3]
    assert joined(*rows, dtype=np.float64) == [2, 2]


def test_other_reads_are_not_joined():
    rows = [4 * LANES + step for step in range(4)]
    assert joined(*(row + 1 for row in rows)) == [1, 2, 1]  # they do not begin at a multiple of four
    assert joined(rows[1], rows[2]) == [1, 1]  # nor at an even one
    assert joined(*rows, space="global") == [1, 1, 1, 1]
    assert joined(*rows, kind="write") == [1, 1, 1, 1]
    assert joined(*rows, epochs=[0, 0, 1, 1]) == [2, 2]  # never across a barrier
    assert joined(rows[0], rows[0][:16] + 1) == [1, 1]  # fewer threads
    recording = recorded("shared", rows[0], rows[1], block=64)
    recording.steps[1] = recording.steps[1]._replace(threads=LANES + 32)
    assert requests(recording)[0].sizes.tolist() == [4, 4]  # other threads


def test_wide_reads_are_served_eight_threads_at_a_time():
    for apart, conflicts in ((4, 0), (8, 4), (0, 0)):
        (found,) = requests(recorded("shared", *(apart * LANES + step for step in range(4))))
        assert found.sizes.tolist() == [16] and found.conflicts.tolist() == [conflicts]


def test_traffic_of_an_array_counts_values_by_thread_and_requests_by_warp():
    recording = recorded("global", np.arange(64), np.arange(64), block=64)
    recording.steps[1] = recording.steps[1]._replace(kind="atomic")
    (found,) = traffic(recording)
    assert found == ("global", "a", 128, 64, 4, 16, 16, 0, None)
    assert traffic(recorded("shared", 2 * LANES))[0][:-1] == ("shared", "a", 32, 0, 1, 0, 0, 1)
    assert traffic(Recording("kernel", (1, 1, 1), (32, 1, 1))) == []


def test_a_short_warp_at_the_end_of_each_block_asks_for_itself():
    (found,) = requests(recorded("global", np.arange(80), block=40))
    assert [found[n].block for n in range(4)] == [(0, 0, 0), (0, 0, 0), (1, 0, 0), (1, 0, 0)]
    assert [found[n].warp for n in range(4)] == [0, 1, 0, 1]
    assert [len(found[n].lanes) for n in range(4)] == [32, 8, 32, 8]
    assert found.sectors.tolist() == [4, 1, 4, 1]


def test_requests_are_chosen_by_space_name_and_kind():
    recording = recorded("global", LANES)
    assert requests(recording, "global", "a", "read") != []
    assert [] == requests(recording, "shared") == requests(recording, name="b") == requests(recording, kind="write")


def test_the_worst_request_wastes_most():
    recording = recorded("global", LANES, 32 * LANES, 2 * LANES)
    request = worst(requests(recording))
    assert (request.sectors, request.place, request.firsts.tolist()) == (32, HERE, (128 * LANES).tolist())
    assert traffic(recording)[0].worst.firsts.tolist() == (128 * LANES).tolist()
    assert worst(requests(recorded("shared", LANES, 2 * LANES))).conflicts == 1
    assert worst(requests(recorded("global", LANES))) is None
    assert worst([]) is None


def test_the_busiest_thread_reads_most():
    recording = recorded("shared", LANES, LANES, LANES)
    recording.steps[1] = recording.steps[1]._replace(threads=np.array([2, 5]), elements=np.array([0, 0]))
    assert busiest(recording) == 3
    recording.steps[1] = recording.steps[1]._replace(kind="write")
    assert busiest(recording) == 2
    recording.steps[1] = recording.steps[1]._replace(kind="atomic")
    assert busiest(recording) == 3
