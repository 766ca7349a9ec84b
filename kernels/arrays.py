"""What every function asks of the arrays it gets: real numbers, of one float type, in one memory.

On the host an array is whatever NumPy reads: an array, a list, a torch tensor on the CPU. It is copied where it is not
contiguous or not of the type that is computed in: float32 if all arrays are float32, else float64.

On a GPU an array is whatever has `__cuda_array_interface__`: a Numba device array, a torch tensor on CUDA, a CuPy array.
It is never copied, so that it must be ready: C-contiguous, float32 or float64, on the current GPU, written by the default
stream or by one that is done. Then the call runs on that GPU, host arrays beside it are copied there, in its type, and the
result stays there, as a Numba device array.
"""

from dataclasses import dataclass
from functools import cache
from types import ModuleType
from typing import Any

import numpy as np

from kernels.backends import backend as choose

TYPES = {np.dtype(np.float32): np.float32, np.dtype(np.float64): np.float64}


@dataclass(frozen=True)
class Place:
    """Where a call computes, and in what type."""

    backend: ModuleType
    on_gpu: bool  # whether the arrays lie there; the backend cuda also takes those of the host
    dtype: type

    def empty(self, *shape: int, dtype: type | None = None) -> Any:
        """Return an array for a result, of the type that is computed in unless another one is named."""
        dtype = dtype or self.dtype
        return self.backend.device_array(shape, dtype) if self.on_gpu else np.empty(shape, dtype)

    def zeros(self, *shape: int) -> Any:
        """Return an array of zeros."""
        return self.bring(np.zeros(shape, self.dtype))

    def bring(self, array: np.ndarray) -> Any:
        """Return a host array as the backend takes it beside the others."""
        return self.backend.to_device(array) if self.on_gpu else array


def gather(backend: str | None, **arrays: Any) -> tuple[Any, ...]:
    """Return the place to compute in, and the arrays there. A bias of None stays None.

    Raises ValueError, with the name of the array, for one that breaks a rule above.
    """
    if dtype := _ready(arrays):
        return _on_host(choose(backend), dtype), *arrays.values()
    given = {name: array for name, array in arrays.items() if array is not None or name != "bias"}
    there = {name: array for name, array in given.items() if on_gpu(array, name)}
    here = {name: host(array, name) for name, array in given.items() if name not in there}
    machine = choose(backend, on_gpu=bool(there))
    if there:
        there = {name: machine.adopt(array, name) for name, array in there.items()}
        place = Place(machine, True, _type_on_gpu(there))
    else:
        all_float32 = all(array.dtype == np.float32 for array in here.values())
        place = _on_host(machine, np.float32 if all_float32 else np.float64)
    ready = {name: place.bring(_plain(array, place.dtype)) for name, array in here.items()} | there
    return place, *map(ready.get, arrays)


def _ready(arrays: dict[str, Any]) -> type | None:
    """Return the type to compute in where no rule changes anything: all are NumPy's own and as a backend takes them.

    That is most often so, and looking at small arrays must not take longer than computing with them.
    """
    common = None
    for name, array in arrays.items():
        if type(array) is np.ndarray and array.flags.carray:  # aligned, C-contiguous, writable
            if common is None:
                common = array.dtype
            elif array.dtype is not common:
                return None
        elif array is not None or name != "bias":
            return None
    return TYPES.get(common)


@cache
def _on_host(machine: ModuleType, dtype: type) -> Place:
    return Place(machine, False, dtype)


def _plain(array: np.ndarray, dtype: type) -> np.ndarray:
    """Return an array of this type, contiguous and, for Numba, writable: for one that is not it would compile again.

    So a read-only array is described as writable memory: no backend writes to what it is given.
    """
    plain = np.require(array, dtype, ("C_CONTIGUOUS", "ALIGNED", "ENSUREARRAY"))
    return plain if plain.flags.writeable else np.asarray(_Memory(plain))


class _Memory:
    """The memory of a read-only array, as NumPy's array interface describes it."""

    def __init__(self, array: np.ndarray):
        self.owner = array
        interface = array.__array_interface__
        self.__array_interface__ = interface | {"data": (interface["data"][0], False)}


def _type_on_gpu(arrays: dict[str, Any]) -> type:
    for name, array in arrays.items():
        if array.dtype not in (np.float32, np.float64):
            raise ValueError(f"{name} on a GPU must be float32 or float64, not {array.dtype}: convert it there first")
    types = {array.dtype.type for array in arrays.values()}
    if len(types) > 1:
        raise ValueError(f"{' and '.join(arrays)} on a GPU must be of one type, not some float32 and some float64")
    return types.pop()


def host(array: Any, name: str) -> np.ndarray:
    """Return an array of real numbers on the host, wherever it lies. Raises ValueError for anything else."""
    if on_gpu(array, name):
        return choose(None, on_gpu=True).adopt(array, name).copy_to_host()
    if type(array) is not np.ndarray and np.ma.isMaskedArray(array):  # looked at last: numpy.ma takes long to import
        raise ValueError(f"{name} is a masked array: hand over {name}.filled()")
    try:
        read = np.asarray(array)
    except (ValueError, TypeError, RuntimeError) as error:  # rows of several lengths; a torch tensor that NumPy cannot hold
        raise ValueError(f"{name} cannot be read as an array: {error}") from error
    if read.dtype.kind not in "biuf":
        raise ValueError(f"{name} must hold real numbers, not {read.dtype}")
    return read


def on_gpu(array: Any, name: str) -> bool:
    """Return whether an array lies on a GPU. Raises ValueError for a torch tensor that records gradients."""
    if getattr(array, "requires_grad", False):
        raise ValueError(f"{name} records gradients for torch, which would end here: hand over {name}.detach()")
    return hasattr(array, "__cuda_array_interface__") or hasattr(array, "__cuda_ndarray__")  # the latter: in the simulator


def require_shape(array: Any, name: str, shape: tuple[int, ...]) -> None:
    """Raise ValueError unless the array has this shape."""
    if tuple(array.shape) != shape:
        raise ValueError(f"{name} must have the shape {shape}, not {tuple(array.shape)}")
