"""The choice of the machine that computes."""

import importlib
import os
import sys
from functools import cache
from types import ModuleType

from kernels.errors import BackendUnavailable

BACKENDS = {"cuda": "kernels.cuda", "simulator": "kernels.cuda", "cpu": "kernels.cpu", "numpy": "kernels.numpy_backend"}


def backend(name: str | None, on_gpu: bool = False) -> ModuleType:
    """Import and return the backend, a module with a function for each operation, for arrays on a GPU or on the host.

    None means CUDA for arrays on a GPU; for others, the GPU if there is one, else the CPU.
    Raises ValueError for an unknown backend and for one that cannot read a GPU's memory, BackendUnavailable for one that
    cannot run.
    """
    if name is None:
        name = _best(on_gpu)
    if name not in BACKENDS:
        raise ValueError(f"backend must be one of {', '.join(BACKENDS)} or None, not {name!r}")
    if on_gpu and name not in ("cuda", "simulator"):
        raise ValueError(
            f"the backend {name} cannot read arrays on a GPU: take the backend cuda, or copy them to the host first, "
            "by .copy_to_host() (Numba), .cpu() (torch) or .get() (CuPy)"
        )
    if name == "simulator" and "numba" not in sys.modules:
        os.environ["NUMBA_ENABLE_CUDASIM"] = "1"  # Numba reads it once, when it is first imported
    module = _module(name)
    if name in ("cuda", "simulator"):
        module.require(simulated=name == "simulator")
    return module


@cache
def _module(name: str) -> ModuleType:
    try:
        return importlib.import_module(BACKENDS[name])
    except ModuleNotFoundError as error:
        raise BackendUnavailable(f"the backend {name} needs the package {error.name}, which is not installed") from error


def _best(on_gpu: bool) -> str:
    try:
        from kernels.cuda.device import gpu_is_there, simulated
    except ImportError:
        return "cuda" if on_gpu else "cpu"
    if on_gpu:
        return "simulator" if simulated() else "cuda"
    return "cuda" if gpu_is_there() else "cpu"
