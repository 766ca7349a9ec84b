"""The one module that imports numba.cuda, so that a move to its successor is one line."""

import sys
from functools import cache
from threading import Lock
from typing import Any

import numpy as np
from numba import config, types
from numba import cuda as numba_cuda
from numba.np.numpy_support import as_dtype

from kernels.cuda.limits import SHARED_BYTES
from kernels.cuda.types import Cuda
from kernels.errors import BackendUnavailable
from kernels.types import Array

__all__ = ["capability", "cuda", "gpu_is_there", "require", "simulated"]

cuda: Cuda = numba_cuda
config.CUDA_LOW_OCCUPANCY_WARNINGS = 0  # or Numba warns of each launch of fewer than 128 blocks: of all small work


def simulated() -> bool:
    """Return whether Numba simulates CUDA in this process."""
    return bool(config.ENABLE_CUDASIM)


@cache
def obstacle() -> str | None:
    """Return why CUDA cannot run on a GPU in this process, or None where it can."""
    if simulated():
        return "Numba's CUDA simulator is switched on"
    if not cuda.is_available():
        return "no CUDA GPU can be used"
    driver, compiler = cuda.cudadrv.driver.get_version(), cuda.runtime.get_version()
    if driver < compiler:
        return (
            "the GPU's driver is made for CUDA {}.{} and cannot load what the compiler of CUDA {}.{} makes; "
            "update the driver, or install an older nvidia-nvvm and nvidia-cuda-nvrtc".format(*driver, *compiler)
        )
    return None


def gpu_is_there() -> bool:
    """Return whether CUDA can run on a GPU in this process."""
    return obstacle() is None


def capability() -> tuple[int, int]:
    """Return the compute capability of the GPU that computes, or (9, 0), that of a recent one, if there is no GPU."""
    return cuda.get_current_device().compute_capability if gpu_is_there() else (9, 0)


def require(simulated: bool) -> None:
    """Raise BackendUnavailable unless this process runs CUDA as wanted: simulated, or on a GPU."""
    if simulated and not config.ENABLE_CUDASIM:
        raise BackendUnavailable(
            "Numba was imported without its CUDA simulator; start Python with NUMBA_ENABLE_CUDASIM=1 to use the simulator"
        )
    if not simulated and (reason := obstacle()):
        raise BackendUnavailable(f"the backend cuda cannot run: {reason}")


if simulated() and hasattr(cuda, "simulator"):  # a stand-in for numba.cuda has no simulator

    class _Shared(numba_cuda.simulator.kernelapi.FakeCUDAShared):  # type: ignore[misc]  # Numba has no types
        """The shared arrays of a simulated block, by where they are made: no more of them than a GPU has room for.

        Numba's own way gives two threads that come at once an array each.
        """

        def __init__(self, dynshared_size: int) -> None:
            super().__init__(dynshared_size)
            self._allocations: dict[tuple[str, int], Array] = {}
            self._one_at_a_time = Lock()

        def array(
            self, shape: int | tuple[int, ...], dtype: types.Type | np.dtype[Any], alignment: int | None = None
        ) -> Array:
            """Return the array that is made on the caller's line."""
            if alignment is not None or shape == 0:
                made: Array = super().array(shape, dtype, alignment)
                return made
            caller = sys._getframe(1)
            place = caller.f_code.co_filename, caller.f_lineno
            with self._one_at_a_time:
                if place not in self._allocations:
                    self._allocations[place] = np.empty(shape, as_dtype(dtype) if isinstance(dtype, types.Type) else dtype)
                if (asked := sum(each.nbytes for each in self._allocations.values())) > SHARED_BYTES:
                    raise ValueError(f"a GPU has {SHARED_BYTES:,} bytes of shared memory for a block, not {asked:,}")
                return self._allocations[place]

    cuda.simulator.kernelapi.FakeCUDAShared = _Shared
