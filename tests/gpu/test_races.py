"""Races: as many as an oracle finds that looks at all pairs, and sentences that help."""

from itertools import combinations
from textwrap import dedent, indent
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import gpu.findings.conflicts
from gpu.faults import Place
from gpu.findings.conflicts import conflicts
from gpu.findings.races import MOST, races
from gpu.machine.launch import Order, launch
from gpu.machine.program import read
from gpu.recording import WARP, Memory, Recording, Step

THREADS = 34  # of a block: two warps, the second one short
SOME = [0, 1, 31, 32, 33, 34, 35, 65, 66, 67]  # of two blocks: neighbours, in one warp or not
FLOAT = np.dtype(np.float32)


@st.composite
def recordings(draw, size=2, steps=0):
    """Launches of two blocks that do anything, a few threads at a time. size: of the arrays; steps: at least so many."""
    recording = Recording("kernel", (2, 1, 1), (THREADS, 1, 1))
    recording.memories = [Memory("s", "shared", (size,), FLOAT), Memory("a", "global", (size,), FLOAT)]
    epochs, warp_epochs = np.zeros(2, int), np.zeros(4, int)
    for line in draw(st.lists(st.integers(1, 3), min_size=steps, max_size=8)):
        threads = np.array(sorted(draw(st.sets(st.sampled_from(SOME), min_size=1, max_size=4))))
        memory, kind = draw(st.sampled_from(recording.memories)), draw(st.sampled_from(["read", "write", "atomic"]))
        elements, values = (draw(st.lists(st.integers(0, most), min_size=4, max_size=4)) for most in (size - 1, 1))
        recording.steps.append(
            Step(
                Place("kernel", line, 0),
                memory,
                kind,
                threads,
                np.array(elements[: len(threads)]),
                np.array(values[: len(threads)], FLOAT),
                epochs[threads // THREADS],
                warp_epochs[threads // THREADS * 2 + threads % THREADS // WARP],
            )
        )
        epochs = epochs + (draw(st.integers(0, 3)) == 0)
        warp_epochs = warp_epochs + np.array(draw(st.lists(st.booleans(), min_size=4, max_size=4)))
    return recording


def in_conflict(recording):
    """Yield each two accesses whose order nothing settles: the array, the lines, the threads."""
    done = [(step, *each) for step in recording.steps for each in zip(*step[3:8])]
    for one, other in combinations(done, 2):
        (step, thread, element, value, epoch, syncs), (step2, thread2, element2, value2, epoch2, syncs2) = one, other
        kinds = {step.kind, step2.kind}
        block, block2 = thread // THREADS, thread2 // THREADS
        if step.memory is not step2.memory or element != element2 or thread == thread2:
            continue  # they do not meet
        if kinds in ({"read"}, {"atomic"}) or (kinds == {"write"} and value == value2):
            continue  # they do not mind
        if block != block2 and step.memory.space == "shared":
            continue  # each block has its own
        if block == block2 and epoch != epoch2:
            continue  # a barrier lies between them
        if block == block2 and thread % THREADS // WARP == thread2 % THREADS // WARP and syncs != syncs2:
            continue  # a syncwarp does
        yield step.memory.name, {step.place.line, step2.place.line}, thread, thread2


@settings(max_examples=60)
@given(recordings(), st.sampled_from([2, 5, 1 << 20]), st.sampled_from([1, 3, 1 << 20]))
def test_races_are_those_that_an_oracle_finds_pair_by_pair(recording, at_once, slots):
    """However many accesses are looked at together, and however many elements share a slot."""
    expected = list(in_conflict(recording))
    with patch.multiple(gpu.findings.conflicts, AT_ONCE=at_once, SLOTS=slots):
        found = races(recording)
    if len(found) < MOST:
        assert {fault.array for fault in found} == {array for array, *_ in expected}
    assert bool(found) == bool(expected)
    for fault in found:
        one, other = (x for x, _, _ in fault.threads)
        lines = {place.line for place in fault.places}
        pairs = {threads for array, there, *pair in expected if (array, there) == (fault.array, lines)
                 for threads in (tuple(pair), tuple(pair[::-1]))}  # fmt: skip
        assert any(first == fault.block[0] * THREADS + one and second % THREADS == other for first, second in pairs)


@pytest.mark.costly
@settings(max_examples=60)
@given(recordings(size=1, steps=4))
def test_the_smallest_threads_are_named(recording):
    for memory in recording.memories:
        numbers = [number for number, step in enumerate(recording.steps) if step.memory is memory]
        for met, *pair in conflicts(recording, memory, numbers) if numbers else ():
            columns = {"blocks": met.blocks, "warps": met.warps, "threads": met.threads}
            agents = next(column for column in columns.values() if column[pair[0]] != column[pair[1]])
            kinds = [recording.steps[number].kind for number in met.steps]

            def clash(one, other, agents=agents, kinds=kinds, bits=met.bits):
                both = {kinds[one], kinds[other]}
                same = both == {"write"} and bits[one] == bits[other]
                return agents[one] != agents[other] and both not in ({"read"}, {"atomic"}) and not same

            of_threads = [tuple(met.threads[list(rows)]) for rows in combinations(range(len(kinds)), 2) if clash(*rows)]
            assert tuple(met.threads[pair]) == min(of_threads)


HEAD = "from numba import cuda, float32\n\n@cuda.jit\ndef kernel(values, output):\n"
SAID = {
    "a barrier is missing": (
        """
        s = cuda.shared.array(64, float32)
        t = cuda.threadIdx.x
        s[t] = values[t]
        output[t] = s[(t + 1) % 64]
        """,
        "thread 0 writes s[0] (line 7) while thread 63 reads it (line 8): a barrier is missing between line 7 and line 8.",
    ),
    "a barrier is missing where the loop comes round": (
        """
        s = cuda.shared.array(64, float32)
        t = cuda.threadIdx.x
        for turn in range(3):
            s[t] = values[t] + turn
            cuda.syncthreads()
            output[t] = s[(t + 1) % 64]
        """,
        "after barrier 1, thread 0 writes s[0] (line 8) while thread 63 reads it (line 10): "
        "a barrier is missing at the end of the loop.",
    ),
    "a reduction that never waits": (
        """
        s = cuda.shared.array(64, float32)
        t = cuda.threadIdx.x
        s[t] = values[t]
        cuda.syncthreads()
        half = 32
        while half > 0:
            if t < half:
                s[t] += s[t + half]
            half //= 2
        output[t] = s[t]
        """,
        "after barrier 1, thread 16 writes s[16] while thread 0 reads it (line 12): threads of a warp need not run in "
        "step, so cuda.syncwarp() or a barrier is missing at the end of the loop.",
    ),
    "shifting in place": (
        """
        s = cuda.shared.array(65, float32)
        t = cuda.threadIdx.x
        s[t] = values[t]
        s[64] = 0
        cuda.syncthreads()
        s[t] = s[t + 1]
        output[t] = s[t]
        """,
        "after barrier 1, thread 32 writes s[32] while thread 31 reads it (line 10): a barrier is missing between reading "
        "and writing: keep what you read in a variable until all threads have read.",
    ),
    "a sum that all add to": (
        """
        output[0] += values[cuda.threadIdx.x]
        """,
        "thread 0 and thread 32 both read and write output[0] (line 5), so that one of the two writes is lost: "
        "use cuda.atomic.add, or give each thread an element of its own.",
    ),
    "a sum in two lines": (
        """
        before = output[0]
        output[0] = before + values[cuda.threadIdx.x]
        """,
        "thread 0 and thread 32 both read and write output[0] (lines 5 and 6), so that one of the two writes is lost: "
        "use cuda.atomic.add, or give each thread an element of its own.",
    ),
    "everybody writes": (
        """
        output[0] = values[cuda.threadIdx.x]
        """,
        "thread 0 writes 0.0 to output[0] while thread 32 writes 32.0 (line 5): "
        "which of them remains is left to chance; let only one thread write it.",
    ),
    "an atomic and a read": (
        """
        cuda.atomic.add(output, 0, 1)
        output[1 + cuda.threadIdx.x] = output[0]
        """,
        "thread 0 changes output[0] (line 5) while thread 32 reads it (line 6): "
        "a barrier is missing between line 5 and line 6.",
    ),
}


def sentences(body, blocks=1, threads=64, arrays=(64, 65), **options):
    """Return what is said of the races of a kernel; its body begins in line 5."""
    source = HEAD + (body[1:] if "def" in body else indent(dedent(body[1:]), "    "))
    values, output = (np.arange(each, dtype=np.float32) if isinstance(each, int) else each for each in arrays)
    recording = launch(read(source, "kernel.py").functions["kernel"], blocks, threads, (values, output), **options)
    return [fault.sentence for fault in races(recording)]


@pytest.mark.parametrize("case", SAID)
def test_what_is_said(case):
    body, said = SAID[case]
    assert sentences(body)[0] == said


@pytest.mark.parametrize("case", SAID)
@pytest.mark.parametrize("order", [Order.FORWARD, Order.BACKWARD, Order.SHUFFLED])
def test_races_show_in_every_order(case, order):
    assert sentences(SAID[case][0], order=order)


def test_blocks_and_threads_of_several_axes_are_named():
    body = """
    x, y = cuda.grid(2)
    output[x] = values[y]
    """
    (said,) = sentences(body, blocks=(1, 2), threads=(4, 2))
    assert said == (
        "thread (0, 0) of block (0, 0) writes 0.0 to output[0] while thread (0, 0) of block (0, 1) writes 2.0 (line 6): "
        "blocks are never in step within one launch, so which of them remains is left to chance; let only one thread "
        "write it."
    )


def test_between_blocks_no_barrier_helps():
    body = """
    i = cuda.grid(1)
    output[i] = values[i]
    cuda.syncthreads()
    values[i] = output[(i + 1) % 64]
    """
    assert sentences(body, blocks=2, threads=32)[0] == (
        "thread 0 of block 0 writes output[0] (line 6) while thread 31 of block 1 reads it (line 8): blocks are never in "
        "step within one launch, so read from another array than you write to, or start a second kernel that reads."
    )
    assert sentences(body, blocks=1, threads=64) == []


def test_an_atomic_protects_only_from_atomics():
    body = """
    cuda.atomic.add(output, 0, 1)
    if cuda.grid(1) == 33:
        values[0] = output[0]
    """
    assert sentences(body, blocks=2, threads=32) == [
        "thread 0 of block 0 changes output[0] (line 5) while thread 1 of block 1 reads it (line 7): blocks are never in "
        "step within one launch, so which comes first is left to chance; an atomic protects only from other atomics."
    ]


QUIET = {
    "a barrier": "s[t] = values[t]; cuda.syncthreads(); output[t] = s[63 - t]",
    "a syncwarp within each warp": "s[t] = values[t]; cuda.syncwarp(); output[t] = s[t // 32 * 32 + 31 - t % 32]",
    "the thread's own element": "s[t] = values[t]; s[t] += 1; output[t] = s[t]",
    "the same value": "output[0] = 1",
    "atomics alone": "cuda.atomic.add(output, t % 2, values[t])",
    "a barrier orders global memory too": "output[t] = values[t]; cuda.syncthreads(); values[t] = output[63 - t]",
}


@pytest.mark.parametrize("case", QUIET)
def test_no_race(case):
    body = "\n    s = cuda.shared.array(64, float32)\n    t = cuda.threadIdx.x\n" + "".join(
        f"    {line}\n" for line in QUIET[case].split("; ")
    )
    assert sentences(body) == []


def test_a_syncwarp_orders_no_other_warp():
    body = """
    s = cuda.shared.array(64, float32)
    t = cuda.threadIdx.x
    s[t] = values[t]
    cuda.syncwarp()
    output[t] = s[63 - t]
    """
    assert "a barrier is missing between line 7 and line 9" in sentences(body)[0]


def test_values_are_compared_by_their_bits():
    body = """
    i = cuda.grid(1)
    output[0] = 0 / values[i]
    """
    nan, zeros = np.zeros(64, np.float32), np.ones(64, np.float32) * np.where(np.arange(64) < 32, 1, -1)
    assert sentences(body, arrays=(nan, np.zeros(1, np.float32))) == []
    assert (
        "writes 0.0 to output[0] while thread 32 writes -0.0"
        in sentences(body, arrays=(zeros.astype(np.float32), np.zeros(1, np.float32)))[0]
    )


def test_the_earliest_race_comes_first_and_few_are_named():
    body = "\n" + "".join(f"    values[{i}] = cuda.grid(1)\n    output[{i}] = cuda.grid(1)\n" for i in range(4))
    said = sentences(body)
    assert len(said) == MOST
    assert all(f"(line {line})" in one for line, one in enumerate(said, start=5))


def test_one_race_is_named_for_the_same_lines():
    body = """
    s = cuda.shared.array(64, float32)
    t = cuda.threadIdx.x
    s[t] = values[t]
    output[t] = s[(t + 1) % 64] + s[(t + 2) % 64] * s[(t + 33) % 64]
    """
    assert len(sentences(body)) == 1


def test_lines_of_two_functions_are_not_put_in_order():
    body = """
    s = cuda.shared.array(64, float32)
    put(s, values[cuda.threadIdx.x])
    output[cuda.threadIdx.x] = s[63 - cuda.threadIdx.x]

@cuda.jit(device=True)
def put(s, value):
    s[cuda.threadIdx.x] = value
    """
    assert sentences(body) == [
        "thread 0 writes s[0] (line 11) while thread 63 reads it (line 7): a barrier is missing between the two."
    ]
