"""The fourth rung: convolution as one product of matrices, whose second factor is never written down.

Idea: a convolution is the product [K, KH KW C] x [KH KW C, N OH OW]: a row of weights for each filter, a column of pixels
for each output. The columns would repeat a pixel up to KH KW times, so they are not stored: a block gathers just the part
that it multiplies. It computes a tile of filters x pixels outputs, in steps along the inner dimension: a step is one tap
of the kernels and `depth` channels. Each thread keeps rows x columns totals in registers. For each channel it reads
rows weights and columns pixels from shared memory, and multiplies each with each.

While one step is multiplied, the next is on its way from global memory into registers; then it goes into the other of two
buffers. So loading hides behind computing, and one barrier a step is enough.

Traffic, for each multiply-add: 1 / filters pixels and 1 / pixels weights from global memory, 1 / 16 byte with the largest
tile; 1 / rows + 1 / columns values from shared memory, one byte, four values at a time.
Limit: issuing instructions. Of those of a step 49, 56 or 66 %, by tile, are multiply-adds (compiled for Hopper); the others
fetch, store and compute addresses. In vain are multiply-adds for channels beyond a multiple of depth, filters beyond a
multiple of the tile, and the places left empty in the last wave of blocks.
"""

from collections.abc import Callable
from functools import lru_cache
from threading import get_ident
from typing import NamedTuple

from numba import int64, uint32, uint64

from kernels.cuda.device import cuda
from kernels.cuda.limits import MOST_BLOCKS, within_limits
from kernels.cuda.types import Kernel, cache
from kernels.shapes import Geometry
from kernels.types import DType, Float, Floats, Shape, Size


class Tile(NamedTuple):
    """What a block computes, filters x pixels, in steps of depth channels; and what a thread of it does, rows x columns.

    The number of threads must be a multiple of filters and of pixels, so that each thread loads for one of each.
    """

    filters: int
    pixels: int
    depth: int = 8
    rows: int = 8
    columns: int = 8

    @property
    def threads(self) -> tuple[int, int]:
        """How many threads share a tile: across its pixels, down its filters."""
        return self.pixels // self.columns, self.filters // self.rows

    @property
    def quads(self) -> tuple[tuple[int, int], tuple[int, int]]:
        """How many rows one wide read brings, and how far from it the thread's next ones lie; the same for columns.

        The rows and columns of neighbouring threads lie between, so that these read neighbouring quads.
        """
        (across, down), rows, columns = self.threads, min(4, self.rows), min(4, self.columns)
        return (rows, down * rows), (columns, across * columns)


TILES = (Tile(filters=64, pixels=64, columns=4), Tile(filters=64, pixels=128), Tile(filters=128, pixels=128))


def takes(images_shape: Shape, kernels_shape: Shape, geometry: Geometry, dtype: DType) -> bool:
    """Return whether there is one group, of float32, with no more filters than a grid has room for.

    Totals of float64 would not fit into the registers.
    """
    most_filters = MOST_BLOCKS[1] * TILES[0].filters
    return dtype.itemsize == 4 and images_shape[1] == kernels_shape[1] and kernels_shape[0] <= most_filters


def launch(
    images: Floats, kernels: Floats, bias: Floats, geometry: Geometry, padding_value: Float, output: Floats, tile: Tile
) -> None:
    """Start the convolution of arrays on the device: (N, C, H, W), (K, C, KH, KW), (K,) -> (N, K, OH, OW)."""
    weights = arranged(kernels, tile.filters, tile.depth)
    flat_images, flat_weights, flat_output = (array.reshape(array.size) for array in (images, weights, output))
    shapes = images.shape, kernels.shape, output.shape
    implicit_gemm(tile, output.dtype.type)[within_limits(blocks(output.shape, tile.filters, tile.pixels), tile.threads)](
        flat_images, flat_weights, bias, *shapes, *geometry, padding_value, flat_output
    )


