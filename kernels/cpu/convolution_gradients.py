"""Gradients of convolution: what each pixel, weight and intercept changes about the loss."""

import numpy as np

from kernels import plain
from kernels.cpu.convolution import FIXED, WORTH_THREADS
from kernels.cpu.image_gradient import image_gradient
from kernels.cpu.kernel_gradient import kernel_gradient
from kernels.cpu.threads import shares_of


def conv2d_gradients(images, kernels, upstream, geometry, padding_value, for_images, for_kernels, for_bias):
    """Write the loss's gradients by images, kernels and bias, given upstream, the one by the output, (N, K, OH, OW)."""
    shares = shares_of(upstream.size * (kernels[0].size + FIXED), WORTH_THREADS)
    if np.isfinite(kernels).all():
        image_gradient(kernels, upstream, geometry, for_images, shares)
        kernel_gradient(images, upstream, geometry, padding_value, for_kernels, for_bias, shares)
    else:
        plain.conv2d_gradients(images, kernels, upstream, geometry, padding_value, for_images, for_kernels, for_bias)
