"""Convolution and pooling over `sliding_window_view`, which lists every window without copying one."""

from collections.abc import Iterator

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from kernels.modes import POOLINGS
from kernels.shapes import Geometry, reach
from kernels.types import Float, Floats, Integers, Shape, Size


@np.errstate(invalid="ignore", over="ignore")  # NaN and infinities are answers too
def conv2d(images: Floats, kernels: Floats, bias: Floats, geometry: Geometry, padding_value: Float, output: Floats) -> None:
    """Write the convolution of (N, C, H, W) with (K, C / groups, KH, KW) to output, (N, K, OH, OW)."""
    wider = padded(images, geometry.padding, padding_value)
    for channels, filters in groups(images, kernels):
        around = windows(wider[:, channels], kernels.shape[2:], geometry.stride, geometry.dilation)
        # (N, C, OH, OW, KH, KW) with (K, C, KH, KW) over C, KH and KW leaves (N, OH, OW, K).
        sums = product(around, kernels[filters], ((1, 4, 5), (1, 2, 3)))
        np.add(sums.transpose(0, 3, 1, 2), bias[filters, None, None], out=output[:, filters])


def product(a: Floats, b: Floats, axes: tuple[tuple[int, ...], tuple[int, ...]]) -> Floats:
    """Return np.tensordot(a, b, axes), except that 0 times NaN is NaN: that of NumPy is 0 where an array is a single 0."""
    if 1 in (a.size, b.size):  # nothing to sum up
        return np.multiply.outer(a.squeeze(axes[0]), b.squeeze(axes[1]))
    return np.tensordot(a, b, axes)


def groups(images: Floats, kernels: Floats) -> Iterator[tuple[slice, slice]]:
    """Yield the channels of each group, and the kernels that see them."""
    channels = kernels.shape[1]
    count = images.shape[1] // channels
    filters = len(kernels) // count
    for group in range(count):
        yield slice(group * channels, (group + 1) * channels), slice(group * filters, (group + 1) * filters)


@np.errstate(invalid="ignore", over="ignore")
def pool2d(images: Floats, size: Size, stride: Size, mode: str, output: Floats) -> None:
    """Write the pooled (N, C, H, W) to output, (N, C, OH, OW)."""
    output[:] = POOLINGS[mode].reduce(windows(images, size, stride), axis=(4, 5))


ARGUMENTS = {"max": np.argmax, "min": np.argmin}


def pool2d_with_indices(images: Floats, size: Size, stride: Size, mode: str, output: Floats, indices: Integers) -> None:
    """Write the pooled (N, C, H, W) to output, (N, C, OH, OW), and the position of each value in its channel to indices."""
    values = windows(images, size, stride).reshape(*output.shape, size[0] * size[1])
    place = ARGUMENTS[mode](values, axis=-1)
    output[:] = np.take_along_axis(values, place[..., None], axis=-1)[..., 0]
    (rows, columns), (v, h) = output.shape[2:], np.divmod(place, size[1])
    indices[:] = (v + np.arange(rows)[:, None] * stride[0]) * images.shape[3] + h + np.arange(columns) * stride[1]


def windows(images: Floats, size: Shape, stride: Size, dilation: Size = (1, 1)) -> Floats:
    """Return a view of all windows: (N, C, H, W) -> (N, C, OH, OW, height, width)."""
    over = tuple(map(reach, size, dilation))
    every: Floats = sliding_window_view(images, over, axis=(2, 3))[:, :, :: stride[0], :: stride[1]]
    return every[..., :: dilation[0], :: dilation[1]]


def padded(images: Floats, padding: Size, padding_value: Float) -> Floats:
    """Return the images with rows and columns of the padding's value around them."""
    (vertical, horizontal), (height, width) = padding, images.shape[2:]
    wider = np.full((*images.shape[:2], height + 2 * vertical, width + 2 * horizontal), padding_value, images.dtype)
    wider[:, :, vertical : vertical + height, horizontal : horizontal + width] = images
    return wider
