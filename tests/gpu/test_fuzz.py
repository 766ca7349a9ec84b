"""The machine on random kernels whose faults are known in another way: no miss, no false alarm, no wrong number."""

import pytest

from benchmarks.gpu_fuzz.judge import judge_large, judge_small
from gpu.machine import launch


def said(verdict):
    return "\n".join([*verdict.misses, *verdict.false_alarms, *verdict.differences, verdict.source])


@pytest.mark.sampled(15)
@pytest.mark.parametrize("seed", range(100))
def test_small_kernels_do_what_some_order_of_their_threads_does(seed):
    verdict = judge_small(f"test {seed}", most=2000)
    assert verdict.right, said(verdict)


@pytest.mark.sampled(30)
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
