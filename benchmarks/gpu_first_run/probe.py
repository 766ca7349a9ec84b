"""Find out whether a kernel runs on this machine's GPU, and with which versions of which packages."""

import importlib.metadata
import shutil
import subprocess

import numpy as np

import kernels

PACKAGES = ("numpy", "numba", "numba-cuda", "llvmlite", "torch", "cuda-bindings", "cuda-core")


def main() -> None:
    """Print what is installed, then run a kernel. Raises AssertionError if its result is wrong, and Numba's errors."""
    if shutil.which("nvidia-smi"):
        card = ["nvidia-smi", "--query-gpu=name,driver_version,clocks.max.sm,power.limit", "--format=csv,noheader"]
        print(subprocess.run(card, capture_output=True, text=True).stdout, end="")
    for package in PACKAGES:
        try:
            print(package, importlib.metadata.version(package))
        except importlib.metadata.PackageNotFoundError:
            print(package, "is not installed")
    arrays = np.ones((3, 3), np.float32), np.ones((2, 2), np.float32)
    assert kernels.conv2d(*arrays, backend="cuda").tolist() == [[4, 4], [4, 4]]
    print("a kernel ran")


if __name__ == "__main__":
    main()
