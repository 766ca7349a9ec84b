"""The fuzzing of the machine: what is held to be true of a kernel is true, and a machine that errs is found out."""

import numpy as np
import pytest

from benchmarks.gpu_fuzz import grammar, judge, phases
from benchmarks.gpu_fuzz.__main__ import table
from benchmarks.gpu_fuzz.interleavings import TooMany, explore
from benchmarks.gpu_fuzz.threads import Stepper, Undecided

HEAD = "from numba import cuda, float32\n\n@cuda.jit\ndef kernel(values, output):\n"


def outcome(body, threads=2, blocks=1, most=20_000, blank=""):
    """Return what a kernel may do; its first line is line 5."""
    source = HEAD + "".join(f"    {line}\n" for line in body.split("\n"))
    arguments = [np.arange(1, 5, dtype=np.float32), np.zeros(4, np.float32)]
    return explore(Stepper(source, "kernel", (blocks,), (threads,), arguments, blank), most)


def kinds(faults):
    return {kind for kind, _ in faults}


SHIFT = """i = cuda.threadIdx.x
s = cuda.shared.array(2, float32)
s[i] = values[i]
{}
output[i] = s[1 - i]"""


def test_a_barrier_orders_what_is_before_and_behind_it():
    found = outcome(SHIFT.format("cuda.syncthreads()"))
    assert found.always == frozenset() and found.sometimes == set()
    assert found.endings == {(1, 2, 3, 4, 2, 1, 0, 0)}


def test_without_it_threads_race():
    found = outcome(SHIFT.format("pass"))
    assert kinds(found.always) == set()
    assert found.sometimes == {("race", 7), ("race", 9), ("read before it is written", 9)}
    assert len(found.endings) == 3  # either thread may come too early, or none: then one of them is still first to write


@pytest.mark.parametrize(
    ("body", "faults"),
    [
        ("output[0] = 1", set()),  # all write the same
        ("output[0] = cuda.threadIdx.x", {"race"}),
        ("output[0] += 1", {"race"}),
        ("cuda.atomic.add(output, 0, 1)", set()),
        ("cuda.atomic.add(output, 0, 1)\nx = output[0]", {"race"}),
        ("cuda.atomic.add(output, 0, 1)\ncuda.syncthreads()\nx = output[0]", set()),
        ("output[cuda.threadIdx.x + 3] = 1", {"index out of range"}),
        ("output[cuda.threadIdx.x - 1] = 1", {"negative index"}),
        ("if cuda.threadIdx.x == 0:\n    cuda.syncthreads()", {"divergent barrier"}),
        ("if cuda.threadIdx.x == 0:\n    cuda.syncthreads()\nelse:\n    cuda.syncthreads()", {"divergent barrier"}),
        ("for k in range(2):\n    if k != cuda.threadIdx.x:\n        cuda.syncthreads()", {"divergent barrier"}),
        ("for k in range(2):\n    cuda.syncthreads()", set()),
        ("if cuda.threadIdx.x == 0:\n    return\ncuda.syncthreads()", {"divergent barrier"}),
        ("own = cuda.local.array(1, float32)\nx = own[0]", {"read before it is written"}),
        ("s = cuda.shared.array(1, float32)\nx = s[0]", {"read before it is written"}),
        ("i = cuda.threadIdx.x\noutput[i] = i\ncuda.syncwarp()\nx = output[1 - i]", set()),
    ],
)
def test_faults_of_two_threads(body, faults):
    found = outcome(body)
    assert kinds(found.sometimes) == faults


def test_blocks_have_nothing_in_common_but_global_memory():
    body = "s = cuda.shared.array(1, float32)\ns[0] = cuda.blockIdx.x\nvalues[cuda.blockIdx.x] = s[0]"
    assert outcome(body, threads=1, blocks=2).endings == {(0, 1, 3, 4, 0, 0, 0, 0)}
    assert kinds(outcome("output[0] = cuda.blockIdx.x\ncuda.syncthreads()", threads=1, blocks=2).sometimes) == {"race"}


def test_an_output_holds_nothing_before_it_is_written():
    assert kinds(outcome("output[cuda.threadIdx.x] += 1", blank="output").always) == {"read before it is written"}


def test_what_the_language_leaves_open_is_left_open():
    with pytest.raises(Undecided):
        outcome("s = cuda.shared.array(1, float32)\nx = values[int(s[0])]")


def test_too_many_orders_are_too_many():
    with pytest.raises(TooMany):
        outcome("\n".join(["output[cuda.threadIdx.x] += 1"] * 5), threads=4, most=1000)


@pytest.mark.parametrize("draw", [grammar.draw, phases.draw])
def test_a_seed_gives_one_program(draw):
    assert draw("one").source == draw("one").source != draw("other").source


@pytest.mark.costly
def test_small_kernels_have_every_fault_and_many_have_none():
    found = [judge.judge_small(f"kinds {seed}", 500) for seed in range(60)]
    assert set().union(*(verdict.true for verdict in found)) >= {*judge.KINDS}
    assert sum(not verdict.true and not verdict.skipped for verdict in found) > 5


@pytest.mark.costly
def test_large_kernels_have_every_fault_and_many_have_none():
    found = [phases.draw(f"kinds {seed}").faults for seed in range(150)]
    assert set().union(*found) >= {*judge.KINDS}
    assert sum(not faults for faults in found) > 30


@pytest.mark.parametrize("judge_one", [judge.judge_small, judge.judge_large])
def test_a_machine_that_sees_no_races_is_found_out(judge_one, monkeypatch):
    monkeypatch.setattr(judge, "races", lambda recording: [])
    assert any("race" in judge_one(f"kinds {seed}").misses for seed in range(20))


def test_a_machine_that_is_too_strict_is_found_out(monkeypatch):
    launch = judge.launch

    def strict(*arguments):
        recording = launch(*arguments)
        recording.steps = [step._replace(epochs=step.epochs * 0) for step in recording.steps]  # barriers order nothing
        return recording

    monkeypatch.setattr(judge, "launch", strict)
    assert any("race" in judge.judge_large(f"kinds {seed}").false_alarms for seed in range(20))


@pytest.mark.costly
def test_a_machine_that_computes_wrongly_is_found_out(monkeypatch):
    launch = judge.launch

    def wrong(function, blocks, threads, arguments, order):
        recording = launch(function, blocks, threads, arguments, order)
        arguments[1] += 1
        return recording

    monkeypatch.setattr(judge, "launch", wrong)
    assert all(bool(found.differences) == (not found.true) for found in map(judge.judge_large, map(str, range(10))))


def test_the_table_counts():
    missed = judge.Verdict("1", "", {"race"}, misses=["race"])
    alarm = judge.Verdict("2", "", set(), false_alarms=["divergent barrier"])
    text = table({"small": [missed], "large": [alarm], "numbers": [judge.Verdict("3", "")]}, 4, "seed")
    assert "| race | 1 | 1 | 0 |" in text and "| divergent barrier | 0 | 0 | 1 |" in text
    assert (
        "1 of the kernels have no fault" in text
        and "1 of 1 random arithmetic programs" in text
        and "4 more programs" in text
    )
