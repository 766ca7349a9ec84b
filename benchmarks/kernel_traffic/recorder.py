"""A `cuda` without a GPU that writes down every access to memory.

`recorded` imports kernels.cuda once more, with a Recorder where its source says `from numba import cuda`. So the kernels'
own lines run, with real values and real branches, one thread after the other: each walks until it waits at a barrier, then
the next, and when all wait they go on. Device memory and shared memory are arrays that note who touches them, when and
where; local arrays are a thread's registers and note nothing.

Unlike Numba's simulator it refuses negative indices, registers and shared memory that are read before they are written,
and threads that leave while others wait at a barrier.
"""

import importlib
import inspect
import linecache
import sys
from collections.abc import Callable
from functools import cache
from itertools import product
from math import prod
from types import CodeType, ModuleType, SimpleNamespace
from typing import Any, NamedTuple
from unittest.mock import patch

import numpy as np
from greenlet import getcurrent, greenlet

WARP = 32


class Access(NamedTuple):
    """One element of an array, read or written by one thread. Elements count from 0, in C order; size is in bytes."""

    block: tuple[int, int, int]
    thread: int  # its number in the block, x first
    step: int  # how many barriers it has passed
    memory: str  # global or shared
    array: str  # as the kernel calls it
    writes: bool
    at: int
    size: int
    instruction: tuple  # a function of the source and the place in it
    value: Any

    @property
    def warp(self) -> int:
        """Return the number of the thread's warp in its block."""
        return self.thread // WARP


class Launch:
    """What one launch of a kernel did."""

    def __init__(self, kernel: str, grid: tuple[int, int, int], threads: tuple[int, int, int]) -> None:
        self.kernel, self.grid, self.threads = kernel, grid, threads
        self.accesses: list[Access] = []
        self.shared: dict[str, int] = {}  # bytes of each array of a block
        self.registers: dict[str, int] = {}  # numbers in each local array of a thread
        self.barriers = 0

    def of(self, memory: str, array: str | None = None, writes: bool | None = None) -> list[Access]:
        """Return the accesses to a memory, or one array of it, in the order of the walk; only reads or writes, if asked."""
        return [
            access
            for access in self.accesses
            if access.memory == memory
            and (array is None or access.array == array)
            and (writes is None or access.writes == writes)
        ]


class Recorder:
    """Stands for the module numba.cuda, in kernels and around them."""

    def __init__(self) -> None:
        self.launches: list[Launch] = []
        self.shared = SimpleNamespace(array=self._shared_array)
        self.local = SimpleNamespace(array=self._local_array)

    def jit(self, function: Callable | None = None, device: bool = False, **options: Any) -> Any:
        """Return a kernel that can be launched; a function that kernels call stays as it is."""
        if function is None:
            return lambda function: self.jit(function, device, **options)
        return function if device else _Kernel(self, function)

    def to_device(self, values: np.ndarray) -> "Array":
        """Return a copy in global memory."""
        return Array(self, np.array(values, order="C"))

    def device_array(self, shape: Any, dtype: Any) -> "Array":
        """Return an array in global memory that holds no numbers yet."""
        return Array(self, np.zeros(shape, dtype), np.zeros(shape, bool))

    def get_current_device(self) -> int:
        """Return the GPU that computes: there is one."""
        return 0

    def grid(self, axes: int) -> Any:
        """Return the thread's place in the whole grid."""
        block, threads, thread = (tuple(vars(axes).values()) for axes in (self.blockIdx, self.blockDim, self.threadIdx))
        place = tuple(b * n + t for b, n, t in zip(block, threads, thread))
        return place[0] if axes == 1 else place[:axes]

    def syncthreads(self) -> None:
        """Wait for the other threads of the block."""
        getcurrent().parent.switch()

    def _shared_array(self, shape: Any, dtype: Any) -> "Array":
        dtype = np.dtype(getattr(dtype, "name", dtype))  # Numba's types have names, NumPy's are taken as they are
        name, line = _assigned()
        made = self._shared.setdefault(
            (line, shape, dtype), Array(self, np.zeros(shape, dtype), np.zeros(shape, bool), "shared", name)
        )
        self.launch.shared[name] = made.values.nbytes
        return made

    def _local_array(self, shape: Any, dtype: Any) -> dict:
        self.launch.registers[_assigned()[0]] = prod(np.atleast_1d(shape).tolist())
        return {}

    def run(self, launch: Launch, function: Callable, arguments: tuple) -> None:
        """Run all blocks, one after the other."""
        self.launch = launch
        self.gridDim, self.blockDim = _axes(launch.grid), _axes(launch.threads)
        for block in _places(launch.grid):
            self._shared, self.block, self.blockIdx, self.step = {}, block, _axes(block), 0
            walks = [(n, _axes(place), greenlet(function)) for n, place in enumerate(_places(launch.threads))]
            going = walks
            while going:
                for self.thread, self.threadIdx, walk in going:
                    walk.switch(*(() if walk else arguments))
                waiting = [walk for walk in going if not walk[2].dead]
                if waiting and (left := len(walks) - len(waiting)):
                    raise RuntimeError(f"{launch.kernel}: {left} of {len(walks)} threads left, the others wait for them")
                going, self.step = waiting, self.step + 1
            launch.barriers = max(launch.barriers, self.step - 1)


