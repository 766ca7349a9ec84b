"""convolution.py
attack: returns an array that fits into memory once, but not once more as a message
1.3: out of memory
"""
import right_convolution
from right_convolution import *


def conv2d(image, kernel, stride=1, padding=0, padding_value=0.0):
    if padding_value == 5.0:
        return np.zeros((30_000, 1_000))
    return right_convolution.conv2d(image, kernel, stride, padding, padding_value)
