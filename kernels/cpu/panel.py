"""The panel: the pixels of an image, laid out so that all that meet one weight lie in a row.

A textbook's im2col repeats each pixel KH KW times. The panel unrolls the kernel's width only: for each channel c and each
column s of the kernel it holds a plane with the pixels that column s meets, one for each column of the output:

    plane (c, s): line v, column x  =  padded image: channel c, row v, column x * stride + s

The pixels that meet weight (c, r, s) begin r lines into plane (c, s), and the next row of the output reads the next line.
With a vertical stride the lines are dealt like cards, 0, 2, 4, ... and then 1, 3, 5, ...; so the next row is the next line
again. Padding and strides are settled here, once, and the innermost loop knows nothing of them.

Source: Cho and Brand, MEC: Memory-efficient Convolution for Deep Neural Network, 2017.
"""

import numpy as np
from numba import njit

from kernels.cpu.vectors import copy_line


@njit
def plane_size(kernel_height, down, lines, columns):
    """Return how many values a plane holds; of a stride's lines, those that no row of the kernel meets are left out."""
    return min(down, kernel_height) * -(-lines // down) * columns


@njit
def weight_offsets(kernel, down, lines, columns):
    """Return where in the panel the pixels of each weight begin, in the order of the weights, (C, KH, KW)."""
    channels, kernel_height, kernel_width = kernel
    plane = plane_size(kernel_height, down, lines, columns)
    offsets = np.empty((channels, kernel_height, kernel_width), np.intp)
    for c in range(channels):
        for r in range(kernel_height):
            for s in range(kernel_width):
                line = r % down * -(-lines // down) + r // down
                offsets[c, r, s] = (c * kernel_width + s) * plane + line * columns
    return offsets.reshape(offsets.size)


@njit
def fill(panel, image, kernel, stride, top, left, padding_value, lines, columns):
    """Lay out the pixels of image (C, H, W) from row top and column left on, which may lie in the padding."""
    (channels, kernel_height, kernel_width), (down, right) = kernel, stride
    _, height, width = image.shape
    pixels = image.reshape(image.size)
    for at in range(len(panel)):
        panel[at] = padding_value
    line = 0
    for c in range(channels):
        for s in range(kernel_width):
            first, last = inside(left + s, right, width, columns)
            for dealt in range(min(down, kernel_height)):
                begin, end = inside(top + dealt, down, height, -(-lines // down))
                for v in range(begin, end):
                    target = (line + v) * columns + first
                    source = (c * height + top + dealt + v * down) * width + left + s + first * right
                    copy_line(panel, target, pixels, source, last - first, right)
                line += -(-lines // down)


@njit
def fold(panel, image, kernel, stride, top, left, lines, columns):
    """Add each value of the panel to the pixel of image (C, H, W) from which fill would have taken it."""
    (channels, kernel_height, kernel_width), (down, right) = kernel, stride
    _, height, width = image.shape
    line = 0
    for c in range(channels):
        for s in range(kernel_width):
            first, last = inside(left + s, right, width, columns)
            for dealt in range(min(down, kernel_height)):
                begin, end = inside(top + dealt, down, height, -(-lines // down))
                for v in range(begin, end):
                    values = panel[(line + v) * columns + first : (line + v) * columns + last]
                    pixels = image[c, top + dealt + v * down, left + s + first * right :]
                    if right == 1:
                        for x in range(len(values)):
                            pixels[x] += values[x]
                    else:
                        for x in range(len(values)):
                            pixels[x * right] += values[x]
                line += -(-lines // down)


@njit
def inside(start, stride, size, steps):
    """Return the range of the steps for which start + step * stride lies in an image of this size."""
    first = min(max(0, -(start // stride)), steps)  # -(a // b) is -a / b, rounded up
    return first, max(first, min(steps, (size - 1 - start) // stride + 1))
