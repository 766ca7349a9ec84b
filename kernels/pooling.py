"""Pooling and its gradient, in front of the backends: check the shapes, agree on a type, hand over."""

from typing import Any

import numpy as np

from kernels.arrays import gather, require_shape
from kernels.modes import POOLINGS
from kernels.shapes import Geometry, Pair, feature_map_size, pair


def pool2d(
    images: np.ndarray, size: Pair = 2, stride: Pair | None = None, mode: str = "max", backend: str | None = None
) -> np.ndarray:
    """Reduce each window of each channel to one number: its max, min, average or median.

    (N, C, H, W) -> (N, C, OH, OW). A stride of None is the window's size. The median of an even number of values is the
    mean of the two in the middle. Float32 stays float32; any other type is computed in float64. A window with a NaN gives
    NaN. The result of images on a GPU stays there: kernels/arrays.py has the rules.
    Raises ValueError when shapes do not fit or the mode is unknown, BackendUnavailable when the backend cannot run here,
    NotImplementedError when it has no kernel for the mode.
    """
    place, images = gather(backend, images=images)
    size, stride, shape = _fit(images, size, stride, mode)
    output = place.empty(*shape)
    if output.size:
        place.backend.pool2d(images, size, stride, mode, output)
    return output


def pool2d_gradient(
    images: np.ndarray,
    upstream: np.ndarray,
    size: Pair = 2,
    stride: Pair | None = None,
    mode: str = "max",
    backend: str | None = None,
) -> np.ndarray:
    """Return the gradient of a loss by the images that were pooled.

    upstream is the loss's gradient by the pool's output: (N, C, H, W), (N, C, OH, OW) -> (N, C, H, W). A window hands its
    share to the values that made its output: max and min to the first largest or smallest in reading order, average to all
    alike, median to the one in the middle of the stably sorted window, or half to each of the two. A NaN counts as the
    largest and the smallest, and sorts last, as in NumPy. Pixels add up what their windows give, if any.
    Raises ValueError when shapes do not fit or the mode is unknown, BackendUnavailable when the backend cannot run here,
    NotImplementedError when it has no gradient for the mode.
    Source: the chain rule; for max and average the same as torch.autograd.
    """
    place, images, upstream = gather(backend, images=images, upstream=upstream)
    size, stride, shape = _fit(images, size, stride, mode)
    require_shape(upstream, "upstream", shape)
    gradient = place.empty(*images.shape)
    if gradient.size:
        place.backend.pool2d_gradient(images, upstream, size, stride, mode, gradient)
    return gradient


def _fit(
    images: Any, size: Pair, stride: Pair | None, mode: str
) -> tuple[tuple[int, int], tuple[int, int], tuple[int, ...]]:
    """Return size and stride as pairs, and the output's shape. Raises ValueError where there is none."""
    if len(images.shape) != 4:
        raise ValueError(f"pool2d takes images (N, C, H, W), not {tuple(images.shape)}")
    if 0 in images.shape[1:]:
        raise ValueError(f"images must have at least one channel, row and column, not {tuple(images.shape)}")
    if mode not in POOLINGS:
        raise ValueError(f"mode must be one of {', '.join(POOLINGS)}, not {mode!r}")
    size = pair(size, "size", 1)
    stride = size if stride is None else pair(stride, "stride", 1)
    return size, stride, (*images.shape[:2], *feature_map_size(images.shape[2:], size, Geometry(stride)))
