"""Types of what decorators make of a function: those of Numba, which mypy does not read, and a cache."""

import functools
from collections.abc import Callable
from typing import Any, Literal, ParamSpec, Protocol, TypeVar, cast, overload

from kernels.cuda.limits import Axes

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")
Function = TypeVar("Function", bound=Callable[..., object])


def cache(function: Callable[Arguments, Result]) -> Callable[Arguments, Result]:
    """Call the function once for the same arguments: functools.cache, whose type does not take a class of NumPy's."""
    return cast("Callable[Arguments, Result]", functools.cache(function))


class Kernel(Protocol[Arguments]):
    """A kernel, which is launched by `kernel[blocks, threads](...)`."""

    def __getitem__(self, launch: tuple[Axes, Axes]) -> Callable[Arguments, None]: ...


class Jit(Protocol):
    """The decorator `cuda.jit`. A device function is called like any other."""

    @overload
    def __call__(self, function: Callable[Arguments, None], /) -> Kernel[Arguments]: ...
    @overload
    def __call__(self, *, device: Literal[True]) -> Callable[[Function], Function]: ...


class Dim3(Protocol):
    """A place or a size along three axes."""

    x: int
    y: int
    z: int


class Cuda(Protocol):
    """The module `numba.cuda`, as far as it is used here."""

    jit: Jit
    grid: Callable[[int], int]
    syncthreads: Callable[[], None]
    threadIdx: Dim3
    blockIdx: Dim3
    blockDim: Dim3
    gridDim: Dim3
    local: Any
    shared: Any
    to_device: Callable[..., Any]
    device_array: Callable[..., Any]
    as_cuda_array: Callable[..., Any]
    is_available: Callable[[], bool]
    current_context: Callable[[], Any]
    get_current_device: Callable[[], Any]
    cudadrv: Any
    runtime: Any
    simulator: Any
