"""The kernels' tests under compute-sanitizer, part of CUDA's toolkit, on a GPU.

memcheck finds accesses beyond an array, racecheck races in shared memory, synccheck barriers that not all threads reach.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PYTEST = "-m", "pytest", "-q", "-n0", "-p", "no:cacheprovider"  # in one process: a tool sees no other
TOOLS = ("memcheck", "racecheck", "synccheck")
GPU_TESTS = tuple(
    f"tests/kernels/test_{name}.py"
    for name in (
        "ladder",
        "limits",
        "convolution",
        "groups",
        "pooling",
        "gradients",
        "layers",
        "modes",
        "training",
        "arrays",
    )
)  # those that launch kernels


def sanitizer() -> str | None:
    """Return where compute-sanitizer is, if it is here."""
    return shutil.which("compute-sanitizer") or shutil.which("compute-sanitizer", path="/usr/local/cuda/bin")


def checked(program: str, tool: str, command: tuple[str, ...]) -> tuple[str, ...]:
    """Return the command that runs another under a tool, and fails if the tool finds something."""
    return program, "--tool", tool, "--error-exitcode", "1", *command


def sanitize() -> None:
    """Run the tests under each tool."""
    program = sanitizer()
    if program is None:
        sys.exit("compute-sanitizer is not here: it comes with CUDA's toolkit")
    tests = sys.executable, *PYTEST, *GPU_TESTS
    for tool in TOOLS:
        print(f"{tool}:", flush=True)
        command = checked(program, tool, tests)
        subprocess.run(command, cwd=ROOT, env=os.environ | {"CONVGRADE_GPU": "1"}, check=True)
