"""The way of arrays to the GPU and back."""

from collections.abc import Callable
from functools import wraps
from typing import Any

import numpy as np

from kernels.cuda.device import cuda, simulated

to_device, device_array = cuda.to_device, cuda.device_array


def adopt(array: Any, name: str) -> Any:
    """Return what lies on this GPU as Numba's device array, without a copy. Raises ValueError where no kernel can."""
    owner, current = gpus(array)
    if owner != current:
        raise ValueError(f"{name} lies on GPU {owner}, but GPU {current} computes here: copy it there first")
    adopted = array if hasattr(array, "__cuda_ndarray__") else cuda.as_cuda_array(array)
    if not adopted.is_c_contiguous():
        raise ValueError(
            f"{name} is not C-contiguous: hand over {name}.contiguous() (torch) or cupy.ascontiguousarray({name})"
        )
    return adopted


def gpus(array: Any) -> tuple[int, int]:
    """Return the number of the GPU in whose memory an array lies, as the driver knows it, and of the one that computes."""
    if simulated():
        return 0, 0
    current = cuda.current_context().device.id
    if not address(array):  # an empty array lies nowhere
        return current, current
    from cuda.bindings import driver

    attribute = driver.CUpointer_attribute.CU_POINTER_ATTRIBUTE_DEVICE_ORDINAL
    error, owner = driver.cuPointerGetAttribute(attribute, driver.CUdeviceptr(address(array)))
    if error != driver.CUresult.CUDA_SUCCESS:
        raise ValueError(f"an array says that it lies on a GPU, where the driver finds no memory of its own: {error.name}")
    return owner, current


def address(array: Any) -> int:
    """Return where an array on the GPU begins."""
    return array.ctypes.data if simulated() else array.__cuda_array_interface__["data"][0]


def through_gpu(outputs: int) -> Callable[[Callable], Callable]:
    """Let a function of device arrays take NumPy arrays: inputs are copied over, the last arguments, its outputs, back."""

    def decorate(function: Callable) -> Callable:
        @wraps(function)
        def call(*arguments: Any) -> None:
            inputs, results = arguments[:-outputs], arguments[-outputs:]
            there = [to_device(value) if isinstance(value, np.ndarray) else value for value in inputs]
            made = [device_array(r.shape, r.dtype) if isinstance(r, np.ndarray) else r for r in results]
            function(*there, *made)
            for device, result in zip(made, results):
                if device is not result:
                    device.copy_to_host(result)

        return call

    return decorate
