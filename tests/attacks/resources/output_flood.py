"""convolution.py
attack: prints 200 MB without an end of a line; the answers are right
"""
import os
import sys

import right_convolution
from right_convolution import *


def conv2d(image, kernel, stride=1, padding=0, padding_value=0.0):
    for _ in range(200 if padding_value == 5.0 else 0):
        sys.stdout.write(500_000 * "x")
        os.write(2, 500_000 * b"y")
    return right_convolution.conv2d(image, kernel, stride, padding, padding_value)
