"""Part 1: convolution.

The lecture's convolution slides a kernel over an image and, at each place, sums the products of what lies on top of each
other. No flip. Use Python and NumPy; write the sliding yourself.

Stride and padding are an integer, or a pair (vertical, horizontal). Leave the inputs as they are: the caller needs them.
"""

import numpy as np


def output_size(size, kernel, stride=1, padding=0):
    """Return how many places a kernel takes along one axis.

    size: values along the axis. kernel: values that the kernel covers. stride: how far it moves each time. padding: values
    added on each of the two sides. A kernel that would stand over the edge takes no place.

    >>> output_size(4, 2, stride=2, padding=1)
    3
    """
    raise NotImplementedError


def conv2d(image, kernel, stride=1, padding=0, padding_value=0.0):
    """Convolve one image (H, W) with one kernel (KH, KW) and return the feature map, (OH, OW).

    The image is first surrounded by `padding` rows and columns on each side, filled with padding_value.

    >>> image = np.array([[1, 2, 3], [4, 5, 6], [7, 8, 9]])
    >>> conv2d(image, np.array([[1, 1], [0, 2]])).tolist()
    [[13.0, 17.0], [25.0, 29.0]]

    The first output is 1*1 + 2*1 + 4*0 + 5*2 = 13.
    """
    raise NotImplementedError


def conv2d_channels(images, kernels, bias=None, stride=1, padding=0):
    """Convolve a batch of images (N, C, H, W) with kernels (K, C, KH, KW) and return the feature maps, (N, K, OH, OW).

    Each kernel is as deep as an image has channels: the products of all channels are summed. bias: one number for each
    kernel, (K,), added to all of its outputs; None adds nothing. The padding is filled with zeros.

    >>> images = np.ones((1, 2, 3, 3))
    >>> kernels = np.ones((1, 2, 2, 2))
    >>> conv2d_channels(images, kernels, bias=np.array([0.5])).tolist()
    [[[[8.5, 8.5], [8.5, 8.5]]]]
    """
    raise NotImplementedError
