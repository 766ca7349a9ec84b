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
from kernels.cpu.threads import in_shares
from kernels.shapes import Geometry

CHANNELS = 16  # turned at once: their weights lie side by side in each kernel


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
    (_, channels, height, width), (down, right) = for_images.shape, geometry.stride
    vertical, horizontal = map(phases, (height, width), kernels.shape[2:], *geometry)
    filters = len(kernels) * kernels.shape[1] // channels
    bias, nothing = np.zeros(channels, kernels.dtype), kernels.dtype.type(0)
    if len(vertical) * len(horizontal) < down * right:
        for_images[:] = 0  # no window meets some of the pixels
    for v in vertical:
        for h in horizontal:
            met = np.ascontiguousarray(kernels[:, :, v.weight :: v.step, h.weight :: h.step])
            turned = np.empty((channels, filters, *met.shape[2:]), kernels.dtype)
            in_shares(_turn, shares, met, turned, len(kernels) // filters)
            pixels = for_images[:, :, v.pixel :: down, h.pixel :: right]
            maps = pixels if down == right == 1 else np.empty(pixels.shape, pixels.dtype)
            conv2d(
                upstream, turned, bias, Geometry((1, 1), (v.padding, h.padding), (v.dilation, h.dilation)), nothing, maps
            )
            if maps is not pixels:
                in_shares(_copy, shares, maps, pixels)


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


def _copy(maps, pixels, share, shares):
    """Copy one share of the maps."""
    some = slice(maps.shape[1] * share // shares, maps.shape[1] * (share + 1) // shares)
    pixels[:, some] = maps[:, some]
