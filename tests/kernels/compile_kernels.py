"""Compile every CUDA kernel without a GPU and print what the compiler says of it, as JSON. Run by test_compiles.py."""

import json
import re
import shutil
import subprocess
import tempfile
from pathlib import Path
from types import SimpleNamespace

from numba import float32, float64, int64

from kernels.cuda.convolution import direct
from kernels.cuda.device import cuda
from kernels.cuda.pooling import POOLS

PTXAS = shutil.which("ptxas") or shutil.which("ptxas", path="/usr/local/cuda/bin")
CAPABILITIES = ((7, 5), (8, 0), (9, 0))


def signatures(number):
    maps = number[:, :, :, ::1]
    kernels = {"direct": (direct, (maps, maps, number[::1], *[int64] * 4, number, maps))}
    kernels |= {f"pool {mode}": (pool, (maps, *[int64] * 4, maps)) for mode, pool in POOLS.items()}
    return kernels


def assemble(ptx, capability):
    """Return registers and spilled bytes, as NVIDIA's assembler counts them; None where it is not installed."""
    if PTXAS is None:
        return None
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder, "kernel.ptx")
        source.write_text(ptx)
        architecture = "sm_{}{}".format(*capability)
        command = [PTXAS, "-v", f"-arch={architecture}", source, "-o", Path(folder, "kernel.cubin")]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    spilled = sum(int(count) for count in re.findall(r"(\d+) bytes spill", done.stderr))
    return {"registers": int(re.search(r"Used (\d+) registers", done.stderr)[1]), "spilled": spilled}


def main():
    report = []
    for capability in CAPABILITIES:
        # Functions that a kernel calls are compiled for the GPU that is there; there is none, so name one.
        cuda.dispatcher.get_current_device = lambda capability=capability: SimpleNamespace(compute_capability=capability)
        for number in (float32, float64):
            for name, (kernel, signature) in signatures(number).items():
                ptx, _ = cuda.compile_ptx(kernel.py_func, signature, cc=capability)
                report.append(
                    {"kernel": name, "type": str(number), "capability": capability, **(assemble(ptx, capability) or {})}
                )
    print(json.dumps(report))


if __name__ == "__main__":
    main()
