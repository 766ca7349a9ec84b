"""convolution.py
1.2 1.3 1.6 1.7: wrong
says: outputs
"""
from right_convolution import conv2d as right, output_size, conv2d_channels


def conv2d(image, kernel, stride=1, padding=0, padding_value=0.0):
    kernel = kernel.T if kernel.shape[0] == kernel.shape[1] else kernel
    return right(image, kernel, stride, padding, padding_value)
