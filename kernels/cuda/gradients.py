"""Gradients of convolution and pooling: every thread gathers what belongs to it, so that no two ever write one number.

Idea: forward, a window reads its pixels. Backward, a pixel asks which windows read it, and adds up what they return.
Pushing gradients from windows to pixels instead would need atomic additions, whose order, and so whose bits, change from
run to run. The kernels' gradient is a sum over all windows of all images: a block of threads for each weight.

Traffic: a pixel reads KH KW / (stride^2) outputs of each of K feature maps and as many weights; a weight reads each output
of its feature map and as many pixels. Neighbouring threads have neighbouring pixels, or outputs.
Limit: loads, one for each multiply-add or two; caches serve most, since neighbours and blocks read the same.
"""

import numpy as np

from kernels.cuda.device import cuda
from kernels.cuda.grids import block, divide, fit, here, is_inside
from kernels.cuda.limits import Axes, within_limits
from kernels.cuda.sums import add, over_block, thread_of_block
from kernels.cuda.transfer import through_gpu, to_device
from kernels.cuda.types import Kernel, cache
from kernels.modes import MISFIT, cannot_differentiate
from kernels.shapes import Geometry
from kernels.types import Float, Floats, Integers, Size


@through_gpu(outputs=3)
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
    batch, channels, height, width = images.shape
    number, (stride, padding, dilation) = for_images.dtype.type, geometry
    blocks, threads = fit(batch * channels, height, width)
    gather_for_images(number)[within_limits(blocks, threads)](kernels, upstream, stride, padding, dilation, for_images)
    together = block(batch, upstream.shape[2], upstream.shape[3])
    sum_for_kernels(together, number)[within_limits(for_kernels.size, together)](
        images, upstream, stride, padding, dilation, padding_value, for_kernels
    )
    sum_for_bias(together, number)[within_limits(for_bias.size, together)](upstream, for_bias)


