"""The second rung: a block of threads shares the pixels that its outputs have in common.

Idea: windows of neighbouring outputs overlap, so that a pixel is wanted up to KH KW times. A block computes a patch of
TILE x TILE outputs of one feature map. For each channel its threads first copy the pixels under the patch, with the rim
that the kernel reaches beyond it, into shared memory, each pixel once; then each thread slides its window over that copy.

Traffic, for each output and channel: ((TILE - 1) stride + KH) ((TILE - 1) stride + KW) / TILE^2 pixels from global memory
instead of KH KW: 1.3 instead of 9 for 3 x 3 kernels. The weights still come one by one, the same for the whole block.
Limit: shared memory is near, but not free. Each multiply-add still takes two loads, of a pixel and of a weight.
"""

from functools import cache

from kernels.cuda.device import MOST_BLOCKS_DEEP, SHARED_BYTES, cuda
from kernels.shapes import is_plain

TILE = 16


def takes(images_shape, kernels_shape, geometry, dtype) -> bool:
    """Tell whether the pixels under a patch fit into shared memory."""
    if not is_plain(images_shape, kernels_shape, geometry):
        return False
    height, width = stored(patch_under(TILE, kernels_shape[2:], geometry.stride))
    return height * width * dtype.itemsize <= SHARED_BYTES


def patch_under(tile: int, kernel: tuple[int, int], stride: tuple[int, int]) -> tuple[int, int]:
    """Return how many rows and columns of pixels lie under a patch of tile x tile outputs."""
    return (tile - 1) * stride[0] + kernel[0], (tile - 1) * stride[1] + kernel[1]


def stored(patch: tuple[int, int]) -> tuple[int, int]:
    """Return the patch with its rows filled up, so that each begins 16 banks of shared memory beyond the one above.

    A warp is two rows of 16 threads. Each row reads 16 neighbours; now the two halves meet in none of the 32 banks.
    """
    height, width = patch
    return height, width + (16 - width) % 32


def launch(images, kernels, bias, geometry, padding_value, output, tile=TILE):
    """Start the convolution of arrays on the device: (N, C, H, W), (K, C, KH, KW), (K,) -> (N, K, OH, OW)."""
    batch, filters, rows, columns = output.shape
    grid = -(-columns // tile), -(-rows // tile), min(batch * filters, MOST_BLOCKS_DEEP)
    tiled(tile, kernels.shape[2:], geometry.stride, output.dtype.type)[grid, (tile, tile)](
        images, kernels, bias, *geometry.padding, padding_value, output
    )


@cache
def tiled(tile, kernel, stride, number):
    """Compile the rung for one size of kernel and stride: constants let the compiler unroll the loops over the window."""
    (kernel_height, kernel_width), (down, right) = kernel, stride
    height_under, width_under = under = patch_under(tile, kernel, stride)
    in_shared_memory = stored(under)

    @cuda.jit
    def convolve(images, kernels, bias, padding_down, padding_right, padding_value, output):
        """Compute one output per thread; a block computes tile x tile of one feature map after another."""
        pixels = cuda.shared.array(in_shared_memory, number)
        x, y = cuda.threadIdx.x, cuda.threadIdx.y
        batch, filters, rows, columns = output.shape
        channels, height, width = images.shape[1], images.shape[2], images.shape[3]
        row, column = cuda.blockIdx.y * tile + y, cuda.blockIdx.x * tile + x
        top = cuda.blockIdx.y * tile * down - padding_down
        left = cuda.blockIdx.x * tile * right - padding_right
        for feature_map in range(cuda.blockIdx.z, batch * filters, cuda.gridDim.z):
            n, k = feature_map // filters, feature_map % filters
            total = bias[k]
            for c in range(channels):
                for v in range(y, height_under, tile):
                    for h in range(x, width_under, tile):
                        value = padding_value
                        if 0 <= top + v < height and 0 <= left + h < width:
                            value = images[n, c, top + v, left + h]
                        pixels[v, h] = value
                cuda.syncthreads()  # nobody slides over pixels that are not there yet
                for r in range(kernel_height):
                    for s in range(kernel_width):
                        total += pixels[y * down + r, x * right + s] * kernels[k, c, r, s]
                cuda.syncthreads()  # nobody overwrites pixels that a neighbour still needs
            if row < rows and column < columns:
                output[n, k, row, column] = total

    return convolve
