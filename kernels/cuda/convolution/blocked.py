"""The third rung: a thread computes one place of many feature maps, in registers.

Idea: all kernels slide over the same pixels. A thread that computes one place of 16 feature maps fetches a pixel from
shared memory once, and multiplies it by 16 weights. These lie in shared memory too, those of one tap side by side. All
threads of a warp want the same ones, so that one wide read brings four weights to all of them.

Traffic, for each output and channel: pixels under the patch / (TILE^2 16) and KH KW / TILE^2 weights from global memory,
0.08 and 0.04 values for 3 x 3 kernels. From shared memory 1 / 16 + 1 / 4 reads for each multiply-add.
Limit: a block loads, then computes, then loads again, and each group of 16 feature maps copies the pixels anew. Best where
channels are few, as in a first layer: there memory is the limit, not arithmetic.
"""

from functools import cache

from kernels.cuda.convolution.tiled import TILE, patch_under, stored
from kernels.cuda.device import MOST_BLOCKS_DEEP, SHARED_BYTES, cuda
from kernels.shapes import is_plain

FILL = 4  # unused places behind the weights of a tap: then the taps of a filter, stored at once, meet in few banks


def takes(images_shape, kernels_shape, geometry, dtype) -> bool:
    """Tell whether the numbers are float32, and pixels and weights of one channel fit into shared memory."""
    if not is_plain(images_shape, kernels_shape, geometry):
        return False
    height, width = stored(patch_under(TILE, kernels_shape[2:], geometry.stride))
    weights = kernels_shape[2] * kernels_shape[3] * (filters_per_thread(kernels_shape[0]) + FILL)
    return dtype.itemsize == 4 and (height * width + weights) * dtype.itemsize <= SHARED_BYTES


def filters_per_thread(filters: int) -> int:
    """Return how many feature maps a thread computes: more of them share a pixel, but those beyond the last are in vain."""
    return 8 if filters <= 8 else 16


def launch(images, kernels, bias, geometry, padding_value, output, tile=TILE):
    """Start the convolution of arrays on the device: (N, C, H, W), (K, C, KH, KW), (K,) -> (N, K, OH, OW)."""
    batch, filters, rows, columns = output.shape
    per_thread = filters_per_thread(filters)
    grid = -(-columns // tile), -(-rows // tile), min(batch * -(-filters // per_thread), MOST_BLOCKS_DEEP)
    blocked(tile, per_thread, kernels.shape[2:], geometry.stride, output.dtype.type)[grid, (tile, tile)](
        images, kernels, bias, *geometry.padding, padding_value, output
    )


@cache
def blocked(tile, per_thread, kernel, stride, number):
    """Compile the rung for one size of kernel and stride; totals stay in registers, as all their indices are constants."""
    (kernel_height, kernel_width), (down, right) = kernel, stride
    height_under, width_under = under = patch_under(tile, kernel, stride)
    in_shared_memory = stored(under)
    taps = kernel_height * kernel_width
    window = (taps, per_thread + FILL)
    threads = tile * tile

    @cuda.jit
    def convolve(images, kernels, bias, padding_down, padding_right, padding_value, output):
        """Compute one output of per_thread feature maps per thread; a block computes tile x tile of them."""
        pixels = cuda.shared.array(in_shared_memory, number)
        weights = cuda.shared.array(window, number)
        totals = cuda.local.array(per_thread, number)
        x, y = cuda.threadIdx.x, cuda.threadIdx.y
        batch, filters, rows, columns = output.shape
        channels, height, width = images.shape[1], images.shape[2], images.shape[3]
        row, column = cuda.blockIdx.y * tile + y, cuda.blockIdx.x * tile + x
        top = cuda.blockIdx.y * tile * down - padding_down
        left = cuda.blockIdx.x * tile * right - padding_right
        groups = (filters + per_thread - 1) // per_thread
        for group in range(cuda.blockIdx.z, batch * groups, cuda.gridDim.z):
            n, first = group // groups, group % groups * per_thread
            for f in range(per_thread):
                totals[f] = number(0)
            for c in range(channels):
                for v in range(y, height_under, tile):
                    for h in range(x, width_under, tile):
                        value = padding_value
                        if 0 <= top + v < height and 0 <= left + h < width:
                            value = images[n, c, top + v, left + h]
                        pixels[v, h] = value
                for item in range(y * tile + x, taps * per_thread, threads):
                    f, tap = item // taps, item % taps  # neighbouring threads read neighbouring taps
                    weight = number(0)
                    if first + f < filters:
                        weight = kernels[first + f, c, tap // kernel_width, tap % kernel_width]
                    weights[tap, f] = weight
                cuda.syncthreads()  # nobody multiplies what is not there yet
                for r in range(kernel_height):
                    for s in range(kernel_width):
                        pixel = pixels[y * down + r, x * right + s]
                        for f in range(per_thread):
                            totals[f] += pixel * weights[r * kernel_width + s, f]
                cuda.syncthreads()  # nobody overwrites what a neighbour still needs
            if row < rows and column < columns:
                for f in range(per_thread):
                    if first + f < filters:
                        output[n, first + f, row, column] = totals[f] + bias[first + f]

    return convolve
