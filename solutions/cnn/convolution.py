"""Part 1: convolution.

The lecture's convolution slides a kernel over an image. At each position, it multiplies the numbers that lie on top of each
other and sums the products. No flip. Use Python and NumPy, and implement the sliding window yourself.

Stride and padding are each an integer or a tuple (vertical, horizontal); an integer may be Python's or an np.int64. Arrays
hold booleans, integers or floats of any size, such as the bytes of a photo. Compute in float64, image.astype(float), or
sums of bytes overflow; and collect the outputs in an array of float64, np.zeros(shape): one of integers cuts off decimals.
Leave the inputs as they are: the caller still needs them.
"""

import numpy as np


def output_size(size, kernel, stride=1, padding=0):
    """Return how many positions a kernel can occupy along one axis, an integer.

    size: values along the axis. kernel: values that the kernel covers. stride: how far it moves each time. padding: values
    added on each side. Positions past the edge don't count: a kernel that is larger than the padded axis has 0.

    >>> output_size(4, 2, stride=2, padding=1)
    3
    >>> output_size(3, 5)
    0
    """
    # BEGIN SOLUTION
    free = size + 2 * padding - kernel
    return free // stride + 1 if free >= 0 else 0
    # END SOLUTION


def conv2d(image, kernel, stride=1, padding=0, padding_value=0.0):
    """Convolve one image (H, W) with one kernel (KH, KW) and return the feature map, an array (OH, OW).

    The image is first surrounded by `padding` rows and columns on each side, filled with padding_value, any number. The
    kernel always fits at least once.

    >>> image = np.array([[1, 2, 3], [4, 5, 6], [7, 8, 9]])
    >>> conv2d(image, np.array([[1, 1], [0, 2]])).tolist()
    [[13.0, 17.0], [25.0, 29.0]]

    The first output is 1*1 + 2*1 + 4*0 + 5*2 = 13.
    """
    # BEGIN SOLUTION
    (down, right), (above, beside) = _pair(stride), _pair(padding)
    height, width = kernel.shape
    padded = np.pad(image.astype(float), ((above, above), (beside, beside)), constant_values=padding_value)
    rows = output_size(image.shape[0], height, down, above)
    columns = output_size(image.shape[1], width, right, beside)
    feature_map = np.zeros((rows, columns))
    for row in range(rows):
        for column in range(columns):
            window = padded[row * down : row * down + height, column * right : column * right + width]
            feature_map[row, column] = (window * kernel).sum()
    return feature_map
    # END SOLUTION


def conv2d_channels(images, kernels, bias=None, stride=1, padding=0):
    """Convolve a batch of images (N, C, H, W) with kernels (K, C, KH, KW) and return the feature maps, (N, K, OH, OW).

    Each kernel has as many channels as an image: the products of all channels are summed. bias: one number for each kernel,
    (K,), added to all of its outputs; None adds nothing. The padding is filled with zeros. The kernels always fit at least
    once.

    >>> images = np.ones((1, 2, 3, 3))
    >>> kernels = np.ones((1, 2, 2, 2))
    >>> conv2d_channels(images, kernels, bias=np.array([0.5])).tolist()
    [[[[8.5, 8.5], [8.5, 8.5]]]]
    """
    # BEGIN SOLUTION
    feature_maps = [
        [sum(conv2d(image[c], kernel[c], stride, padding) for c in range(len(kernel))) for kernel in kernels]
        for image in images
    ]
    if bias is None:
        return np.array(feature_maps)
    return np.array(feature_maps) + bias[:, None, None]
    # END SOLUTION


# BEGIN SOLUTION
def _pair(value):
    return value if isinstance(value, tuple) else (value, value)


# END SOLUTION
