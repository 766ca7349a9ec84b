"""The sixth rung: the product of matrices on tensor cores, as exact as float32.

Idea: a tensor core multiplies matrices of 16 x 8 and 8 x 8 numbers by one instruction of a warp, but takes only the first
11 significant bits of a number, a TF32; float32 has 24. So each number is split into the TF32 next to it and what is left,
x = large + small. Of the four products of two such sums, three are computed ("3xTF32"):

    x w = small large + large small + large large

What is left out, small small, is at most two units of the last bit of a float32, and mostly far less.

A tensor core cuts off where a thread would round, always towards zero, and over thousands of products that adds up. So it
sums eight channels at a time, the small products first, and threads add its sums to the totals, rounding to nearest.

A block splits pixels and weights once, on their way into shared memory. They lie there as the instruction wants them: as
the order of channels and filters does not matter, a lane's pixels are of two neighbouring channels and its weights of two
neighbouring filters, which one wide read brings. The rest is implicit GEMM: tiles of filters x pixels, and steps of one
tap and `depth` channels, of which the next is fetched into registers while one is multiplied.

Traffic, for each multiply-add: 1 / filters pixels and 1 / pixels weights from global memory. From shared memory both parts
of 1 / rows pixels and 1 / columns weights, 0.4 bytes with the largest tile: a warp shares what its lanes have read.
Limit: instructions. Each product does the work of 32 FFMA, a third of it for a result, so that splitting, addresses and
adding to the totals weigh more: with the largest tile one instruction in six is a product. One in four would keep an H100's
tensor cores busy, whose 495 TFLOP/s of TF32 allow 165 of these. That is an upper bound, computed; nothing is measured yet.

Infinity cannot be split, and the largest numbers round up to it. Where a total is not finite, its thread sums it up again
from the definition, so that infinity and NaN come out as they do on the first rung.

Source: CUTLASS, example 27, 3xTF32; Ootomo and Yokota 2022, "Recovering single precision accuracy from Tensor Cores while
surpassing the FP32 theoretical peak performance", https://doi.org/10.1177/10943420221090256.
"""

import math
from typing import NamedTuple

import numpy as np
from numba import int32, int64, uint32

from kernels.cuda.convolution import implicit_gemm
from kernels.cuda.device import capability, cuda
from kernels.cuda.limits import within_limits
from kernels.cuda.mma import mma
from kernels.cuda.types import Kernel, cache
from kernels.shapes import Geometry
from kernels.types import DType, Float, Floats, Shape, Size

WARP = 32
ROWS, COLUMNS, PAIRS = 16, 8, 4  # of what one instruction multiplies: filters, pixels, pairs of channels
FILL = 4  # unused numbers behind a row of shared memory: then the four rows that a warp reads at once meet no bank twice
KEPT, HALF = np.uint32(0xFFFFE000), np.uint32(0x1000)  # the bits of a float32 that TF32 has, and half the last of them
MOST = 2**31  # numbers in an array whose indices have 32 bits


class Tile(NamedTuple):
    """What a block computes, filters x pixels, in steps of depth channels; and what a warp of it does, rows x columns.

    The number of threads must be a multiple of filters and of pixels, so that each thread loads for one of each.
    """

    filters: int
    pixels: int
    rows: int
    columns: int
    depth: int = 16

    @property
    def warps(self) -> tuple[int, int]:
        """How many warps share a tile: across its pixels, down its filters."""
        return self.pixels // self.columns, self.filters // self.rows

    @property
    def threads(self) -> int:
        """How many threads share a tile."""
        return WARP * self.warps[0] * self.warps[1]


TILES = (Tile(filters=64, pixels=64, rows=32, columns=32), Tile(filters=128, pixels=128, rows=64, columns=32))


def takes(images_shape: Shape, kernels_shape: Shape, geometry: Geometry, dtype: DType) -> bool:
    """Return whether implicit_gemm takes them, the GPU knows TF32, and 32 bits count pixels and weights."""
    filters, channels, kernel_height, kernel_width = kernels_shape
    filled = kernel_height * kernel_width * (channels + 15) * (filters + 127)
    return (
        implicit_gemm.takes(images_shape, kernels_shape, geometry, dtype)
        and capability() >= (8, 0)
        and max(filled, math.prod(images_shape)) < MOST
    )


def launch(
    images: Floats, kernels: Floats, bias: Floats, geometry: Geometry, padding_value: Float, output: Floats, tile: Tile
) -> None:
    """Start the convolution of arrays on the device: (N, C, H, W), (K, C, KH, KW), (K,) -> (N, K, OH, OW)."""
    weights = implicit_gemm.arranged(kernels, tile.filters, tile.depth)
    flat_images, flat_weights, flat_output = (array.reshape(array.size) for array in (images, weights, output))
    shapes, blocks = (
        (images.shape, kernels.shape, output.shape),
        implicit_gemm.blocks(output.shape, tile.filters, tile.pixels),
    )
    tensor_cores(tile)[within_limits(blocks, tile.threads)](
        flat_images, flat_weights, bias, *shapes, *geometry, padding_value, flat_output
    )


