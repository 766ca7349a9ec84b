"""The panel: the pixels of an image, laid out so that all that meet one weight are in a row.

A textbook's im2col repeats each pixel KH KW times. The panel unrolls the kernel's width only: for each channel c and each
column s of the kernel it holds a plane with the pixels that column s meets, one for each column of the output:

    plane (c, s): line v, column x  =  padded image: channel c, row v, column x * stride + s * dilation

The pixels that meet weight (c, r, s) begin r * dilation lines into plane (c, s), and the next row of the output reads the
next line. With a vertical stride the lines are dealt like cards, 0, 2, 4, ... and then 1, 3, 5, ...; so the next row is the
next line again. Padding, strides and dilation are settled here, once, and the innermost loop knows nothing of them.

Where a tile takes one long row of the output at a time, one plane is enough for all columns of the kernel. Its lines are
longer, and the pixels of column s begin s * dilation further. Then it takes a KW-th of the time to lay out.

Source: Cho and Brand, MEC: Memory-efficient Convolution for Deep Neural Network, 2017.
"""

import numpy as np

from kernels.cpu.compiled import inner
from kernels.cpu.integers import larger, smaller
from kernels.cpu.lines import copy_lines
from kernels.cpu.vectors import aligned
from kernels.types import Float, Floats, Integers

INDEX = np.dtype(np.intp)  # which Numba compiles quicker than np.intp


@inner
def weight_offsets(
    channels: int,
    kernel_height: int,
    kernel_width: int,
    apart: int,
    aside: int,
    down: int,
    planes: int,
    dealt: int,
    lines: int,
    columns: int,
) -> Integers:
    """Return where in the panel the pixels of each weight begin, in the order of the weights, (C, KH, KW).

    Rows of the kernel are `apart` lines apart, its columns `aside`. A channel has a plane for each of them, or one for all.
    A plane is `dealt` hands of this many lines of so many columns.
    """
    offsets: Integers = aligned(channels * kernel_height * kernel_width, INDEX)
    at, step = 0, aside if planes == 1 else dealt * lines * columns
    for c in range(channels):
        for r in range(kernel_height):
            for s in range(kernel_width):
                hand, line = r * apart % down, r * apart // down
                offsets[at] = ((c * planes * dealt + hand) * lines + line) * columns + s * step
                at += 1
    return offsets


@inner(inline="always")
def fill(
    panel: Floats,
    images: Floats,
    corner: int,
    channels: int,
    height: int,
    width: int,
    planes: int,
    apart: int,
    down: int,
    right: int,
    dealt: int,
    lines: int,
    columns: int,
    top: int,
    left: int,
    value: Float,
) -> None:
    """Lay out so many channels, of height times width pixels, of which the first begins at images[corner].

    The panel begins with the pixel in row top and column left, which may be in the padding.
    """
    within = aligned(2 * planes, INDEX)  # columns of each plane outside the padding, from and to
    for s in range(planes):
        within[2 * s], within[2 * s + 1] = inside(left + s * apart, right, width, columns)
    for hand in range(dealt):
        above, below = inside(top + hand, down, height, lines)
        for c in range(channels):  # all its planes at once, while its pixels are in the cache; the next one's are fetched
            for s in range(planes):
                plane = ((c * planes + s) * dealt + hand) * lines * columns
                source = corner + (c * height + top + hand) * width + left + s * apart
                copy_lines(
                    panel, plane, lines, columns, images, source, down * width, right, above, below, within[2 * s],
                    within[2 * s + 1], value, 0 if s else height * width,
                )  # fmt: skip


@inner
def inside(start: int, stride: int, size: int, steps: int) -> tuple[int, int]:
    """Return the range of the steps for which start + step * stride is in an image of this size."""
    first = smaller(larger(0, -(start // stride)), steps)  # -(a // b) is -a / b, rounded up
    return first, larger(first, smaller(steps, (size - 1 - start) // stride + 1))
