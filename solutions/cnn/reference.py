"""What decides about each function of the homework: the reference kernels, in float64."""

from math import prod

import kernels
import misconceptions
from autograder.authoring import reference, sums_in_float32


def _sums_of_products(images, kernel, padding_value, sums):
    """Return the tolerance of a convolution. sums: computes it."""
    images, kernel = abs(images), abs(kernel)
    terms, weight = prod(kernel.shape[-3:]), kernel.sum(axis=tuple(range(kernel.ndim)[-3:])).max()
    return sums_in_float32(terms, sums(images, kernel), max(images.max(), abs(padding_value)) * weight)


def _of_conv2d(image, kernel, stride=1, padding=0, padding_value=0.0):
    def sums(image, kernel):
        return kernels.conv2d(image, kernel, None, stride, padding, abs(padding_value), "numpy")

    return _sums_of_products(image, kernel, padding_value, sums)


def _of_channels(images, kernel, bias=None, stride=1, padding=0):
    def sums(images, kernel):
        return kernels.conv2d(images, kernel, None if bias is None else abs(bias), stride, padding, 0.0, "numpy")

    return _sums_of_products(images, kernel, 0.0, sums)


def _of_pool2d(images, size=2, stride=None, mode="max"):
    """What is not exact is an average, and so a sum."""
    if kernels.POOLINGS[mode].exact:
        return 0.0
    terms, magnitude = prod(kernels.pair(size, "size", 1)), abs(images)
    return sums_in_float32(terms, kernels.pool2d(magnitude, size, stride, mode, "numpy"), magnitude.max())


@reference(tolerance=_of_conv2d, in_float64=True, misconceptions=misconceptions.in_programs("conv2d"))
def conv2d(image, kernel, stride=1, padding=0, padding_value=0.0, *, backend="numpy"):
    return kernels.conv2d(image, kernel, None, stride, padding, padding_value, backend)


@reference(tolerance=_of_channels, in_float64=True, misconceptions=misconceptions.in_programs("conv2d_channels"))
def conv2d_channels(images, kernel, bias=None, stride=1, padding=0, *, backend="numpy"):
    return kernels.conv2d(images, kernel, bias, stride, padding, 0.0, backend)


@reference(tolerance=_of_pool2d, in_float64=True, misconceptions=misconceptions.in_programs("pool2d"))
def pool2d(images, size=2, stride=None, mode="max", *, backend="numpy"):
    return kernels.pool2d(images, size, stride, mode, backend)


output_size = reference(misconceptions=misconceptions.in_programs("output_size"))(kernels.output_size)
count_dense = reference(misconceptions=misconceptions.in_programs("count_dense"))(kernels.count_dense)
count_conv = reference(misconceptions=misconceptions.in_programs("count_conv"))(kernels.count_conv)
count_network = reference(misconceptions=misconceptions.in_programs("count_network"))(kernels.count_network)
