"""The third rung: a thread computes two places of many feature maps, in registers.

Idea: all kernels slide over the same pixels. A thread that computes two places of 16 feature maps fetches two pixels and
16 weights from shared memory, and multiplies each with each. The weights of one tap lie side by side; all threads of a warp
want the same ones, so that one wide read brings four of them to all. Up to four channels are copied at once, all that a
first layer has: there a block loads, waits once, and computes to the end.

Arrays are flat, and indices in shared memory have 32 bits: to find a value along four axes of 64 bits, with a check for
negative indices along each, takes more instructions than to multiply it 16 times.

Traffic, for each output and channel: pixels under the patch / (2 TILE^2 16) and KH KW / (2 TILE^2) weights from global
memory, 0.07 and 0.02 values for 3 x 3 kernels. From shared memory 1 / 2 + 1 / 16 values for each multiply-add, four weights
at a time.
Limit: instructions. From 34 to 57 % of them are multiply-adds; the others load, count and store. Best where channels
are few, as in a first layer; where they are many, each group of 16 feature maps copies all their pixels again.
"""

from math import prod

from numba import int32, uint32, uint64

from kernels.cuda.convolution.tiled import TILE, patch_under, stored_patch
from kernels.cuda.device import cuda
from kernels.cuda.grids import divide, grid, line_of_blocks
from kernels.cuda.limits import SHARED_BYTES, within_limits
from kernels.cuda.types import Kernel, cache
from kernels.shapes import Geometry
from kernels.types import DType, Float, Floats, Shape, Size

FILL = 4  # unused places behind the weights of a tap: then the taps of a filter, stored at once, meet in few banks
MOST_CHANNELS = 4  # copied at once


def takes(images_shape: Shape, kernels_shape: Shape, geometry: Geometry, dtype: DType) -> bool:
    """Return whether the numbers are float32, and pixels and weights of one channel fit into shared memory."""
    filters_of_group = kernels_shape[0] * kernels_shape[1] // images_shape[1]
    patch, per_thread = (2 * TILE, TILE), filters_per_thread(filters_of_group)
    return dtype.itemsize == 4 and shared_bytes(1, patch, per_thread, kernels_shape[2:], geometry) <= SHARED_BYTES


def shared_bytes(depth: int, patch: Size, per_thread: int, kernel: Shape, geometry: Geometry) -> int:
    """Return the bytes of the pixels under a patch and of the weights, both float32, of this many channels."""
    pixels = prod(stored_patch(patch_under(patch, kernel, geometry.stride, geometry.dilation)))
    return 4 * depth * (pixels + prod(kernel) * (per_thread + FILL))


def filters_per_thread(filters: int) -> int:
    """Return how many feature maps a thread computes: more of them share a pixel, but those beyond the last are wasted."""
    return 8 if filters <= 8 else 16


