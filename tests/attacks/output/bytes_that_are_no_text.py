"""convolution.py
attack: NUL, halves of characters and bytes that are no UTF-8, in an exception and in what is printed
1.3: crashed
says: conv2d raised ValueError
"""
import sys

import right_convolution
from right_convolution import *


def conv2d(image, kernel, stride=1, padding=0, padding_value=0.0):
    if padding_value == 5.0:
        sys.stdout.buffer.write(bytes(range(256)))
        raise ValueError("\x00 \ud800 \udfff \udc80 \uffff \x00")
    return right_convolution.conv2d(image, kernel, stride, padding, padding_value)
