"""The first rung: one thread per output, straight from the definition.

Idea: a thread walks over its receptive field and sums. Neighbouring threads have neighbouring columns, so that the 32
threads of a warp read neighbouring pixels at once, and all of them the same weight.

Traffic: C KH KW pixels and as many weights read from global memory for each output: 8 bytes for each multiply-add.
Limit: loading. Caches serve nearly all of it, since neighbours read the same pixels, but two loads and the arithmetic of
their addresses go with every multiply-add.
"""

from kernels.cuda.device import cuda
from kernels.cuda.grids import fit, here
from kernels.cuda.limits import within_limits
from kernels.shapes import Geometry
from kernels.types import DType, Float, Floats, Shape, Size


def takes(images_shape: Shape, kernels_shape: Shape, geometry: Geometry, dtype: DType) -> bool:
    """Return True: this rung computes any convolution."""
    return True


def launch(images: Floats, kernels: Floats, bias: Floats, geometry: Geometry, padding_value: Float, output: Floats) -> None:
    """Start the convolution of arrays on the device: (N, C, H, W), (K, C / groups, KH, KW), (K,) -> (N, K, OH, OW)."""
    batch, filters, rows, columns = output.shape
    blocks, threads = fit(batch * filters, rows, columns)
    direct[within_limits(blocks, threads)](images, kernels, bias, *geometry, padding_value, output)


@cuda.jit
def direct(
    images: Floats,
    kernels: Floats,
    bias: Floats,
    stride: Size,
    padding: Size,
    dilation: Size,
    padding_value: Float,
    output: Floats,
) -> None:
    """Compute one output per thread: a column and a row of a feature map."""
    batch, filters, rows, columns = output.shape
    feature_map, row, column = here(rows)
    if feature_map >= batch * filters or column >= columns:
        return
    _, all_channels, height, width = images.shape
    _, channels, kernel_height, kernel_width = kernels.shape
    n, k = feature_map // filters, feature_map % filters
    first_channel = k // (filters // (all_channels // channels)) * channels  # of the group that k belongs to
    top, left = row * stride[0] - padding[0], column * stride[1] - padding[1]
    total = bias[k]
    for c in range(channels):
        for r in range(kernel_height):
            for s in range(kernel_width):
                v, h = top + r * dilation[0], left + s * dilation[1]
                value = padding_value
                if 0 <= v < height and 0 <= h < width:
                    value = images[n, first_channel + c, v, h]
                total += value * kernels[k, c, r, s]
    output[n, k, row, column] = total
