"""Gradients of convolution: what each pixel, weight and intercept changes about the loss."""

from numba import get_num_threads

from kernels.cpu.convolution import WORTH_THREADS
from kernels.cpu.image_gradient import image_gradient
from kernels.cpu.kernel_gradient import kernel_gradient


def conv2d_gradients(images, kernels, upstream, geometry, padding_value, for_images, for_kernels, for_bias):
    """Write the loss's gradients by images, kernels and bias, given upstream, the one by the output, (N, K, OH, OW)."""
    stride, padding, _ = geometry
    threads = get_num_threads() if upstream.size * kernels[0].size >= WORTH_THREADS else 1
    image_gradient(kernels, upstream, stride, padding, for_images, threads)
    kernel_gradient(images, upstream, stride, padding, padding_value, for_kernels, threads)
    upstream.reshape(*upstream.shape[:2], -1).sum(axis=2).sum(axis=0, out=for_bias)
