"""The machine on random kernels whose faults are known in another way: no miss, no false alarm, no wrong number."""

import numpy as np
import pytest

from benchmarks.gpu_fuzz.judge import judge_large, judge_small
from gpu.findings import races
from gpu.machine import launch, program


def said(verdict):
    return "\n".join([*verdict.misses, *verdict.false_alarms, *verdict.differences, verdict.source])


@pytest.mark.sampled(15)
@pytest.mark.parametrize("seed", range(100))
def test_small_kernels_do_what_some_order_of_their_threads_does(seed):
    verdict = judge_small(f"test {seed}", most=2000)
    assert verdict.right, said(verdict)


@pytest.mark.sampled(6)
@pytest.mark.parametrize("seed", range(200))
def test_large_kernels_have_the_faults_that_were_put_in(seed):
    verdict = judge_large(f"test {seed}")
    assert verdict.right, said(verdict)


@pytest.mark.sampled(10)
@pytest.mark.parametrize("seed", range(50))
def test_nothing_depends_on_how_many_blocks_run_together(seed, monkeypatch):
    monkeypatch.setattr(launch, "AT_ONCE", 1)
    verdict = judge_large(f"test {seed}")
    assert verdict.right, said(verdict)


KERNEL = """\
from numba import cuda, float32


@cuda.jit
def kernel(values, output):
    i = cuda.threadIdx.x
{}
"""


def launched(body, values, threads):
    """Return what a kernel writes into four numbers, -1 before, and its faults."""
    function = program.read(KERNEL.format("".join(f"    {line}\n" for line in body)), "kernel.py").functions["kernel"]
    output = np.full(4, -1, np.float32)
    recording = launch.launch(function, 1, threads, [values, output])
    return output.tolist(), [str(fault.kind) for fault in recording.faults + races.races(recording)]


def test_an_element_is_outside_if_any_of_its_indices_is():
    values = np.zeros((2, 2), np.float32)
    output, faults = launched(
        ["values[i, 2 * i % 4] = 1 + i", "cuda.syncthreads()", "output[i] = values[3 - i, 1]"], values, threads=4
    )
    assert np.array_equal(output, [np.nan, np.nan, 0, 0], equal_nan=True)
    assert values.tolist() == [[1, 0], [0, 0]]
    assert set(faults) == {"index out of range"}


def test_a_comparison_reads_no_further_than_it_has_to():
    values = np.array([1, 5], np.float32)
    output, faults = launched(["output[i] = 0 < i < values[i - 3] < 9"], np.concatenate([values, values]), threads=4)
    assert faults == ["negative index"]
    output, faults = launched(["output[i] = 2 < i < values[i - 3] + 4 < 9"], values, threads=4)
    assert output == [0, 0, 0, 1] and faults == []
