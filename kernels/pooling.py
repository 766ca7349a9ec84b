"""Pooling and its gradient, in front of the backends: check the shapes, agree on a type, hand over."""

from functools import lru_cache

import numpy as np

from kernels.arrays import Place, gather, host, on_gpu, require_shape
from kernels.modes import POOLINGS
from kernels.shapes import Geometry, Pair, feature_map_size, pair
from kernels.types import Array

CHOICES = ("max", "min")  # modes whose output is one value of the window


def pool2d(
    images: Array, size: Pair = 2, stride: Pair | None = None, mode: str = "max", backend: str | None = None
) -> Array:
    """Reduce each window of each channel to one number: its max, min, average or median.

    (N, C, H, W) -> (N, C, OH, OW). A stride of None is the window's size. The median of an even number of values is the
    mean of the two in the middle. Float32 stays float32; any other type is computed in float64. A window with a NaN gives
    NaN. The result of images on a GPU stays there: kernels/arrays.py has the rules.
    Raises ValueError when shapes do not fit or the mode is unknown, BackendUnavailable when the backend cannot run here,
    NotImplementedError when it has no kernel for the mode.
    """
    place, (images,) = gather(backend, ("images",), images)
    size, stride, shape = _fit(images, size, stride, mode)
    output = place.empty(shape)
    if output.size:
        place.backend.pool2d(images, size, stride, mode, output)
    return output


def pool2d_with_indices(
    images: Array, size: Pair = 2, stride: Pair | None = None, mode: str = "max", backend: str | None = None
) -> tuple[Array, Array]:
    """Pool by max or min, and return beside the output the place of each of its values, for the gradient.

    (N, C, H, W) -> (N, C, OH, OW), twice; the second one in int64: row times W plus column in the channel of the image. Of
    equal values the first in reading order is chosen; of a window with NaN, the first NaN. Otherwise as pool2d.
    Raises ValueError when shapes do not fit or the mode is another, BackendUnavailable when the backend cannot run here.
    Source: torch.nn.functional.max_pool2d with return_indices, which takes the last NaN of a window.
    """
    place, (images,) = gather(backend, ("images",), images)
    size, stride, shape = _fit(images, size, stride, mode)
    _require_choice(mode)
    output, indices = place.empty(shape), place.empty(shape, np.int64)
    if output.size:
        place.backend.pool2d_with_indices(images, size, stride, mode, output, indices)
    return output, indices


def pool2d_gradient(
    images: Array,
    upstream: Array,
    size: Pair = 2,
    stride: Pair | None = None,
    mode: str = "max",
    backend: str | None = None,
    *,
    indices: Array | None = None,
) -> Array:
    """Return the gradient of a loss by the images that were pooled.

    upstream is the loss's gradient by the pool's output: (N, C, H, W), (N, C, OH, OW) -> (N, C, H, W). A window hands its
    share to the values that made its output: max and min to the first largest or smallest in reading order, average to all
    alike, median to the one in the middle of the stably sorted window, or half to each of the two. A NaN counts as the
    largest and the smallest, and sorts last, as in NumPy. Pixels add up what their windows give, if any. The indices of
    pool2d_with_indices save the search for those values.
    Raises ValueError when shapes or indices do not fit or the mode is unknown, BackendUnavailable when the backend cannot
    run here, NotImplementedError when it has no gradient for the mode.
    Source: the chain rule; for max and average the same as torch.autograd.
    """
    place, (images, upstream) = gather(backend, ("images", "upstream"), images, upstream)
    size, stride, shape = _fit(images, size, stride, mode)
    require_shape(upstream, "upstream", shape)
    gradient = place.empty(images.shape)
    if gradient.size:
        chosen = None if indices is None else _indices(indices, shape, mode, place)
        place.backend.pool2d_gradient(images, upstream, size, stride, mode, chosen, gradient)
    return gradient


def _indices(indices: object, shape: tuple[int, ...], mode: str, place: Place) -> Array:
    """Return the indices as int64 where the call computes. Raises ValueError where they cannot be those of such a pool."""
    _require_choice(mode)
    if place.on_gpu and on_gpu(indices, "indices"):
        there: Array = place.backend.adopt(indices, "indices")
        if there.dtype != np.int64:
            raise ValueError(f"indices on a GPU must be int64, not {there.dtype}")
    else:
        read = host(indices, "indices")
        if read.dtype.kind not in "iu":
            raise ValueError(f"indices must be whole numbers, not {read.dtype}")
        there = place.bring(np.asarray(read, np.int64, order="C"))
    require_shape(there, "indices", shape)
    return there


def _require_choice(mode: str) -> None:
    if mode not in CHOICES:
        raise ValueError(
            f"only {' and '.join(CHOICES)} pooling have indices, not {mode!r}: they pick one value of a window"
        )


def _fit(
    images: Array, size: Pair, stride: Pair | None, mode: str
) -> tuple[tuple[int, int], tuple[int, int], tuple[int, ...]]:
    """Return size and stride as pairs, and the output's shape. Raises ValueError if the shapes do not fit."""
    if mode not in POOLINGS:
        raise ValueError(f"mode must be one of {', '.join(POOLINGS)}, not {mode!r}")
    size = pair(size, "size", 1)
    stride = size if stride is None else pair(stride, "stride", 1)
    return size, stride, _pooled(images.shape, size, stride)


@lru_cache(1024)  # as for convolutions: small images are pooled in less time
def _pooled(images: tuple[int, ...], size: tuple[int, int], stride: tuple[int, int]) -> tuple[int, ...]:
    """Return the output's shape for images of this shape. Raises ValueError if the shapes do not fit."""
    if len(images) != 4:
        raise ValueError(f"pool2d takes images (N, C, H, W), not {images}")
    batch, channels, *plane = images
    if not channels or 0 in plane:
        raise ValueError(f"images must have at least one channel, row and column, not {images}")
    return batch, channels, *feature_map_size(plane, size, Geometry(stride))
