"""The choice of the machine that computes."""

import importlib
import os
import sys
from types import ModuleType

from kernels.errors import BackendUnavailable

BACKENDS = {"cuda": "kernels.cuda", "simulator": "kernels.cuda", "cpu": "kernels.cpu", "numpy": "kernels.plain"}


def backend(name: str | None) -> ModuleType:
    """Import and return the backend: a module with conv2d and pool2d. None takes the GPU if there is one, else the CPU.

    Raises ValueError for a name that is none, BackendUnavailable where it cannot run.
    """
    if name is None:
        name = "cuda" if _gpu_is_there() else "cpu"
    if name not in BACKENDS:
        raise ValueError(f"backend must be one of {', '.join(BACKENDS)} or None, not {name!r}")
    if name == "simulator" and "numba" not in sys.modules:
        os.environ["NUMBA_ENABLE_CUDASIM"] = "1"  # Numba reads it once, when it is first imported
    try:
        module = importlib.import_module(BACKENDS[name])
    except ModuleNotFoundError as error:
        raise BackendUnavailable(f"the backend {name} needs the package {error.name}, which is not installed") from error
    if name in ("cuda", "simulator"):
        module.require(simulated=name == "simulator")
    return module


def _gpu_is_there() -> bool:
    try:
        from kernels.cuda.device import gpu_is_there
    except ImportError:
        return False
    return gpu_is_there()
