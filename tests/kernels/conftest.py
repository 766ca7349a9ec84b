"""Helpers of the tests of kernels."""

import os

import pytest


@pytest.fixture
def small_blocks(monkeypatch):
    """Spare the simulator, which starts a thread of the system for each of CUDA's: blocks have fewer of them."""
    if os.environ.get("CONVGRADE_GPU") != "1":
        monkeypatch.setattr("kernels.cuda.layers.TILE", 4)
        monkeypatch.setattr("kernels.cuda.grids.MOST_THREADS", 32)
