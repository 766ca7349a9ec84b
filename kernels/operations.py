"""Convolution and pooling in front of the backends: check the shapes, agree on a type, hand over."""

from typing import Literal

import numpy as np

from kernels.backends import backend as choose
from kernels.shapes import Pair, output_size, pair

Mode = Literal["max", "min", "average", "median"]
MODES: tuple[Mode, ...] = ("max", "min", "average", "median")


def conv2d(
    images: np.ndarray,
    kernels: np.ndarray,
    bias: np.ndarray | None = None,
    stride: Pair = 1,
    padding: Pair = 0,
    padding_value: float = 0.0,
    backend: str | None = None,
) -> np.ndarray:
    """Slide each kernel over each image and sum the element-wise products (no flip), channels included.

    (N, C, H, W), (K, C, KH, KW), (K,) -> (N, K, OH, OW); a single image (H, W) with a single kernel (KH, KW) -> (OH, OW).
    Float32 in gives float32 arithmetic and result; any other type is computed in float64.
    Raises ValueError when shapes do not fit, BackendUnavailable when the backend cannot run here.
    Source: the lecture on convolution; the same operation as torch.nn.functional.conv2d, which has zero padding only.
    """
    single = np.ndim(images) == 2 and np.ndim(kernels) == 2
    if single:
        images, kernels = np.asarray(images)[None, None], np.asarray(kernels)[None, None]
    images, kernels = _floats(images, kernels)
    if images.ndim != 4 or kernels.ndim != 4:
        raise ValueError(
            f"conv2d takes images (N, C, H, W) and kernels (K, C, KH, KW), or (H, W) and (KH, KW); "
            f"not {images.shape} and {kernels.shape}"
        )
    if images.shape[1] != kernels.shape[1]:
        raise ValueError(f"the images have {images.shape[1]} channels, but the kernels {kernels.shape[1]}")
    bias = np.zeros(len(kernels), images.dtype) if bias is None else np.asarray(bias, images.dtype)
    if bias.shape != (len(kernels),):
        raise ValueError(f"bias must have one number for each of the {len(kernels)} kernels, not shape {bias.shape}")
    stride, padding = pair(stride, "stride", 1), pair(padding, "padding", 0)
    size = tuple(map(output_size, images.shape[2:], kernels.shape[2:], stride, padding))
    output = np.empty((len(images), len(kernels), *size), images.dtype)
    if output.size:
        choose(backend).conv2d(images, kernels, bias, stride, padding, images.dtype.type(padding_value), output)
    return output[0, 0] if single else output


def pool2d(
    images: np.ndarray, size: Pair = 2, stride: Pair | None = None, mode: Mode = "max", backend: str | None = None
) -> np.ndarray:
    """Reduce each window of each channel to one number: its max, min, average or median.

    (N, C, H, W) -> (N, C, OH, OW). A stride of None is the window's size. The median of an even number of values is the
    mean of the two in the middle. Float32 stays float32; any other type is computed in float64. Values must be finite.
    Raises ValueError when shapes do not fit or the mode is none, BackendUnavailable when the backend cannot run here.
    """
    (images,) = _floats(images)
    if images.ndim != 4:
        raise ValueError(f"pool2d takes images (N, C, H, W), not {images.shape}")
    if mode not in MODES:
        raise ValueError(f"mode must be one of {', '.join(MODES)}, not {mode!r}")
    size = pair(size, "size", 1)
    stride = size if stride is None else pair(stride, "stride", 1)
    output = np.empty((*images.shape[:2], *map(output_size, images.shape[2:], size, stride)), images.dtype)
    if output.size:
        choose(backend).pool2d(images, size, stride, mode, output)
    return output


def _floats(*arrays: np.ndarray) -> list[np.ndarray]:
    """Return the arrays, contiguous, as float32 if all of them are, else as float64."""
    arrays = tuple(np.asarray(array) for array in arrays)
    dtype = np.float32 if all(array.dtype == np.float32 for array in arrays) else np.float64
    return [np.ascontiguousarray(array, dtype) for array in arrays]
