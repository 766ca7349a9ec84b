"""The first rung: one thread per output, straight from the definition.

Idea: a thread walks over its receptive field and sums. Neighbouring threads have neighbouring columns, so that the 32
threads of a warp read neighbouring pixels at once, and all of them the same weight.

Traffic: C KH KW pixels and as many weights read from global memory for each output: 8 bytes for each multiply-add.
Limit: loading. Caches serve nearly all of it, since neighbours read the same pixels, but two loads and the arithmetic of
their addresses go with every multiply-add.
"""

from kernels.cuda.device import THREADS, blocks, cuda


def takes(images_shape, kernels_shape, geometry, dtype) -> bool:
    """Tell that this rung computes any convolution."""
    return True


def launch(images, kernels, bias, geometry, padding_value, output):
    """Start the convolution of arrays on the device: (N, C, H, W), (K, C, KH, KW), (K,) -> (N, K, OH, OW)."""
    direct[blocks(output), THREADS](images, kernels, bias, *geometry, padding_value, output)


@cuda.jit
def direct(images, kernels, bias, stride, padding, dilation, padding_value, output):
    """Compute one output per thread: column and row from x and y, the feature map from z."""
    column, row, first = cuda.grid(3)
    batch, filters, rows, columns = output.shape
    if row >= rows or column >= columns:
        return
    _, all_channels, height, width = images.shape
    _, channels, kernel_height, kernel_width = kernels.shape
    filters_of_group = filters // (all_channels // channels)
    top, left = row * stride[0] - padding[0], column * stride[1] - padding[1]
    for feature_map in range(first, batch * filters, cuda.gridDim.z):
        n, k = feature_map // filters, feature_map % filters
        first_channel = k // filters_of_group * channels
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