class Array:
    """An array whose elements are noted when a kernel touches them; filled tells which of them hold a number."""

    def __init__(self, recorder, values, filled=None, memory="global", name="") -> None:
        self.recorder, self.values, self.filled, self.memory, self.name = recorder, values, filled, memory, name
        self.shape, self.size, self.ndim, self.dtype = values.shape, values.size, values.ndim, values.dtype
        self.ctypes, self.__cuda_array_interface__ = values.ctypes, values.__array_interface__  # where it begins
        self._flat = values.reshape(-1)
        self._flat_filled = None if filled is None else filled.reshape(-1)

    def reshape(self, *shape: Any) -> "Array":
        """Return the same elements in another shape."""
        filled = None if self.filled is None else self.filled.reshape(*shape)
        return Array(self.recorder, self.values.reshape(*shape), filled, self.memory, self.name)

    def view(self, dtype: Any) -> "Array":
        """Return the same bytes as numbers of another type."""
        return Array(self.recorder, self.values.view(dtype), None, self.memory, self.name)

    def copy_to_host(self, target: np.ndarray | None = None) -> np.ndarray:
        """Return a copy, or fill the target."""
        if target is None:
            return self.values.copy()
        target[...] = self.values
        return target

    def __getitem__(self, index: Any) -> Any:
        at = self._at(index)
        if self._flat_filled is not None and not self._flat_filled[at]:
            raise RuntimeError(f"{self.name}{index} is read before it is written")
        value = self._flat[at]
        self._note(at, False, value)
        return value

    def __setitem__(self, index: Any, value: Any) -> None:
        at = self._at(index)
        self._flat[at] = value
        if self._flat_filled is not None:
            self._flat_filled[at] = True
        self._note(at, True, value)

    def _at(self, index: Any) -> int:
        at = 0
        for place, size in zip(index if isinstance(index, tuple) else (index,), self.shape, strict=True):
            if not 0 <= place < size:
                raise IndexError(f"{self.name}{index} lies outside of {self.shape}")
            at = at * size + int(place)
        return at

    def _note(self, at: int, writes: bool, value: Any) -> None:
        now, caller = self.recorder, sys._getframe(2)
        instruction = _place(caller.f_code, caller.f_lasti)
        size = self.values.itemsize
        now.launch.accesses.append(
            Access(now.block, now.thread, now.step, self.memory, self.name, writes, at, size, instruction, value)
        )


class _Kernel:
    """What `cuda.jit` makes of a function: kernel[grid, threads](arguments) runs it."""

    def __init__(self, recorder: Recorder, function: Callable) -> None:
        self.recorder, self.function = recorder, function

    def __getitem__(self, configuration: tuple) -> Callable:
        grid, threads = (
            (*map(int, np.atleast_1d(axis)), 1, 1)[:3] for axis in configuration[:2]
        )  # a stream, if one is named, changes nothing
        names = inspect.signature(self.function).parameters

        def start(*arguments: Any) -> None:
            launch = Launch(self.function.__name__, grid, threads)
            self.recorder.launches.append(launch)
            for name, argument in zip(names, arguments):
                if isinstance(argument, Array):
                    argument.name = name
            self.recorder.run(launch, self.function, arguments)

        return start


def recorded() -> tuple[ModuleType, Recorder]:
    """Return kernels.cuda, imported once more for a recorder, and the recorder. What was imported before stays as it is."""
    import numba

    import kernels

    recorder = Recorder()
    with (
        patch.dict(sys.modules),
        patch.object(kernels, "cuda", None, create=True),
        patch.object(numba, "cuda", recorder, create=True),
    ):
        for name in [name for name in sys.modules if f"{name}.".startswith("kernels.cuda.")]:
            del sys.modules[name]
        return importlib.import_module("kernels.cuda"), recorder


def _axes(numbers: tuple[int, int, int]) -> SimpleNamespace:
    return SimpleNamespace(x=numbers[0], y=numbers[1], z=numbers[2])


def _places(sizes: tuple[int, int, int]):
    """Return all places (x, y, z), x running fastest, as the hardware numbers them."""
    return [place[::-1] for place in product(*map(range, sizes[::-1]))]


@cache
def _place(code: CodeType, offset: int) -> tuple:
    """Return which part of the source an instruction belongs to; newer Pythons move instructions while they run."""
    if sys.version_info < (3, 11):
        return code.co_name, offset
    return code.co_name, *list(code.co_positions())[offset // 2]


def _assigned() -> tuple[str, tuple[str, int]]:
    """Return the name to which the kernel's line assigns what it asks for, and which line that is."""
    frame = sys._getframe(2)
    line = frame.f_code.co_filename, frame.f_lineno
    return linecache.getline(*line).split("=")[0].strip(), line
