"""Helpers of the tests of kernels."""

import os

import pytest


@pytest.fixture
def small_tiles(monkeypatch):
    """Let the simulator, which starts a thread of the system for each of CUDA's, multiply matrices by smaller tiles."""
    if os.environ.get("CONVGRADE_GPU") != "1":
        monkeypatch.setattr("kernels.cuda.layers.TILE", 4)
