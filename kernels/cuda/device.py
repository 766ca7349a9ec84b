"""The one module that imports numba.cuda, so that a move to its successor is one line."""

from numba import config, cuda

from kernels.cuda.limits import SHARED_BYTES
from kernels.errors import BackendUnavailable

__all__ = ["capability", "cuda", "gpu_is_there", "require", "simulated"]

config.CUDA_LOW_OCCUPANCY_WARNINGS = 0  # or Numba warns of each launch of fewer than 128 blocks: of all small work


def simulated() -> bool:
    """Return whether Numba simulates CUDA in this process."""
    return bool(config.ENABLE_CUDASIM)


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
    """Return the compute capability of the GPU that computes; where there is none, that of a recent one, (9, 0)."""
    return cuda.get_current_device().compute_capability if gpu_is_there() else (9, 0)


def require(simulated: bool) -> None:
    """Raise BackendUnavailable unless this process runs CUDA as wanted: simulated, or on a GPU."""
    if simulated and not config.ENABLE_CUDASIM:
        raise BackendUnavailable(
            "Numba was imported without its CUDA simulator; start Python with NUMBA_ENABLE_CUDASIM=1 to use the simulator"
        )
    if not simulated and (reason := obstacle()):
        raise BackendUnavailable(f"the backend cuda cannot run: {reason}")


class _SharedArrays(dict):
    """The shared arrays of a simulated block, by where they are made: no more of them than a GPU has room for."""

    def __setitem__(self, place, array):
        super().__setitem__(place, array)
        if (asked := sum(each.nbytes for each in self.values())) > SHARED_BYTES:
            raise ValueError(f"a GPU has {SHARED_BYTES:,} bytes of shared memory for a block, not {asked:,}")


if simulated() and hasattr(cuda, "simulator"):  # what stands for numba.cuda elsewhere has none
    _unlimited = cuda.simulator.kernelapi.FakeCUDAShared

    def _limited(dynshared_size):
        """Return cuda.shared for the blocks of a launch."""
        shared = _unlimited(dynshared_size)
        shared._allocations = _SharedArrays()
        return shared

    cuda.simulator.kernelapi.FakeCUDAShared = _limited
