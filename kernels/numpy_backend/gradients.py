"""Gradients of convolution and pooling: a loop over the places in a window, all windows at once.

A place of the kernel, or of the pooling window, touches one pixel per window, and never the same pixel twice: a strided
view of the image. What all windows hand back to that view is one array.
"""

from collections.abc import Iterator

import numpy as np

from kernels.modes import MISFIT, cannot_differentiate
from kernels.numpy_backend.windows import groups, padded, product, windows
from kernels.shapes import Geometry
from kernels.types import Float, Floats, Integers, Shape, Size


@np.errstate(invalid="ignore", over="ignore")  # NaN and infinities are answers too
def conv2d_gradients(
    images: Floats,
    kernels: Floats,
    upstream: Floats,
    geometry: Geometry,
    padding_value: Float,
    for_images: Floats,
    for_kernels: Floats,
    for_bias: Floats,
) -> None:
    """Write the gradients by (N, C, H, W), (K, C / groups, KH, KW) and (K,), given upstream (N, K, OH, OW)."""
    stride, padding, (down, right) = geometry
    wider = padded(images, padding, padding_value)
    for_bias[:] = upstream.sum(axis=(0, 2, 3))
    for_wider = np.zeros_like(wider)
    for channels, filters in groups(images, kernels):
        gains = upstream[:, filters]
        # (N, K, OH, OW) with (N, C, OH, OW, KH, KW) over N, OH and OW leaves (K, C, KH, KW).
        around = windows(wider[:, channels], kernels.shape[2:], stride, geometry.dilation)
        for_kernels[filters] = product(gains, around, ((0, 2, 3), (0, 2, 3)))
        for r, s in np.ndindex(kernels.shape[2:]):
            shares = product(gains, kernels[filters, :, r, s], ((1,), (0,)))  # (N, OH, OW, C)
            pixels = touched(for_wider[:, channels], (r * down, s * right), stride, upstream.shape[2:])
            pixels += shares.transpose(0, 3, 1, 2)
    (vertical, horizontal), (height, width) = padding, images.shape[2:]
    for_images[:] = for_wider[:, :, vertical : vertical + height, horizontal : horizontal + width]


@np.errstate(invalid="ignore", over="ignore")
def pool2d_gradient(
    images: Floats, upstream: Floats, size: Size, stride: Size, mode: str, indices: Integers | None, for_images: Floats
) -> None:
    """Write the gradient by (N, C, H, W), given upstream (N, C, OH, OW) and, or None, the indices of what was chosen."""
    if indices is not None:
        _scatter(indices, upstream, size, stride, for_images)
        return
    values = windows(images, size, stride).reshape(*upstream.shape, size[0] * size[1])  # in reading order
    for_images[:] = 0
    for place, share in zip(np.ndindex(*size), _shares(mode, values, upstream)):
        touched(for_images, place, stride, upstream.shape[2:])[...] += share


def _scatter(indices: Integers, upstream: Floats, size: Size, stride: Size, for_images: Floats) -> None:
    """Add each window's gradient to the pixel that its index names."""
    (rows, columns), (down, right) = upstream.shape[2:], stride
    v, h = np.divmod(indices, for_images.shape[3])
    v, h = v - np.arange(rows)[:, None] * down, h - np.arange(columns) * right  # in the window
    if not ((v >= 0) & (v < size[0]) & (h >= 0) & (h < size[1])).all():
        raise ValueError(MISFIT)
    planes = for_images.reshape(-1, for_images[0, 0].size)
    planes[:] = 0
    np.add.at(
        planes, (np.arange(len(planes))[:, None], indices.reshape(len(planes), -1)), upstream.reshape(len(planes), -1)
    )


def _shares(mode: str, values: Floats, upstream: Floats) -> Iterator[Floats]:
    """Yield for each place of the windows what it gets of the upstream gradient."""
    count = values.shape[-1]
    if mode == "average":
        yield from [upstream / count] * count
    elif mode in MAKERS:
        makers = MAKERS[mode](values)
        for number in range(count):
            yield np.sum([np.where(maker == number, upstream / len(makers), 0) for maker in makers], axis=0)
    else:
        raise cannot_differentiate("numpy", mode)


def _middle(values: Floats) -> list[Integers]:
    """Return the places in the middle of each window's stable sort: two where the number of values is even."""
    order, count = values.argsort(axis=-1, kind="stable"), values.shape[-1]
    return [order[..., place] for place in sorted({(count - 1) // 2, count // 2})]


# The places in each window whose values made its output; they share its gradient.
MAKERS = {
    "max": lambda values: [values.argmax(axis=-1)],
    "min": lambda values: [values.argmin(axis=-1)],
    "median": _middle,
}


def touched(images: Floats, place: Shape, stride: Size, counts: Shape) -> Floats:
    """Return the view of the pixels that this place of the windows touches, as many down and right as counts says."""
    (row, column), (down, right), (rows, columns) = place, stride, counts
    return images[:, :, row : row + down * (rows - 1) + 1 : down, column : column + right * (columns - 1) + 1 : right]
