"""A mode that a backend cannot pool by is an error that says so, never another mode's answer."""

import os

import numpy as np
import pytest

import kernels
from kernels import POOLINGS, Pooling

CUDA = "cuda" if os.environ.get("CONVGRADE_GPU") == "1" else "simulator"
IMAGES, UPSTREAM = np.arange(16.0).reshape(1, 1, 4, 4), np.ones((1, 1, 2, 2))


@pytest.fixture
def in_the_table(monkeypatch):
    """A mode that stands in the table and nowhere else."""
    monkeypatch.setitem(POOLINGS, "made up", Pooling("total", np.sum, exact=False))


def test_numpy_needs_the_table_alone(in_the_table):
    assert kernels.pool2d(IMAGES, mode="made up", backend="numpy").tolist() == [[[[10, 18], [42, 50]]]]


@pytest.mark.parametrize("backend", ["cpu", CUDA])
def test_a_mode_without_a_kernel_is_an_error(in_the_table, backend):
    name = "cpu" if backend == "cpu" else "cuda"  # the simulator runs the kernels of CUDA
    with pytest.raises(NotImplementedError, match=rf'^backend "{name}" cannot pool by "made up"$'):
        kernels.pool2d(IMAGES, mode="made up", backend=backend)


@pytest.mark.parametrize(("backend", "name"), [("numpy", "numpy"), ("cpu", "cpu"), (CUDA, "cuda")])
def test_a_mode_without_a_gradient_is_an_error(in_the_table, backend, name):
    with pytest.raises(
        NotImplementedError, match=rf'^backend "{name}" cannot compute the gradient of pooling by "made up"$'
    ):
        kernels.pool2d_gradient(IMAGES, UPSTREAM, mode="made up", backend=backend)


@pytest.mark.parametrize("mode", ["average", "median", "made up"])
def test_a_mode_that_chooses_no_value_has_no_indices(in_the_table, mode):
    with pytest.raises(ValueError, match=f"only max and min pooling have indices, not '{mode}'"):
        kernels.pool2d_with_indices(IMAGES, mode=mode, backend="numpy")
    with pytest.raises(ValueError, match=f"only max and min pooling have indices, not '{mode}'"):
        kernels.pool2d_gradient(IMAGES, UPSTREAM, mode=mode, backend="numpy", indices=np.zeros(UPSTREAM.shape, int))


@pytest.mark.parametrize("mode", kernels.MODES)
def test_only_a_mode_that_never_rounds_is_exact(mode):
    """Numbers that are summed in another order round in another way; a choice among them stays the same."""
    random = np.random.default_rng(0)
    windows = random.normal(size=(200, 9)).astype(np.float32)
    shuffled = random.permuted(windows, axis=1)
    reduce = POOLINGS[mode].reduce
    assert (reduce(windows, axis=1) == reduce(shuffled, axis=1)).all() == POOLINGS[mode].exact
