"""Convolution's gradient by the images for filters that see one channel each, with a stride of 2 along a row.

As in a depthwise layer (stencil.py), little may be done besides computing. So all phases of a plane (image_gradient.py)
read one padded copy of its upstream, and their maps are still in the cache when the columns take turns.
"""

from kernels.cpu.integers import smaller, up
from kernels.cpu.lines import copy_lines, take_turns
from kernels.cpu.panel import INDEX, inside
from kernels.cpu.shares import handed_out, in_shares
from kernels.cpu.stencil import slide
from kernels.cpu.vectors import VECTOR_BYTES, aligned
from kernels.types import Floats, Integers


@in_shares
def share_of_planes(
    kernels: Floats,
    upstream: Floats,
    down: int,
    above: int,
    before: int,
    for_images: Floats,
    taken: Integers,
    share: int,
    shares: int,
) -> None:
    """Compute one share of the gradient, given kernels (C, 1, KH, KW) without dilation. A task is a plane."""
    (batch, channels, height, width), (_, _, maps_height, maps_width) = for_images.shape, upstream.shape
    _, _, kernel_height, kernel_width = kernels.shape
    rows, columns = up(height, down), up(width, 2)  # of a phase
    top, left = up(above - kernel_height + 1, down), up(before - kernel_width + 1, 2)  # the first output to meet a pixel
    lines, pitch = (height - 1 + above) // down - top + 1, (width - 1 + before) // 2 - left + 1
    within = *inside(top, 1, maps_height, lines), *inside(left, 1, maps_width, pitch)
    copy, maps = aligned(lines * pitch + 2 * VECTOR_BYTES, upstream.dtype), aligned(2 * rows * columns, upstream.dtype)
    offsets, weights = aligned(kernel_height * kernel_width, INDEX), aligned(kernel_height * kernel_width, upstream.dtype)
    nothing = upstream.dtype.type(0)
    for plane in handed_out(batch * channels, taken, shares):
        corner = (plane * maps_height + top) * maps_width + left
        copy_lines(copy, 0, lines, pitch, upstream, corner, maps_width, 1, *within, nothing, maps_height * maps_width)
        for row in range(smaller(down, height)):
            count = (height - 1 - row) // down + 1
            for column in range(2):
                taps = 0
                for r in range(kernel_height):
                    for s in range(kernel_width):
                        y, x = row + above - r, column + before - s
                        if y % down == x % 2 == 0:
                            offsets[taps] = (y // down - top) * pitch + x // 2 - left
                            weights[taps] = kernels[plane % channels, 0, r, s]
                            taps += 1
                slide(
                    copy, pitch, 1, offsets, weights, 0, taps, nothing, maps, column * rows * columns, count, columns
                )  # fmt: skip
            for y in range(count):
                to = (plane * height + row + y * down) * width
                take_turns(for_images, to, maps, y * columns, rows * columns, width)
