"""Convolution's gradient by the images: again a convolution, of the upstream gradient with the kernels turned by 180°.

A pixel takes part in output y at weight r where y * stride + r * dilation = pixel + padding, along each axis. So with a
stride of 1, the pixel's gradient is what the turned kernel sees in the upstream there, over all filters. With a larger
stride, the pixels fall into phases: those whose places differ by whole strides meet the same weights, every few of them,
and each phase is such a convolution of its own.
"""

from math import gcd
from typing import NamedTuple

import numpy as np

from kernels.cpu.compiled import compiled
from kernels.cpu.convolution import conv2d, up
from kernels.cpu.lines import copy_backwards
from kernels.cpu.threads import in_shares, shares_of
from kernels.shapes import Geometry

CHANNELS = 16  # turned at once: their weights lie side by side in each kernel
WORTH_THREADS = 100_000  # weights: fewer are turned before a second thread has begun


class Phase(NamedTuple):
    """Every stride-th pixel along an axis from the first one on, and the convolution that gives their gradient."""

    pixel: int
    weight: int  # the first one that they meet
    step: int  # from there to the next one
    padding: int
    dilation: int


def phases(size, kernel, stride, padding, dilation):
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


def image_gradient(kernels, upstream, geometry, for_images, shares):
    """Write the loss's gradient by the images, (N, C, H, W), given the one by the output, (N, K, OH, OW).

    All weights must be finite: otherwise there may be NaN at pixels that do not meet them, since 0 times NaN is NaN.
    """
    (batch, channels, height, width), (down, right) = for_images.shape, geometry.stride
    vertical, horizontal = map(phases, (height, width), kernels.shape[2:], *geometry)
    filters = len(kernels) * kernels.shape[1] // channels
    bias, nothing = np.zeros(channels, kernels.dtype), kernels.dtype.type(0)
    if len(vertical) < down:
        for_images[:] = 0  # no window meets some of the rows
    for v in vertical:
        maps = for_images[None]
        if down * right > 1:
            shape = len(horizontal), batch, channels, len(range(v.pixel, height, down)), len(range(0, width, right))
            maps = np.empty(shape, kernels.dtype)
        for h, some in zip(horizontal, maps):
            met = np.ascontiguousarray(kernels[:, :, v.weight :: v.step, h.weight :: h.step])
            turned = np.empty((channels, filters, *met.shape[2:]), kernels.dtype)
            in_shares(_turn, shares_of(met.size, WORTH_THREADS), met, turned, len(kernels) // filters)
            meeting = Geometry((1, 1), (v.padding, h.padding), (v.dilation, h.dilation))
            conv2d(upstream, turned, bias, meeting, nothing, some)
        if down * right > 1:
            columns = np.array([h.pixel for h in horizontal], np.intp)
            in_shares(_interleave, shares, maps, v.pixel, down, columns, right, for_images)


@compiled
def _turn(weights, turned, groups, share, shares):
    """Write one share of the weights (K, C / groups, KH, KW), turned by 180°, to turned, (C, K / groups, KH, KW)."""
    (_, channels, height, width), filters = weights.shape, turned.shape[1]
    taps, blocks = height * width, up(channels, CHANNELS)
    for part in range(groups * blocks * share // shares, groups * blocks * (share + 1) // shares):
        group, first = part // blocks, part % blocks * CHANNELS
        for k in range(filters):
            for c in range(first, min(first + CHANNELS, channels)):
                source, target = (group * filters + k) * channels + c, (group * channels + c) * filters + k
                copy_backwards(turned, target * taps, weights, source * taps, taps)


@compiled
def _interleave(maps, first_row, down, first_columns, right, images, share, shares):
    """Write one share of the maps, (phases, N, C, H, W), to every so many rows and columns of the images."""
    phases, batch, channels, rows, _ = maps.shape
    for plane in range(batch * channels * share // shares, batch * channels * (share + 1) // shares):
        n, c = plane // channels, plane % channels
        for y in range(rows):
            line = images[n, c, first_row + y * down]
            if phases < right:
                line[:] = 0  # no window meets some of the columns
            for phase in range(phases):
                pixels, begin = maps[phase, n, c, y], first_columns[phase]
                for i in range((len(line) - 1 - begin) // right + 1):
                    line[begin + i * right] = pixels[i]
