"""The fifth rung: implicit GEMM that copies the next step straight into shared memory while it multiplies this one.

Idea: in the fourth rung, a thread fetches pixels and weights into registers, multiplies, and then stores what it fetched in
shared memory. GPUs since Ampere copy from global to shared memory by themselves: a thread starts the copies, multiplies,
and waits for them at the next barrier. That saves registers and instructions. What lies in the padding comes from nowhere,
and is stored by hand.

With registers to spare, a step is twice as deep, and its loop is written out; weights come four at a time; and indices have
32 bits, which is what a GPU computes with. So fewer instructions go with each multiply-add.

Traffic: that of implicit_gemm.
Limit: issuing instructions, still. Of those of a step 71, 78 or 82 %, by tile, are multiply-adds (compiled for Hopper; what
only pixels in the padding need is counted). Most of the others read shared memory, copy and compute addresses. In vain are
multiply-adds as in implicit_gemm, beyond a multiple of a depth that is now twice as large.
"""

from collections.abc import Callable
from math import prod

from numba import int32, uint32, uint64

from kernels.cuda.convolution import implicit_gemm
from kernels.cuda.convolution.implicit_gemm import Tile
from kernels.cuda.device import capability, cuda
from kernels.cuda.limits import within_limits
from kernels.cuda.ptx import copy4, copy16, wait
from kernels.cuda.types import Kernel, cache
from kernels.shapes import Geometry, feature_map_size
from kernels.types import DType, Float, Floats, Shape, Size

TILES = tuple(tile._replace(depth=16) for tile in implicit_gemm.TILES)
QUAD = 4  # weights that one instruction copies
MOST = 2**31  # numbers in an array whose indices have 32 bits
NOWHERE = uint32(2**32 - 1)


