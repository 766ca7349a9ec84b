"""Gradients of convolution: how each pixel, weight and intercept changes the loss."""

import numpy as np

from kernels import numpy_backend
from kernels.cpu import winograd, winograd_gradient
from kernels.cpu.convolution import FIXED, WORTH_THREADS
from kernels.cpu.image_gradient import image_gradient
from kernels.cpu.kernel_gradient import kernel_gradient
from kernels.cpu.threads import shares_of
from kernels.shapes import Geometry
from kernels.types import Float, Floats


def conv2d_gradients(
    images: Floats,
    kernels: Floats,
    upstream: Floats,
    geometry: Geometry,
    padding_value: Float,
    for_images: Floats,
    for_kernels: Floats,
    for_bias: Floats,
) -> None:
    """Write the loss's gradients by images, kernels and bias, given upstream, the one by the output, (N, K, OH, OW)."""
    shares = shares_of(upstream.size * (kernels[0].size + FIXED), WORTH_THREADS)
    if np.isfinite(kernels).all():
        image_gradient(kernels, upstream, geometry, for_images, shares)
        arguments = images, upstream, geometry, padding_value, for_kernels, for_bias, shares
        fits = winograd.fits(images, kernels, geometry, upstream)
        if not (fits and winograd_gradient.kernel_gradient(*arguments)):
            kernel_gradient(*arguments)
    else:
        numpy_backend.conv2d_gradients(
            images, kernels, upstream, geometry, padding_value, for_images, for_kernels, for_bias
        )
