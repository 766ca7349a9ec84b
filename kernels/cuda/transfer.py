"""Host-device transfers."""

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any

import numpy as np

from kernels.cuda.device import cuda, simulated

if TYPE_CHECKING:
    from numba.cuda.cudadrv.devicearray import DeviceNDArray

to_device, device_array = cuda.to_device, cuda.device_array


def adopt(array: "DeviceNDArray", name: str) -> "DeviceNDArray":
    """Return an array on this GPU as Numba's device array, without a copy. Raises ValueError if no kernel can read it."""
    owner, current = gpus(array)
    if owner != current:
        raise ValueError(f"{name} is on GPU {owner}, but GPU {current} computes here: copy it there first")
    adopted = array if hasattr(array, "__cuda_ndarray__") else cuda.as_cuda_array(array)
    if not adopted.is_c_contiguous():
        raise ValueError(f"{name} is not C-contiguous: pass {name}.contiguous() (torch) or cupy.ascontiguousarray({name})")
    return adopted


def gpus(array: "DeviceNDArray") -> tuple[int, int]:
    """Return the number of the GPU that holds an array, as the driver knows it, and of the GPU that computes."""
    if simulated():
        return 0, 0
    current = cuda.current_context().device.id
    if not address(array):  # an empty array has no address
        return current, current
    from cuda.bindings import driver

    attribute = driver.CUpointer_attribute.CU_POINTER_ATTRIBUTE_DEVICE_ORDINAL
    error, owner = driver.cuPointerGetAttribute(attribute, driver.CUdeviceptr(address(array)))
    if error != driver.CUresult.CUDA_SUCCESS:
        raise ValueError(f"an array claims to be on a GPU, but the driver does not know its memory: {error.name}")
    return owner, current


def address(array: "DeviceNDArray") -> int:
    """Return where an array on the GPU begins."""
    begin: int = array.ctypes.data if simulated() else array.__cuda_array_interface__["data"][0]
    return begin


def through_gpu(outputs: int) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Let a function of device arrays take NumPy arrays: inputs are copied over, the last arguments, its outputs, back."""

    def decorate(function: Callable[..., None]) -> Callable[..., None]:
        @wraps(function)
        def call(*arguments: object) -> None:
            inputs, results = arguments[:-outputs], arguments[-outputs:]
            there = [to_device(value) if isinstance(value, np.ndarray) else value for value in inputs]
            made: list[Any] = [device_array(r.shape, r.dtype) if isinstance(r, np.ndarray) else r for r in results]
            function(*there, *made)
            for device, result in zip(made, results):
                if device is not result:
                    device.copy_to_host(result)

        return call

    return decorate
