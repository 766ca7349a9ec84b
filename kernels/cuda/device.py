"""The one module that imports numba.cuda, so that a move to its successor is one line."""

from numba import config, cuda

from kernels.errors import BackendUnavailable

__all__ = [
    "MOST_BLOCKS_DEEP",
    "SHARED_BYTES",
    "THREADS",
    "blocks",
    "capability",
    "cuda",
    "gpu_is_there",
    "require",
    "simulated",
]

THREADS = (32, 4, 1)  # per block: threads of a warp write neighbouring columns, hence neighbouring addresses
MOST_BLOCKS_DEEP = 65_535  # the hardware's limit on a grid's third axis
SHARED_BYTES = 48 * 1024  # for a block, on every GPU


def simulated() -> bool:
    """Tell whether Numba simulates CUDA in this process."""
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
    """Tell whether CUDA can run on a GPU in this process."""
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


def blocks(output) -> tuple[int, int, int]:
    """Return the grid that gives each value of output, (N, K, OH, OW), a thread of its own: columns, rows, feature maps."""
    batch, filters, rows, columns = output.shape
    return -(-columns // THREADS[0]), -(-rows // THREADS[1]), min(batch * filters, MOST_BLOCKS_DEEP)
