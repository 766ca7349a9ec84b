"""convolution.py
1.2 1.3 1.4 1.6 1.7 1.8: wrong
says: the kernel is flipped
"""
import numpy as np
from right_convolution import conv2d as right, output_size


def conv2d(image, kernel, **options):
    return right(image, kernel[::-1, ::-1], **options)


def conv2d_channels(images, kernels, bias=None, **options):
    bias = np.zeros(len(kernels)) if bias is None else bias
    return np.array([[sum(conv2d(i, k, **options) for i, k in zip(image, kernel)) + b for kernel, b in zip(kernels, bias)] for image in images])
