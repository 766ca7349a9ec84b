"""Convolution's gradient by the images: again a convolution, of the upstream gradient with the kernels turned by 180°.

A pixel takes part in output y at weight r where y * stride + r * dilation = pixel + padding, along each axis. So with a
stride of 1, the pixel's gradient is what the turned kernel sees in the upstream there, over all filters. With a larger
stride, the pixels fall into phases: those whose places differ by whole strides meet the same weights, every few of them,
and each phase is such a convolution of its own.
"""

from math import gcd
from typing import NamedTuple

import numpy as np

from kernels.cpu import winograd
from kernels.cpu.convolution import conv2d
from kernels.cpu.integers import smaller, up
from kernels.cpu.lines import copy_backwards, take_turns
from kernels.cpu.shares import in_shares
from kernels.cpu.stencil_gradient import share_of_planes
from kernels.cpu.threads import shares_of
from kernels.shapes import Geometry
from kernels.types import Floats

CHANNELS = 16  # turned at once: their weights lie side by side in each kernel
WORTH_THREADS = 100_000  # weights: fewer are turned before a second thread has begun


class Phase(NamedTuple):
    """Every stride-th pixel along an axis from the first one on, and the convolution that gives their gradient."""

    pixel: int
    weight: int  # the first one that they meet
    step: int  # from there to the next one
    padding: int
    dilation: int


def phases(size: int, kernel: int, stride: int, padding: int, dilation: int) -> list[Phase]:
    """Return the phases of an axis whose pixels meet any weights."""
    found = []
    step = stride // gcd(stride, dilation)
    for weight in range(min(kernel, step)):
        pixel = (weight * dilation - padding) % stride
        output = (pixel + padding - weight * dilation) // stride  # that the first pixel takes part in at the first weight
        apart, others = step * dilation // stride, (kernel - 1 - weight) // step
        if pixel < size:
            found.append(Phase(pixel, weight, step, others * apart - output, apart))
    return found


def image_gradient(kernels: Floats, upstream: Floats, geometry: Geometry, for_images: Floats, shares: int) -> None:
    """Write the loss's gradient by the images, (N, C, H, W), given the one by the output, (N, K, OH, OW).

    All weights must be finite: otherwise there may be NaN at pixels that do not meet them, since 0 times NaN is NaN.
    """
    (batch, channels, height, width), (down, right) = for_images.shape, geometry.stride
    vertical, horizontal = map(phases, (height, width), kernels.shape[2:], *geometry)
    filters = len(kernels) * kernels.shape[1] // channels
    if kernels.shape[1] == filters == 1 and right == 2 and geometry.dilation == (1, 1):
        taken = np.zeros(1, np.int64)
        share_of_planes(kernels, upstream, down, *geometry.padding, for_images, taken, shares)
        return
    bias, nothing = np.zeros(channels, kernels.dtype), kernels.dtype.type(0)
    tried = False
    if down == right == 1 and kernels.shape[1] == channels:
        (v,), (h,) = vertical, horizontal
        meeting = Geometry((1, 1), (v.padding, h.padding), geometry.dilation)
        tried = winograd.fits(upstream, kernels.swapaxes(0, 1), meeting, for_images)
        if tried and winograd.conv2d(upstream, kernels, bias, meeting, nothing, for_images, shares, turned=True):
            return
    if len(vertical) < down:
        for_images[:] = 0  # no window meets some of the rows
    for v in vertical:
        maps = for_images[None]
        if down * right > 1:
            shape = right, batch, channels, len(range(v.pixel, height, down)), len(range(0, width, right))
            maps = (np.empty if len(horizontal) == right else np.zeros)(shape, kernels.dtype)
        for h in horizontal:
            rows, columns = (len(range(p.weight, size, p.step)) for p, size in zip((v, h), kernels.shape[2:]))
            turned = np.empty((channels, filters, rows, columns), kernels.dtype)
            met = v.weight, v.step, h.weight, h.step
            _turn(kernels, *met, turned, shares_of(turned.size, WORTH_THREADS))
            meeting = Geometry((1, 1), (v.padding, h.padding), (v.dilation, h.dilation))
            conv2d(upstream, turned, bias, meeting, nothing, maps[h.pixel], by_winograd=not tried)
        if down * right > 1:
            _interleave(maps, v.pixel, down, for_images, shares)


@in_shares
def _turn(
    kernels: Floats, first_row: int, down: int, first_column: int, right: int, turned: Floats, share: int, shares: int
) -> None:
    """Write one share of the weights that a phase meets, turned by 180°, to turned, (C, K / groups, rows, columns).

    They lie in every so many rows and columns of the kernels, (K, C / groups, KH, KW).
    """
    (_, channels, kernel_height, kernel_width), (_, filters, rows, columns) = kernels.shape, turned.shape
    taps, groups, blocks = kernel_height * kernel_width, len(kernels) // filters, up(channels, CHANNELS)
    for part in range(groups * blocks * share // shares, groups * blocks * (share + 1) // shares):
        group, first = part // blocks, part % blocks * CHANNELS
        for k in range(group * filters, (group + 1) * filters):
            for c in range(first, smaller(first + CHANNELS, channels)):
                channel, filter = group * channels + c, k - group * filters
                if rows * columns == taps:
                    target, source = (channel * filters + filter) * taps, (k * channels + c) * taps
                    copy_backwards(turned, target, kernels, source, taps)
                else:
                    for r in range(rows):
                        for s in range(columns):
                            y, x = first_row + (rows - 1 - r) * down, first_column + (columns - 1 - s) * right
                            turned[channel, filter, r, s] = kernels[k, c, y, x]


@in_shares
def _interleave(maps: Floats, first: int, down: int, images: Floats, share: int, shares: int) -> None:
    """Write one share of the maps, (phases, N, C, H, W), to every so many rows of the images: in a row they take turns."""
    right, batch, channels, rows, columns = maps.shape
    height, width = images.shape[2:]
    for plane in range(batch * channels * share // shares, batch * channels * (share + 1) // shares):
        for y in range(rows):
            to, at = (plane * height + first + y * down) * width, (plane * rows + y) * columns
            if right == 2:
                take_turns(images, to, maps, at, batch * channels * rows * columns, width)
            else:
                for phase in range(right):
                    pixels, n, c = maps[phase], plane // channels, plane % channels
                    for x in range(phase, width, right):
                        images[n, c, first + y * down, x] = pixels[n, c, y, x // right]
