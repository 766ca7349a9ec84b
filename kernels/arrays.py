"""What every function requires of its arrays: real numbers, of one float type, in one memory.

On the host an array is whatever NumPy reads: an array, a list, a torch tensor on the CPU. It is copied if it is not
contiguous or not of the type of the computation: float32 if all arrays are float32, else float64.

On a GPU an array is whatever has `__cuda_array_interface__`: a Numba device array, a torch tensor on CUDA, a CuPy array.
It is never copied, so it must be ready: C-contiguous, float32 or float64, on the current GPU, written by the default
stream or by one that is done. Then the call runs on that GPU, host arrays beside it are copied there, in its type, and the
result stays there, as a Numba device array.
"""

from dataclasses import dataclass
from functools import cache
from types import ModuleType
from typing import Any

import numpy as np
from numpy import ndarray

from kernels.backends import backend as choose
from kernels.types import Array, DType, Shape

FLOAT32, FLOAT64 = np.dtype(np.float32), np.dtype(np.float64)


@dataclass(frozen=True)
class Place:
    """Where a call computes, and in what type."""

    backend: ModuleType
    on_gpu: bool  # whether the arrays are on the GPU; the backend cuda also takes arrays on the host
    dtype: DType

    def empty(self, shape: Shape, dtype: type | None = None) -> Array:
        """Return an array for a result, of the type of the computation unless another one is named."""
        kind = dtype or self.dtype
        return self.backend.device_array(shape, kind) if self.on_gpu else np.empty(shape, kind)

    def zeros(self, shape: Shape) -> Array:
        """Return an array of zeros."""
        return self.bring(np.zeros(shape, self.dtype))

    def bring(self, array: Array) -> Array:
        """Return a host array in the form in which the backend takes it beside the others."""
        return self.backend.to_device(array) if self.on_gpu else array


def gather(backend: str | None, names: tuple[str, ...], *arrays: object) -> tuple[Place, tuple[Any, ...]]:
    """Return the place to compute in, and the arrays there. A bias of None, named last, stays None.

    Raises ValueError, with the name of the array, for one that breaks a rule above.
    """
    given = arrays if arrays[-1] is not None or names[-1] != "bias" else arrays[:-1]
    dtype = getattr(given[0], "dtype", None)
    if dtype is FLOAT32 or dtype is FLOAT64:  # as a rule all are ready, and small ones are computed faster than examined
        for array in given:
            if type(array) is not ndarray or array.dtype is not dtype or not array.flags.carray:
                break
        else:  # all are aligned, C-contiguous and writable, of one type
            return _on_host(backend, dtype), arrays
    place, ready = _convert(backend, dict(zip(names, given)))
    return place, tuple(map(ready.get, names))


def _convert(backend: str | None, named: dict[str, object]) -> tuple[Place, dict[str, Array]]:
    """Return the place to compute in, and the arrays by name, as they are there."""
    there = {name: array for name, array in named.items() if on_gpu(array, name)}
    here = {name: host(array, name) for name, array in named.items() if name not in there}
    machine = choose(backend, on_gpu=bool(there))
    adopted: dict[str, Array] = {}
    if there:
        adopted = {name: machine.adopt(array, name) for name, array in there.items()}
        place = Place(machine, True, _type_on_gpu(adopted))
    else:
        all_float32 = all(array.dtype == np.float32 for array in here.values())
        place = Place(machine, False, FLOAT32 if all_float32 else FLOAT64)
    return place, {name: place.bring(_plain(array, place.dtype)) for name, array in here.items()} | adopted


@cache  # choosing takes longer than computing with small arrays, too
def _on_host(backend: str | None, dtype: DType) -> Place:
    return Place(choose(backend), False, dtype)


def _plain(array: Array, dtype: DType) -> Array:
    """Return an array of this type, contiguous and, for Numba, writable: Numba would compile again for one that is not.

    So a read-only array is described as writable memory: no backend writes to what it is given.
    """
    plain = np.require(array, dtype, ("C_CONTIGUOUS", "ALIGNED", "ENSUREARRAY"))
    return plain if plain.flags.writeable else np.asarray(_Memory(plain))


class _Memory:
    """The memory of a read-only array, as NumPy's array interface describes it."""

    def __init__(self, array: Array) -> None:
        self.owner = array
        interface = array.__array_interface__
        self.__array_interface__ = interface | {"data": (interface["data"][0], False)}


def _type_on_gpu(arrays: dict[str, Array]) -> DType:
    for name, array in arrays.items():
        if array.dtype not in (FLOAT32, FLOAT64):
            raise ValueError(f"{name} on a GPU must be float32 or float64, not {array.dtype}: convert it there first")
    types = {array.dtype for array in arrays.values()}
    if len(types) > 1:
        raise ValueError(f"{' and '.join(arrays)} on a GPU must be of one type, not some float32 and some float64")
    return types.pop()


def host(array: object, name: str) -> Array:
    """Return an array of real numbers on the host, copied from the GPU if need be. Raises ValueError for anything else."""
    if on_gpu(array, name):
        copy: Array = choose(None, on_gpu=True).adopt(array, name).copy_to_host()
        return copy
    if type(array) is not ndarray and isinstance(array, np.ma.MaskedArray):  # checked last: numpy.ma takes long to import
        raise ValueError(f"{name} is a masked array: pass {name}.filled()")
    try:
        read = np.asarray(array)
    except (ValueError, TypeError, RuntimeError) as error:  # rows of several lengths; a torch tensor that NumPy cannot hold
        raise ValueError(f"{name} cannot be read as an array: {error}") from error
    if read.dtype.kind not in "biuf":
        raise ValueError(f"{name} must hold real numbers, not {read.dtype}")
    return read


def on_gpu(array: object, name: str) -> bool:
    """Return whether an array is on a GPU. Raises ValueError for a torch tensor that records gradients."""
    if getattr(array, "requires_grad", False):
        raise ValueError(f"{name} records gradients for torch, which would be lost here: pass {name}.detach()")
    return hasattr(array, "__cuda_array_interface__") or hasattr(array, "__cuda_ndarray__")  # the latter in the simulator


def require_shape(array: Array, name: str, shape: tuple[int, ...]) -> None:
    """Raise ValueError unless the array has this shape."""
    if tuple(array.shape) != shape:
        raise ValueError(f"{name} must have the shape {shape}, not {tuple(array.shape)}")
