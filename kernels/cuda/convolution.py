"""Direct convolution: one thread per output.

Traffic: each output reads C KH KW values of the image and as many weights, two loads for each multiply-add. Neighbouring
threads read neighbouring pixels and the same weights, so caches serve most of them; still, loads and not arithmetic are
the limit.
"""

from kernels.cuda.device import THREADS, blocks, cuda


def conv2d(images, kernels, bias, stride, padding, padding_value, output):
    """Write the convolution of (N, C, H, W) with (K, C, KH, KW) to output, (N, K, OH, OW)."""
    result = cuda.device_array(output.shape, output.dtype)
    inputs = (cuda.to_device(array) for array in (images, kernels, bias))
    direct[blocks(output), THREADS](*inputs, *stride, *padding, padding_value, result)
    result.copy_to_host(output)


@cuda.jit
def direct(images, kernels, bias, down, right, padding_down, padding_right, padding_value, output):
    """Compute one output per thread: column and row from x and y, the feature map from z."""
    column, row, first = cuda.grid(3)
    batch, filters, rows, columns = output.shape
    if row >= rows or column >= columns:
        return
    _, channels, height, width = images.shape
    _, _, kernel_height, kernel_width = kernels.shape
    top, left = row * down - padding_down, column * right - padding_right
    for feature_map in range(first, batch * filters, cuda.gridDim.z):
        n, k = feature_map // filters, feature_map % filters
        total = bias[k]
        for c in range(channels):
            for r in range(kernel_height):
                for s in range(kernel_width):
                    v, h = top + r, left + s
                    value = padding_value
                    if 0 <= v < height and 0 <= h < width:
                        value = images[n, c, v, h]
                    total += value * kernels[k, c, r, s]
        output[n, k, row, column] = total
