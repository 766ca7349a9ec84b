"""convolution.py
attack: raises an exception with a text of ten million characters
1.3: crashed
says: conv2d raised ValueError: no no no
"""
import right_convolution
from right_convolution import *


def conv2d(image, kernel, stride=1, padding=0, padding_value=0.0):
    if padding_value == 5.0:
        raise ValueError(3_333_333 * "no ")
    return right_convolution.conv2d(image, kernel, stride, padding, padding_value)
