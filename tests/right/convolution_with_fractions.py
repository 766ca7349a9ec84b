"""convolution.py
style: exact arithmetic with fractions, rounded once, to float64, at the end
"""

from fractions import Fraction

import numpy as np


def output_size(size, kernel, stride=1, padding=0):
    room = Fraction(int(size) + 2 * int(padding) - int(kernel), int(stride))
    return 0 if room < 0 else room.__floor__() + 1


def exact(array):
    if array.ndim == 0:
        return Fraction(*array.item().as_integer_ratio())
    return [exact(part) for part in array]


def pair(value):
    return value if isinstance(value, tuple) else (value, value)


def convolve(channels, kernel, stride, padding, outside, intercept):
    """Nested lists (C, H, W), (C, KH, KW) -> (OH, OW)"""
    height, width = len(channels[0]), len(channels[0][0])
    kernel_height, kernel_width = len(kernel[0]), len(kernel[0][0])
    (down, right), (above, beside) = pair(stride), pair(padding)
    result = []
    for row in range(output_size(height, kernel_height, down, above)):
        result.append([])
        for column in range(output_size(width, kernel_width, right, beside)):
            total = intercept
            for channel, weights in zip(channels, kernel):
                for y in range(kernel_height):
                    for x in range(kernel_width):
                        i, j = row * down + y - above, column * right + x - beside
                        on_image = i in range(height) and j in range(width)
                        total += weights[y][x] * (channel[i][j] if on_image else outside)
            result[-1].append(float(total))
    return result


def conv2d(image, kernel, stride=1, padding=0, padding_value=0.0):
    outside = Fraction(float(padding_value))
    return np.array(convolve([exact(image)], [exact(kernel)], stride, padding, outside, Fraction(0)))


def conv2d_channels(images, kernels, bias=None, stride=1, padding=0):
    intercepts = [Fraction(0)] * len(kernels) if bias is None else exact(bias)
    weights = exact(kernels)
    return np.array(
        [
            [convolve(image, kernel, stride, padding, Fraction(0), start) for kernel, start in zip(weights, intercepts)]
            for image in exact(images)
        ]
    )
