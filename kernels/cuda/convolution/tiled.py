"""The second rung: a block of threads shares the pixels that its outputs have in common.

Idea: windows of neighbouring outputs overlap, so that a pixel is wanted up to KH KW times. A block computes a patch of
TILE x TILE outputs of one feature map. For each channel its threads first copy the pixels under the patch, with the rim
that the kernel reaches beyond it, into shared memory, each pixel once; then each thread slides its window over that copy.

Traffic, for each output and channel: ((TILE - 1) stride + KH) ((TILE - 1) stride + KW) / TILE^2 pixels from global memory
instead of KH KW: 1.3 instead of 9 for 3 x 3 kernels. The weights still come one by one, the same for the whole block.
Limit: shared memory is near, but not free. Each multiply-add still takes two loads, of a pixel and of a weight.
"""

from math import prod

from kernels.cuda.device import cuda
from kernels.cuda.grids import divide, grid, line_of_blocks
from kernels.cuda.limits import SHARED_BYTES, within_limits
from kernels.cuda.types import Kernel, cache
from kernels.shapes import Geometry, reach
from kernels.types import DType, Float, Floats, Shape, Size

TILE = 16


def takes(images_shape: Shape, kernels_shape: Shape, geometry: Geometry, dtype: DType) -> bool:
    """Return whether the pixels under a patch fit into shared memory."""
    pixels = prod(stored_patch(patch_under((TILE, TILE), kernels_shape[2:], geometry.stride, geometry.dilation)))
    return pixels * dtype.itemsize <= SHARED_BYTES


def patch_under(patch: Size, kernel: Shape, stride: Size, dilation: Size) -> Size:
    """Return how many rows and columns of pixels are under a patch of outputs with these rows and columns."""
    rows, columns = map(reach, kernel, dilation)
    return (patch[0] - 1) * stride[0] + rows, (patch[1] - 1) * stride[1] + columns


def stored_patch(patch: Size) -> Size:
    """Return the patch with its rows filled up, so that each begins 16 banks of shared memory beyond the one above.

    A warp is two rows of 16 threads. Each row reads 16 neighbours; now the two halves meet in none of the 32 banks.
    """
    height, width = patch
    return height, width + (16 - width) % 32


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
    blocks = grid(batch * filters * -(-rows // tile), -(-columns // tile))
    tiled(tile, kernels.shape[2:], geometry.stride, geometry.dilation, output.dtype.type)[
        within_limits(blocks, (tile, tile))
    ](images, kernels, bias, *geometry.padding, padding_value, output)


@cache
def tiled(tile: int, kernel: Shape, stride: Size, dilation: Size, number: type) -> Kernel[...]:
    """Compile the rung for one size, stride and dilation: constants let the compiler unroll the loops over the window."""
    (kernel_height, kernel_width), (down, right), (apart_down, apart_right) = kernel, stride, dilation
    height_under, width_under = under = patch_under((tile, tile), kernel, stride, dilation)
    in_shared_memory = stored_patch(under)

    @cuda.jit
    def convolve(
        images: Floats,
        kernels: Floats,
        bias: Floats,
        padding_down: int,
        padding_right: int,
        padding_value: Float,
        output: Floats,
    ) -> None:
        """Compute one output per thread; a block computes tile x tile of one feature map."""
        pixels = cuda.shared.array(in_shared_memory, number)
        x, y = cuda.threadIdx.x, cuda.threadIdx.y
        batch, filters, rows, columns = output.shape
        _, all_channels, height, width = images.shape
        channels = kernels.shape[1]
        feature_map, tile_row = divide(line_of_blocks(), (rows + tile - 1) // tile)
        if feature_map >= batch * filters:
            return
        n, k = feature_map // filters, feature_map % filters
        first_channel = k // (filters // (all_channels // channels)) * channels  # of the group that k belongs to
        row, column = tile_row * tile + y, cuda.blockIdx.x * tile + x
        top = tile_row * tile * down - padding_down
        left = cuda.blockIdx.x * tile * right - padding_right
        total = bias[k]
        for c in range(channels):
            for v in range(y, height_under, tile):
                for h in range(x, width_under, tile):
                    value = padding_value
                    if 0 <= top + v < height and 0 <= left + h < width:
                        value = images[n, first_channel + c, top + v, left + h]
                    pixels[v, h] = value
            cuda.syncthreads()  # nobody slides over pixels that are not there yet
            for r in range(kernel_height):
                for s in range(kernel_width):
                    total += pixels[y * down + r * apart_down, x * right + s * apart_right] * kernels[k, c, r, s]
            cuda.syncthreads()  # nobody overwrites pixels that a neighbour still needs
        if row < rows and column < columns:
            output[n, k, row, column] = total

    return convolve
