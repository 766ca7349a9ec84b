"""What stands for `numba.cuda` in a module whose kernels are to run on this GPU.

Device functions stay Python functions, kernels can be launched as usual, and every launch leaves its recording.
"""

from collections.abc import Callable
from functools import partial
from types import SimpleNamespace
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from gpu.machine.launch import Blank, launch
from gpu.machine.program import of
from gpu.recording import Recording


class StandIn:
    """Stands for the module numba.cuda: in kernels, whose source is read, and around them."""

    def __init__(self) -> None:
        self.launches: list[Recording] = []
        self.shared = self.local = SimpleNamespace(array=None)  # kernels never run as Python

    def syncthreads(self) -> None:
        """Stay unused: kernels never run as Python."""

    def jit(self, function: Callable[..., object] | None = None, device: bool = False) -> object:
        """Return a kernel that can be launched; a function that kernels call stays as it is."""
        if function is None:
            return partial(self.jit, device=device)
        return function if device else Kernel(self, function)

    def to_device(self, values: NDArray[Any]) -> "DeviceArray":
        """Return a copy in global memory."""
        return DeviceArray(np.array(values, order="C"))

    def device_array(self, shape: int | tuple[int, ...], dtype: DTypeLike) -> "DeviceArray":
        """Return an array in global memory that holds no numbers yet."""
        values = np.zeros(shape, dtype)
        return DeviceArray(values, np.zeros(values.size, bool))

    def get_current_device(self) -> int:
        """Return the GPU that computes: there is one."""
        return 0


class Kernel:
    """What `cuda.jit` makes of a function: kernel[blocks, threads](arguments) runs it."""

    def __init__(self, cuda: StandIn, function: Callable[..., object]) -> None:
        self.cuda, self.py_func = cuda, function

    def __getitem__(self, configuration: tuple[Any, ...]) -> Callable[..., None]:
        blocks, threads = configuration[:2]  # a stream, if one is named, changes nothing

        def start(*arguments: object) -> None:
            given = [each.argument if isinstance(each, DeviceArray) else each for each in arguments]
            self.cuda.launches.append(launch(of(self.py_func), blocks, threads, given))

        return start


class DeviceArray:
    """An array in global memory. filled: which of its elements hold a number, if not all do."""

    def __init__(self, values: NDArray[Any], filled: NDArray[Any] | None = None) -> None:
        self.values, self.filled = values, filled
        self.shape, self.size, self.ndim, self.dtype = values.shape, values.size, values.ndim, values.dtype
        self.ctypes, self.__cuda_array_interface__ = values.ctypes, values.__array_interface__  # where it begins

    @property
    def argument(self) -> NDArray[Any] | Blank:
        """The array as a launch takes it."""
        return self.values if self.filled is None else Blank(self.values, self.filled)

    def reshape(self, shape: int | tuple[int, ...]) -> "DeviceArray":
        """Return the same elements in another shape."""
        return DeviceArray(self.values.reshape(shape), self.filled)

    def view(self, dtype: DTypeLike) -> "DeviceArray":
        """Return the same bytes as numbers of another type."""
        return DeviceArray(self.values.view(dtype))

    def copy_to_host(self, target: NDArray[Any] | None = None) -> NDArray[Any]:
        """Return a copy, or fill the target."""
        if target is None:
            return self.values.copy()
        target[...] = self.values
        return target