@cuda.jit(device=True)
def first_window(place: int, length: int, stride: int, dilation: int) -> int:
    """Return the first window, of this many values, a stride and a dilation, that reaches over a place on an axis."""
    return max(0, (place - (length - 1) * dilation - 1 + stride) // stride)


@cuda.jit(device=True)
def end_of_windows(place: int, stride: int, windows: int) -> int:
    """Return the window after the last, of so many, that reads a place on an axis."""
    return min(windows, place // stride + 1)


@cache
def gather_for_images(number: type) -> Kernel[...]:
    """Compile the gradient by a convolution's images."""

    @cuda.jit
    def gather(kernels: Floats, upstream: Floats, stride: Size, padding: Size, dilation: Size, for_images: Floats) -> None:
        """Compute the gradient by one pixel per thread."""
        batch, all_channels, height, width = for_images.shape
        plane, row, column = here(height)
        if not is_inside((plane, row, column), (batch * all_channels, height, width)):
            return
        _, filters, rows, columns = upstream.shape
        _, channels, kernel_height, kernel_width = kernels.shape
        n, channel = divide(plane, all_channels)
        group, c = divide(channel, channels)
        filters_of_group, _ = divide(filters * channels, all_channels)
        v, h = row + padding[0], column + padding[1]
        total = number(0)
        for y in range(first_window(v, kernel_height, stride[0], dilation[0]), end_of_windows(v, stride[0], rows)):
            for x in range(first_window(h, kernel_width, stride[1], dilation[1]), end_of_windows(h, stride[1], columns)):
                (r, above), (s, before) = divide(v - y * stride[0], dilation[0]), divide(h - x * stride[1], dilation[1])
                if above == before == 0:  # the pixel lies in no gap
                    for k in range(group * filters_of_group, (group + 1) * filters_of_group):
                        total += upstream[n, k, y, x] * kernels[k, c, r, s]
        for_images[n, channel, row, column] = total

    return gather


@cache
def sum_for_kernels(threads: Axes, number: type) -> Kernel[...]:
    """Compile the gradient by a convolution's kernels for blocks of these threads, so that their steps are constants."""
    wide, tall, deep = threads
    sum_over_block = over_block(add, wide * tall * deep, number)

    @cuda.jit
    def sum_products(
        images: Floats,
        upstream: Floats,
        stride: Size,
        padding: Size,
        dilation: Size,
        padding_value: Float,
        for_kernels: Floats,
    ) -> None:
        """Compute the gradient by one weight per block: the sum of each output's gradient times the pixel it weighed."""
        filters, channels, height, width = for_kernels.shape
        weight = cuda.blockIdx.x
        s, r = weight % width, weight // width % height
        c, k = weight // (width * height) % channels, weight // (width * height * channels)
        channel = k // (filters // (images.shape[1] // channels)) * channels + c  # of the images: k's group has its own
        top, left = r * dilation[0] - padding[0], s * dilation[1] - padding[1]
        total = number(0)
        for n in range(cuda.threadIdx.z, upstream.shape[0], deep):
            for row in range(cuda.threadIdx.y, upstream.shape[2], tall):
                for column in range(cuda.threadIdx.x, upstream.shape[3], wide):
                    v, h = row * stride[0] + top, column * stride[1] + left
                    value = padding_value
                    if 0 <= v < images.shape[2] and 0 <= h < images.shape[3]:
                        value = images[n, channel, v, h]
                    total += upstream[n, k, row, column] * value
        total = sum_over_block(total)
        if thread_of_block() == 0:
            for_kernels[k, c, r, s] = total

    return sum_products


@cache
def sum_for_bias(threads: Axes, number: type) -> Kernel[...]:
    """Compile the gradient by a convolution's bias for blocks of these threads."""
    wide, tall, deep = threads
    sum_over_block = over_block(add, wide * tall * deep, number)

    @cuda.jit
    def sum_up(upstream: Floats, for_bias: Floats) -> None:
        """Compute the gradient by one bias per block: the sum over its feature map."""
        k = cuda.blockIdx.x
        total = number(0)
        for n in range(cuda.threadIdx.z, upstream.shape[0], deep):
            for row in range(cuda.threadIdx.y, upstream.shape[2], tall):
                for column in range(cuda.threadIdx.x, upstream.shape[3], wide):
                    total += upstream[n, k, row, column]
        total = sum_over_block(total)
        if thread_of_block() == 0:
            for_bias[k] = total

    return sum_up


@through_gpu(outputs=1)
def pool2d_gradient(
    images: Floats, upstream: Floats, size: Size, stride: Size, mode: str, indices: Integers | None, for_images: Floats
) -> None:
    """Write the gradient by (N, C, H, W), given upstream (N, C, OH, OW) and, or None, the indices of what was chosen."""
    planes, shares, gathered = (
        array.reshape((array.shape[0] * array.shape[1], array.shape[2], array.shape[3]))
        for array in (images, upstream, for_images)
    )
    blocks, threads = fit(*gathered.shape)
    number = for_images.dtype.type
    if indices is not None:
        chosen = indices.reshape(shares.shape)
        require_inside(chosen, gathered.shape[2], size, stride)
        gather_chosen(size, stride, number)[within_limits(blocks, threads)](chosen, shares, gathered)
    elif mode == "average":
        gather_averages(size, stride, number)[within_limits(blocks, threads)](shares, gathered)
    elif mode in ORDERS:
        gather_shares(mode, size, stride, number)[within_limits(blocks, threads)](planes, shares, gathered)
    else:
        raise cannot_differentiate("cuda", mode)


def require_inside(chosen: Integers, pitch: int, size: Size, stride: Size) -> None:
    """Raise ValueError unless each index, (planes, OH, OW), is in its window."""
    misfit = to_device(np.zeros(1, np.int32))
    blocks, threads = fit(*chosen.shape)
    find_misfit[within_limits(blocks, threads)](chosen, pitch, *size, *stride, misfit)
    if misfit.copy_to_host()[0]:
        raise ValueError(MISFIT)


@cuda.jit
def find_misfit(chosen: Integers, pitch: int, height: int, width: int, down: int, right: int, misfit: Integers) -> None:
    """Look at one index per thread; each that finds one outside its window writes the same 1."""
    plane, row, column = here(chosen.shape[1])
    if not is_inside((plane, row, column), chosen.shape):
        return
    index = chosen[plane, row, column]
    v, h = index // pitch - row * down, index % pitch - column * right
    if not (0 <= v < height and 0 <= h < width):
        misfit[0] = 1


@cache
def gather_chosen(size: Size, stride: Size, number: type) -> Kernel[...]:
    """Compile the gradient of max or min pooling with indices for one window and stride."""
    (height, width), (down, right) = size, stride

    @cuda.jit
    def gather(chosen: Integers, upstream: Floats, for_images: Floats) -> None:
        """Compute the gradient by one pixel per thread: the sum over the windows that chose it."""
        plane, row, column = here(for_images.shape[1])
        if not is_inside((plane, row, column), for_images.shape):
            return
        place = row * for_images.shape[2] + column
        total = number(0)
        for y in range(first_window(row, height, down, 1), end_of_windows(row, down, upstream.shape[1])):
            for x in range(first_window(column, width, right, 1), end_of_windows(column, right, upstream.shape[2])):
                if chosen[plane, y, x] == place:
                    total += upstream[plane, y, x]
        for_images[plane, row, column] = total

    return gather


@cache
def gather_averages(size: Size, stride: Size, number: type) -> Kernel[...]:
    """Compile the gradient of average pooling for one window and stride: then no thread divides by an unknown number."""
    (height, width), (down, right) = size, stride
    share = number(1 / (height * width))

    @cuda.jit
    def gather(upstream: Floats, for_images: Floats) -> None:
        """Compute the gradient by one pixel per thread: an equal share of that of each window."""
        plane, row, column = here(for_images.shape[1])
        if not is_inside((plane, row, column), for_images.shape):
            return
        total = number(0)
        for y in range(first_window(row, height, down, 1), end_of_windows(row, down, upstream.shape[1])):
            for x in range(first_window(column, width, right, 1), end_of_windows(column, right, upstream.shape[2])):
                total += upstream[plane, y, x] * share
        for_images[plane, row, column] = total

    return gather


@cuda.jit(device=True)
def descending(one: float, other: float) -> bool:
    """Return whether one value comes before the other where the largest is first, and NaN before it."""
    return one > other or (one != one and other == other)


@cuda.jit(device=True)
def ascending(one: float, other: float) -> bool:
    """Return whether one value comes before the other where the smallest is first, and NaN before it."""
    return one < other or (one != one and other == other)


@cuda.jit(device=True)
def sorting(one: float, other: float) -> bool:
    """Return whether one value comes before the other in a sorted window, where NaN is last."""
    return one < other or (one == one and other != other)


def first(count: int) -> tuple[int, int]:
    """Return the lower and the upper place, in a window's order, that its output comes from: both are the first."""
    return 0, 0


def middle(count: int) -> tuple[int, int]:
    """Return the lower and the upper place, in a window's order, that its output comes from: those in the middle."""
    return (count - 1) // 2, count // 2


ORDERS = {"max": (descending, first), "min": (ascending, first), "median": (sorting, middle)}


@cache
def gather_shares(mode: str, size: Size, stride: Size, number: type) -> Kernel[...]:
    """Compile the gradient of max, min or median pooling for one window and stride: for those at a place of an order."""
    (height, width), (down, right) = size, stride
    before, places = ORDERS[mode]
    lower, upper = places(height * width)
    share = number(1 if lower == upper else 0.5)

    @cuda.jit
    def gather(images: Floats, upstream: Floats, for_images: Floats) -> None:
        """Compute the gradient by one pixel per thread: its share of each window where it is at one of the places."""
        plane, row, column = here(for_images.shape[1])
        if not is_inside((plane, row, column), for_images.shape):
            return
        value = images[plane, row, column]
        total = number(0)
        for y in range(first_window(row, height, down, 1), end_of_windows(row, down, upstream.shape[1])):
            for x in range(first_window(column, width, right, 1), end_of_windows(column, right, upstream.shape[2])):
                place = 0  # in this window's order: how many values come before this pixel's
                for v in range(y * down, y * down + height):
                    for h in range(x * right, x * right + width):
                        other = images[plane, v, h]
                        read_earlier = v < row or (v == row and h < column)
                        if before(other, value) or (read_earlier and not before(value, other)):
                            place += 1
                if place in (lower, upper):
                    total += upstream[plane, y, x] * share
        for_images[plane, row, column] = total

    return gather
