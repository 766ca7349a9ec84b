"""convolution.py
attack: makes arrays of zeros and writes into a part of each, so that they become real
1.3: out of memory
"""
import right_convolution
from right_convolution import *


def conv2d(image, kernel, stride=1, padding=0, padding_value=0.0):
    arrays = [np.zeros(50_000_000, np.uint8) for _ in range(20 if padding_value == 5.0 else 0)]
    for array in arrays:
        array[:12_000_000] = 1
    return right_convolution.conv2d(image, kernel, stride, padding, padding_value)