def blocks(output_shape: Shape, tile_filters: int, tile_pixels: int) -> tuple[int, int]:
    """Return how many tiles cover (N, K, OH, OW): across its pixels, down its filters."""
    batch, filters, rows, columns = output_shape
    return -(-batch * rows * columns // tile_pixels), -(-filters // tile_filters)


def arranged(kernels: Floats, tile_filters: int, depth: int) -> Floats:
    """Return the weights (K, C, KH, KW) as (KH KW, C, K), both C and K filled up with zeros to whole tiles."""
    filters, channels, kernel_height, kernel_width = kernels.shape
    tiles_down, filled_channels = -(-filters // tile_filters), -(-channels // depth) * depth
    shape = kernel_height * kernel_width, filled_channels, tiles_down * tile_filters
    weights = memory(shape, kernels.dtype, cuda.get_current_device(), get_ident())
    arrange[within_limits((filled_channels, tiles_down), tile_filters)](kernels, weights)
    return weights


@lru_cache(maxsize=32)
def memory(shape: Shape, dtype: DType, device: object, thread: int) -> Floats:
    """Return memory to arrange weights in. It is kept: to free memory is to wait until the GPU has done all its work.

    Launches of one thread of the host run one after another, so that they can share it. Those of several threads mix: one
    may arrange its weights between another's arranging and convolving.
    """
    array: Floats = cuda.device_array(shape, dtype)
    return array


@cuda.jit
def arrange(kernels: Floats, weights: Floats) -> None:
    """Copy (K, C, KH, KW) to (KH KW, C, K), both K and C filled up with zeros to whole tiles.

    Threads that load weights of neighbouring filters then read neighbouring addresses, and none asks where the end is.
    """
    c, k = cuda.blockIdx.x, cuda.blockIdx.y * cuda.blockDim.x + cuda.threadIdx.x
    filters, channels, kernel_height, kernel_width = kernels.shape
    for r in range(kernel_height):
        for s in range(kernel_width):
            weights[r * kernel_width + s, c, k] = 0
            if c < channels and k < filters:
                weights[r * kernel_width + s, c, k] = kernels[k, c, r, s]


@cache
def products(tile: Tile, number: type) -> Callable[[Floats, Floats, int, int, int, Floats], None]:
    """Compile what adds the products of one channel, d in shared memory, to a thread's totals."""
    rows, columns = tile.rows, tile.columns
    (row_quad, far_rows), (column_quad, far_columns) = tile.quads

    @cuda.jit(device=True)
    def multiply_channel(weights: Floats, pixels: Floats, d: int, row: int, column: int, totals: Floats) -> None:
        """Multiply each of a thread's weights with each of its pixels."""
        few_weights = cuda.local.array(rows, number)
        few_pixels = cuda.local.array(columns, number)
        for i in range(rows):
            few_weights[i] = weights[d, row + i // row_quad * far_rows + i % row_quad]
        for j in range(columns):
            few_pixels[j] = pixels[d, column + j // column_quad * far_columns + j % column_quad]
        for i in range(rows):
            for j in range(columns):
                totals[i, j] += few_weights[i] * few_pixels[j]

    return multiply_channel


@cache
def implicit_gemm(tile: Tile, number: type) -> Kernel[...]:
    """Compile the rung for one tile; all sizes are its arguments.

    Indices that cannot be negative are marked as unsigned: the compiler then leaves out what would wrap negative ones
    around, and joins four neighbouring reads into one.
    """
    tile_filters, tile_pixels, depth, rows, columns = tile
    threads_across, threads_down = tile.threads
    threads = threads_across * threads_down
    weight_loads, pixel_loads = depth * tile_filters // threads, depth * tile_pixels // threads
    weight_rows, pixel_rows = threads // tile_filters, threads // tile_pixels  # that all threads load at once
    (row_quad, far_rows), (column_quad, far_columns) = tile.quads
    weight_buffers, pixel_buffers = (2 * depth, tile_filters), (2 * depth, tile_pixels)
    totals_of_a_thread = (rows, columns)

    multiply_channel = products(tile, number)

    @cuda.jit(device=True)
    def multiply(weights: Floats, pixels: Floats, buffer: int, row: int, column: int, totals: Floats) -> None:
        """Add the products of one step to the totals."""
        d = uint32(buffer)
        for _ in range(depth):
            multiply_channel(weights, pixels, d, row, column, totals)
            d += 1

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
        targets = cuda.shared.array(tile_pixels, int64)
        totals = cuda.local.array(totals_of_a_thread, number)
        next_weights = cuda.local.array(weight_loads, number)
        next_pixels = cuda.local.array(pixel_loads, number)
        few_targets = cuda.local.array(columns, int64)
        batch, channels, height, width = images_shape
        filters, _, kernel_height, kernel_width = kernels_shape
        _, _, output_height, output_width = output_shape
        places, plane, filled_filters = output_height * output_width, height * width, cuda.gridDim.y * tile_filters

        # What this thread loads: weights of one filter, and values of one pixel, decoded here once and not at each step.
        thread = cuda.threadIdx.y * threads_across + cuda.threadIdx.x
        weight_row, filter_in_tile = thread // tile_filters, thread % tile_filters
        pixel_row, pixel_in_tile = thread // tile_pixels, thread % tile_pixels
        weight_at = weight_row * filled_filters + cuda.blockIdx.y * tile_filters + filter_in_tile
        pixel = cuda.blockIdx.x * tile_pixels + pixel_in_tile
        n, place = pixel // places, pixel % places
        top = place // output_width * stride[0] - padding[0]
        left = place % output_width * stride[1] - padding[1]
        image = (n * channels + pixel_row) * plane
        targets[pixel_in_tile] = n * filters * places + place if n < batch else -1

        # What it computes: rows x columns outputs.
        row, column = uint32(cuda.threadIdx.y) * row_quad, uint32(cuda.threadIdx.x) * column_quad
        for i in range(rows):
            for j in range(columns):
                totals[i, j] = number(0)

        v, h, first = top, left, 0
        pixel_at, on_image = image + top * width + left, n < batch and 0 <= top < height and 0 <= left < width
        steps = kernel_height * kernel_width * ((channels + depth - 1) // depth)
        for step in range(steps + 1):
            if step < steps:  # fetch the pixels at (v, h), for a tap, of the channels from first on
                for i in range(weight_loads):
                    next_weights[i] = kernels[uint64(weight_at + i * weight_rows * filled_filters)]
                for i in range(pixel_loads):
                    next_pixels[i] = number(0)
                    if pixel_row + i * pixel_rows < channels - first:
                        next_pixels[i] = padding_value
                        if on_image:
                            next_pixels[i] = images[uint64(pixel_at + i * pixel_rows * plane)]
                weight_at += depth * filled_filters
                pixel_at += depth * plane
                first += depth
                if first >= channels:  # on to the next tap
                    first = 0
                    h += dilation[1]
                    if h == left + kernel_width * dilation[1]:
                        h = left
                        v += dilation[0]
                    pixel_at = image + v * width + h
                    on_image = n < batch and 0 <= v < height and 0 <= h < width
            if step > 0:  # multiply what was stored a step ago
                multiply(weights, pixels, ((step - 1) & 1) * depth, row, column, totals)
            if step < steps:  # store what was fetched
                buffer = (step & 1) * depth
                for i in range(weight_loads):
                    weights[uint32(buffer + weight_row + i * weight_rows), filter_in_tile] = next_weights[i]
                for i in range(pixel_loads):
                    pixels[uint32(buffer + pixel_row + i * pixel_rows), pixel_in_tile] = next_pixels[i]
            cuda.syncthreads()  # nobody multiplies what is not stored, nor stores what a neighbour still needs

        for j in range(columns):
            few_targets[j] = targets[column + j // column_quad * far_columns + j % column_quad]
        for i in range(rows):
            k = cuda.blockIdx.y * tile_filters + row + i // row_quad * far_rows + i % row_quad
            if k < filters:
                intercept = bias[k]
                for j in range(columns):
                    if few_targets[j] >= 0:
                        output[few_targets[j] + k * places] = totals[i, j] + intercept

    return convolve
