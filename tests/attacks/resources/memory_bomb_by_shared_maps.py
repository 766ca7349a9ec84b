"""convolution.py
attack: takes memory as shared maps without a file, which a limit on data does not count
1.3: crashed
says: Cannot allocate memory
"""
import mmap

import right_convolution
from right_convolution import *

maps = []


def conv2d(image, kernel, stride=1, padding=0, padding_value=0.0):
    for _ in range(25 if padding_value == 5.0 else 0):
        maps.append(mmap.mmap(-1, 10_000_000))
        maps[-1].write(bytes(10_000_000))
    return right_convolution.conv2d(image, kernel, stride, padding, padding_value)