def takes(images_shape: Shape, kernels_shape: Shape, geometry: Geometry, dtype: DType) -> bool:
    """Return whether implicit_gemm takes them, the GPU copies by itself, and 32 bits count the numbers of each array."""
    filters, channels, kernel_height, kernel_width = kernels_shape
    largest = TILES[-1]
    filled = kernel_height * kernel_width * (channels + largest.depth - 1) * (filters + largest.filters - 1)
    size = feature_map_size(images_shape[2:], kernels_shape[2:], geometry)
    return (
        implicit_gemm.takes(images_shape, kernels_shape, geometry, dtype)
        and capability() >= (8, 0)
        and max(filled, prod(images_shape), images_shape[0] * filters * prod(size)) < MOST
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
    pipelined(tile, output.dtype.type)[within_limits(blocks, tile.threads)](
        flat_images, flat_weights, bias, *shapes, *geometry, padding_value, flat_output
    )


@cache
def pipelined(tile: Tile, number: type) -> Kernel[...]:
    """Compile the rung for one tile; all sizes are its arguments.

    The number of threads must be a multiple of pixels and of filters / 4, and divide depth x filters / 4, so that all copy
    as much. What the loop changes is cut to 32 bits: Numba computes with 64.
    """
    tile_filters, tile_pixels, depth, rows, columns = tile
    threads_across, threads_down = tile.threads
    threads, quads = threads_across * threads_down, tile_filters // QUAD
    weight_rows, pixel_rows = threads // quads, threads // tile_pixels  # that all threads copy at once
    weight_copies, pixel_copies = depth // weight_rows, depth // pixel_rows
    (row_quad, far_rows), (column_quad, far_columns) = tile.quads
    weight_buffers, pixel_buffers = (2 * depth, tile_filters), (2 * depth, tile_pixels)
    totals_of_a_thread = (rows, columns)

    def written_out(channels: int) -> Callable[[Floats, Floats, int, int, int, Floats], None]:
        """Return what multiplies so many channels, a power of two: calls, since no compiler unrolls so long a loop."""
        if channels == 1:
            return implicit_gemm.products(tile, number)
        half, rest = written_out(channels // 2), uint32(channels // 2)

        @cuda.jit(device=True)
        def both_halves(weights: Floats, pixels: Floats, d: int, row: int, column: int, totals: Floats) -> None:
            half(weights, pixels, d, row, column, totals)
            half(weights, pixels, d + rest, row, column, totals)

        return both_halves

    multiply_step = written_out(depth)

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
        """Compute tile_filters x tile_pixels outputs per block, rows x columns of them per thread."""
        weights = cuda.shared.array(weight_buffers, number)
        pixels = cuda.shared.array(pixel_buffers, number)
        totals = cuda.local.array(totals_of_a_thread, number)
        targets = cuda.local.array(columns, uint32)
        batch, channels, height, width = images_shape
        filters, _, kernel_height, kernel_width = kernels_shape
        _, _, output_height, output_width = output_shape
        places, plane, filled_filters = uint32(output_height * output_width), height * width, cuda.gridDim.y * tile_filters

        # What this thread copies: a quad of weights, and values of one pixel.
        thread = cuda.threadIdx.y * threads_across + cuda.threadIdx.x
        weight_row, quad = thread // quads, thread % quads * QUAD
        pixel_row, pixel_in_tile = thread // tile_pixels, thread % tile_pixels
        weight_at = int32(weight_row * filled_filters + cuda.blockIdx.y * tile_filters + quad)
        pixel = uint32(cuda.blockIdx.x * tile_pixels + pixel_in_tile)
        n, place = int32(pixel // places), int32(pixel % places)
        top = int32(place // int32(output_width) * stride[0] - padding[0])
        left = int32(place % int32(output_width) * stride[1] - padding[1])
        image = int32((n * channels + pixel_row) * plane)

        # What it computes: rows x columns outputs.
        row, column = uint32(cuda.threadIdx.y) * row_quad, uint32(cuda.threadIdx.x) * column_quad
        for i in range(rows):
            for j in range(columns):
                totals[i, j] = number(0)

        v, h, first = top, left, int32(0)
        pixel_at, on_image = int32(image + top * width + left), n < batch and 0 <= top < height and 0 <= left < width
        steps = kernel_height * kernel_width * ((channels + depth - 1) // depth)
        for step in range(steps + 1):
            wait()
            cuda.syncthreads()  # all copies are there for all threads, and nobody needs the other buffer any more
            if step < steps:  # start to copy the pixels at (v, h), for a tap, of the channels from first on
                buffer, left_over = (step & 1) * depth, int32(channels - first - pixel_row)
                for i in range(weight_copies):
                    there = uint32(buffer + weight_row + i * weight_rows), uint32(quad)
                    copy16(weights, there, kernels, int32(weight_at + i * weight_rows * filled_filters))
                if on_image:
                    for i in range(pixel_copies):
                        there = uint32(buffer + pixel_row + i * pixel_rows), uint32(pixel_in_tile)
                        at = int32(pixel_at + i * pixel_rows * plane)
                        copy4(pixels, there, images, at, i * pixel_rows < left_over)
                else:
                    for i in range(pixel_copies):
                        value = padding_value if i * pixel_rows < left_over else number(0)
                        pixels[uint64(buffer + pixel_row + i * pixel_rows), uint64(pixel_in_tile)] = value
                weight_at = int32(weight_at + depth * filled_filters)
                pixel_at = int32(pixel_at + depth * plane)
                first = int32(first + depth)
                if first >= channels:  # on to the next tap
                    first = int32(0)
                    h = int32(h + dilation[1])
                    if h == int32(left + kernel_width * dilation[1]):
                        h = left
                        v = int32(v + dilation[0])
                    pixel_at = int32(image + v * width + h)
                    on_image = n < batch and 0 <= v < height and 0 <= h < width
            if step > 0:  # multiply what was copied a step ago
                multiply_step(weights, pixels, uint32(((step - 1) & 1) * depth), row, column, totals)

        for j in range(columns):
            pixel = uint32(cuda.blockIdx.x * tile_pixels + column + j // column_quad * far_columns + j % column_quad)
            n = int32(pixel // places)  # signed, or to compare it with the batch takes float64
            targets[j] = n * filters * places + pixel % places if n < batch else NOWHERE
        for i in range(rows):
            k = uint32(cuda.blockIdx.y * tile_filters + row + i // row_quad * far_rows + i % row_quad)
            if k < filters:
                intercept = bias[k]
                for j in range(columns):
                    if targets[j] != NOWHERE:
                        output[uint32(targets[j] + k * places)] = totals[i, j] + intercept

    return convolve