def launch(
    images: Floats,
    kernels: Floats,
    bias: Floats,
    geometry: Geometry,
    padding_value: Float,
    output: Floats,
    tile: int = TILE,
) -> None:
    """Start the convolution of arrays on the device: (N, C, H, W), (K, C / groups, KH, KW), (K,) -> (N, K, OH, OW)."""
    batch, filters, rows, columns = output.shape
    channels, kernel = kernels.shape[1], kernels.shape[2:]
    groups = images.shape[1] // channels
    filters_of_group = filters // groups
    patch, per_thread = (tile if rows <= tile else 2 * tile, tile), filters_per_thread(filters_of_group)
    fitting = (
        depth
        for depth in range(1, MOST_CHANNELS + 1)
        if channels % depth == 0 and shared_bytes(depth, patch, per_thread, kernel, geometry) <= SHARED_BYTES
    )
    convolve = blocked(max(fitting), patch, per_thread, kernel, geometry.stride, geometry.dilation, output.dtype.type)
    blocks = grid(batch * groups * -(-filters_of_group // per_thread) * -(-rows // patch[0]), -(-columns // tile))
    flat_images, flat_kernels, flat_output = (array.reshape(array.size) for array in (images, kernels, output))
    shapes = images.shape, kernels.shape, output.shape
    convolve[within_limits(blocks, (tile, tile))](
        flat_images, flat_kernels, bias, *shapes, groups, filters_of_group, geometry.padding, padding_value, flat_output
    )


@cache
def blocked(
    depth: int, patch: Size, per_thread: int, kernel: Shape, stride: Size, dilation: Size, number: type
) -> Kernel[...]:
    """Compile the rung for blocks that compute a patch of per_thread feature maps, and copy depth channels at once.

    Totals stay in registers, as all their indices are constants.
    """
    (patch_height, tile), (kernel_height, kernel_width) = patch, kernel
    (down, right), (apart_down, apart_right) = stride, dilation
    per_column = patch_height // tile  # places of a thread, tile rows apart
    height_under, width_under = under = patch_under(patch, kernel, stride, dilation)
    under_patch, taps, threads = height_under * width_under, depth * kernel_height * kernel_width, tile * tile
    row_of_pixels = stored_patch(under)[1]
    layer = height_under * row_of_pixels
    all_pixels, all_weights, all_totals = depth * layer, (taps, per_thread + FILL), (per_column, per_thread)

    @cuda.jit
    def convolve(
        images: Floats, kernels: Floats, bias: Floats, images_shape: Shape, kernels_shape: Shape, output_shape: Shape,
        groups: int, filters_of_group: int, padding: Size, padding_value: Float, output: Floats,
    ) -> None:  # fmt: skip
        """Compute per_column places of per_thread feature maps per thread; a block computes a patch of them."""
        pixels = cuda.shared.array(all_pixels, number)
        weights = cuda.shared.array(all_weights, number)
        totals = cuda.local.array(all_totals, number)
        few_weights = cuda.local.array(per_thread, number)
        x, y = cuda.threadIdx.x, cuda.threadIdx.y
        thread = uint32(y * tile + x)
        _, all_channels, height, width = images_shape
        filters, channels, _, _ = kernels_shape
        batch, _, rows, columns = output_shape

        # What this block computes: a patch of a few filters of one group, from the first of them on.
        bundle, patch_row = divide(line_of_blocks(), (rows + patch_height - 1) // patch_height)
        place, bundle = divide(bundle, (filters_of_group + per_thread - 1) // per_thread)
        n, group = divide(place, groups)
        if n >= batch:
            return
        first = group * filters_of_group + bundle * per_thread
        few = int32(filters_of_group - bundle * per_thread)
        row, column = patch_row * patch_height + y, cuda.blockIdx.x * tile + x
        top, left = int32(patch_row * patch_height * down - padding[0]), int32(cuda.blockIdx.x * tile * right - padding[1])
        for i in range(per_column):
            for f in range(per_thread):
                totals[i, f] = number(0)

        for c in range(0, channels, depth):
            start = (n * all_channels + group * channels + c) * height * width
            for i in range(0, under_patch, threads):
                item = uint32(thread + i)
                if item < under_patch:
                    v, h = item // width_under, item % width_under
                    row_under, column_under = int32(top + v), int32(left + h)
                    on_image = 0 <= row_under < int32(height) and 0 <= column_under < int32(width)
                    at, to = start + row_under * width + column_under, uint32(v * row_of_pixels + h)
                    for d in range(depth):
                        pixels[to + d * layer] = images[uint64(at)] if on_image else padding_value
                        at += height * width
            start = (first * channels + c) * kernel_height * kernel_width
            for i in range(0, taps * per_thread, threads):
                item = uint32(thread + i)
                if item < taps * per_thread:
                    f, tap = int32(item // taps), uint32(item % taps)  # neighbouring threads read neighbouring taps
                    at = start + f * channels * kernel_height * kernel_width + tap
                    weights[tap, f] = kernels[uint64(at)] if f < few else number(0)
            cuda.syncthreads()  # nobody multiplies what is not there yet
            tap = uint32(0)
            for d in range(depth):
                for r in range(kernel_height):
                    at = uint32(d * layer + (y * down + r * apart_down) * row_of_pixels + x * right)
                    for _ in range(kernel_width):
                        for f in range(per_thread):
                            few_weights[f] = weights[tap, f]
                        for i in range(per_column):
                            pixel = pixels[at + i * tile * down * row_of_pixels]
                            for f in range(per_thread):
                                totals[i, f] += pixel * few_weights[f]
                        at, tap = uint32(at + apart_right), uint32(tap + 1)
            cuda.syncthreads()  # nobody overwrites what a neighbour still needs

        at = ((n * filters + first) * rows + row) * columns + column
        for f in range(per_thread):
            if f < few and column < columns:
                intercept = bias[uint64(first + f)]
                for i in range(per_column):
                    if row + i * tile < rows:
                        output[uint64(at + i * tile * columns)] = totals[i, f] + intercept
            at += rows * columns

    return convolve