@cuda.jit(device=True)
def nearest(value: np.float32) -> np.float32:
    """Return the TF32 next to a float32: half the last bit that stays is added before those behind it are cut off."""
    rounded: np.float32 = uint32((value.view(np.uint32) + HALF) & KEPT).view(np.float32)
    return rounded


@cuda.jit(device=True)
def cut_off(value: np.float32) -> np.float32:
    """Return the TF32 next to a float32 on the side of zero."""
    rounded: np.float32 = uint32(value.view(np.uint32) & KEPT).view(np.float32)
    return rounded


@cuda.jit(device=True)
def split(value: np.float32) -> tuple[np.float32, np.float32]:
    """Return a float32 as a large and a small TF32. Their sum is less than one unit of its last bit away."""
    large = nearest(value)
    return large, cut_off(value - large)


@cache
def tensor_cores(tile: Tile) -> Kernel[...]:
    """Compile the rung for one tile; the sizes of images, kernels, stride, padding and dilation are its arguments."""
    tile_filters, tile_pixels, rows, columns, depth = tile
    threads, (warps_across, _) = tile.threads, tile.warps
    weight_loads, pair_loads = depth * tile_filters // threads, depth // 2 * tile_pixels // threads
    weight_rows, pair_rows = threads // tile_filters, threads // tile_pixels  # that all threads load at once
    down, across = rows // ROWS, columns // COLUMNS  # products of a warp, each by one instruction
    # In shared memory the large parts come first, then the small ones; pixels lie in pairs of neighbouring channels.
    weight_parts, pixel_parts = (2, depth, tile_filters + FILL), (2, depth // 2, tile_pixels + FILL, 2)
    totals_of_a_thread, weights_of_a_thread, pixels_of_a_thread = (down, across, 4), (down, 2, 4), (2, 2)
    loads_of_a_thread = pair_loads, 2
    number = np.float32

    @cuda.jit(device=True)
    def multiply(weights: Floats, pixels: Floats, pair: int, row: int, column: int, totals: Floats) -> None:
        """Add the products of eight channels to the totals. pair, row, column: where this lane's numbers begin."""
        few_weights = cuda.local.array(weights_of_a_thread, number)
        few_pixels = cuda.local.array(pixels_of_a_thread, number)
        zero = number(0)
        for i in range(down):
            for part in range(2):
                for e in range(4):
                    few_weights[i, part, e] = weights[part, 2 * pair + e // 2, row + i * ROWS + e % 2]
        for j in range(across):
            for part in range(2):
                for e in range(2):
                    few_pixels[part, e] = pixels[part, pair, column + j * COLUMNS, e]
            large_pixels, small_pixels = (few_pixels[0, 0], few_pixels[0, 1]), (few_pixels[1, 0], few_pixels[1, 1])
            for i in range(down):
                large = few_weights[i, 0, 0], few_weights[i, 0, 1], few_weights[i, 0, 2], few_weights[i, 0, 3]
                small = few_weights[i, 1, 0], few_weights[i, 1, 1], few_weights[i, 1, 2], few_weights[i, 1, 3]
                sums = mma(small, large_pixels, (zero, zero, zero, zero))
                sums = mma(large, small_pixels, sums)
                sums = mma(large, large_pixels, sums)
                for e in range(4):
                    totals[i, j, e] += sums[e]

    @cuda.jit(device=True)
    def definition(
        images: Floats,
        kernels: Floats,
        pixel: int,
        k: int,
        images_shape: Shape,
        kernels_shape: Shape,
        output_shape: Shape,
        stride: Size,
        padding: Size,
        dilation: Size,
        value: Float,
    ) -> np.float32:
        """Return one output without its bias, summed up as the first rung does."""
        _, channels, height, width = images_shape
        _, _, kernel_height, kernel_width = kernels_shape
        places, filled_filters = output_shape[2] * output_shape[3], cuda.gridDim.y * tile_filters
        filled_channels = (channels + depth - 1) // depth * depth
        n, place = pixel // places, pixel % places
        top = place // output_shape[3] * stride[0] - padding[0]
        left = place % output_shape[3] * stride[1] - padding[1]
        total = number(0)
        for r in range(kernel_height):
            for s in range(kernel_width):
                v, h = top + r * dilation[0], left + s * dilation[1]
                on_image = 0 <= v < height and 0 <= h < width
                for c in range(channels):
                    seen = value
                    if on_image:
                        seen = images[((n * channels + c) * height + v) * width + h]
                    total += seen * kernels[((r * kernel_width + s) * filled_channels + c) * filled_filters + k]
        return total

    @cuda.jit
    def convolve(
        images: Floats,
        kernels: Floats,
        bias: Floats,
        images_shape: Shape,
        kernels_shape: Shape,
        output_shape: Shape,
        stride: Size,
        padding: Size,
        dilation: Size,
        padding_value: Float,
        output: Floats,
    ) -> None:
        """Compute tile_filters x tile_pixels outputs per block, rows x columns of them per warp."""
        weights = cuda.shared.array(weight_parts, number)
        pixels = cuda.shared.array(pixel_parts, number)
        targets = cuda.shared.array(tile_pixels, int64)
        totals = cuda.local.array(totals_of_a_thread, number)
        next_weights = cuda.local.array(weight_loads, number)
        next_pixels = cuda.local.array(loads_of_a_thread, number)
        batch, channels, height, width = images_shape
        filters, _, kernel_height, kernel_width = kernels_shape
        _, _, output_height, output_width = output_shape
        places, plane = output_height * output_width, int32(height * width)
        filled_filters = cuda.gridDim.y * tile_filters

        # What this thread loads: weights of one filter, and values of one pixel, decoded here once and not at each step.
        thread = cuda.threadIdx.x
        weight_row, filter_in_tile = thread // tile_filters, thread % tile_filters
        pair_row, pixel_in_tile = thread // tile_pixels, thread % tile_pixels
        weight_at = int32(weight_row * filled_filters + cuda.blockIdx.y * tile_filters + filter_in_tile)
        pixel = cuda.blockIdx.x * tile_pixels + pixel_in_tile
        n, place = pixel // places, pixel % places
        top = place // output_width * stride[0] - padding[0]
        left = place % output_width * stride[1] - padding[1]
        start = int32(((n * channels + 2 * pair_row) * height + top) * width + left)
        targets[pixel_in_tile] = n * filters * places + place if n < batch else -1

        # What it computes, as its lane holds it: kernels/cuda/mma.py says where.
        warp, lane = thread // WARP, thread % WARP
        group, member = lane // 4, lane % 4
        row, column = warp // warps_across * rows + 2 * group, warp % warps_across * columns
        for i in range(down):
            for j in range(across):
                for e in range(4):
                    totals[i, j, e] = number(0)

        next_row, next_pair = int32(weight_rows * filled_filters), int32((2 * pair_rows - 1) * plane)
        next_channels = int32(depth * plane)
        r, s, first = 0, 0, 0
        pixel_at, on_image = start, n < batch and 0 <= top < height and 0 <= left < width
        steps = kernel_height * kernel_width * ((channels + depth - 1) // depth)
        for step in range(steps + 1):
            if step > 0:  # split and store what was fetched
                for i in range(weight_loads):
                    d = uint32(weight_row + i * weight_rows)
                    weights[0, d, filter_in_tile], weights[1, d, filter_in_tile] = split(next_weights[i])
                for i in range(pair_loads):
                    d = uint32(pair_row + i * pair_rows)
                    one, other = split(next_pixels[i, 0]), split(next_pixels[i, 1])
                    for part in range(2):
                        pixels[part, d, pixel_in_tile, 0] = one[part]
                        pixels[part, d, pixel_in_tile, 1] = other[part]
            cuda.syncthreads()  # nobody multiplies what is not stored yet
            if step < steps:  # fetch what comes next: tap (r, s) of the channels from first on
                for i in range(weight_loads):
                    next_weights[i] = kernels[uint32(weight_at)]
                    weight_at = int32(weight_at + next_row)
                at, left_over = pixel_at, int32(channels - first - 2 * pair_row)
                for i in range(pair_loads):
                    for e in range(2):
                        next_pixels[i, e] = number(0)
                        if int32(2 * i * pair_rows + e) < left_over:
                            next_pixels[i, e] = padding_value
                            if on_image:
                                next_pixels[i, e] = images[uint32(at)]
                        at = int32(at + (next_pair if e else plane))
                pixel_at = int32(pixel_at + next_channels)
                first += depth
                if first >= channels:  # on to the next tap
                    first = 0
                    s += 1
                    if s == kernel_width:
                        s = 0
                        r += 1
                    v, h = top + r * dilation[0], left + s * dilation[1]
                    pixel_at = int32(start + r * dilation[0] * width + s * dilation[1])
                    on_image = n < batch and 0 <= v < height and 0 <= h < width
            if step > 0:
                for pair in range(0, depth // 2, PAIRS):
                    multiply(weights, pixels, uint32(pair + member), uint32(row), uint32(column + group), totals)
            cuda.syncthreads()  # nobody overwrites what a neighbour still needs

        finite = True
        for j in range(2 * across):
            target = targets[column + j // 2 * COLUMNS + 2 * member + j % 2]
            if target >= 0:
                for i in range(2 * down):
                    k = cuda.blockIdx.y * tile_filters + row + i // 2 * ROWS + i % 2
                    if k < filters:
                        total = totals[i // 2, j // 2, i % 2 * 2 + j % 2] + bias[k]
                        output[target + k * places] = total
                        finite = finite and math.isfinite(total)
        if not finite:
            for j in range(2 * across):
                at = column + j // 2 * COLUMNS + 2 * member + j % 2
                pixel, target = cuda.blockIdx.x * tile_pixels + at, targets[at]
                for i in range(2 * down):
                    k = cuda.blockIdx.y * tile_filters + row + i // 2 * ROWS + i % 2
                    if target >= 0 and k < filters and not math.isfinite(output[target + k * places]):
                        output[target + k * places] = bias[k] + definition(
                            images, kernels, pixel, k, images_shape, kernels_shape, output_shape, stride, padding, dilation,
                            padding_value,
                        )  # fmt: skip

    return convolve
