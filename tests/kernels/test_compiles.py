"""The simulator never compiles: here the CUDA kernels meet NVIDIA's compiler, which needs no GPU."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest


def test_every_kernel_compiles_and_spills_nothing():
    environment = {name: value for name, value in os.environ.items() if name != "NUMBA_ENABLE_CUDASIM"}
    environment.setdefault("CUDA_HOME", "/usr/local/cuda")
    command = [sys.executable, Path(__file__).parent / "compile_kernels.py"]
    done = subprocess.run(command, capture_output=True, text=True, env=environment)
    if "NvvmSupportError" in done.stderr or "libnvvm" in done.stderr:
        pytest.skip("NVIDIA's compiler is not here: ./setup.sh --gpu installs it")
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert len(report) == 3 * 2 * 5
    assert [entry for entry in report if entry.get("spilled")] == []
    assert [entry for entry in report if entry.get("registers", 0) > 128] == []
