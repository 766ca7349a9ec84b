"""convolution.py
attack: takes memory until there is none, in ever smaller pieces, and still holds it while its exception is told
1.3: out of memory
says: conv2d needs more memory than it may use
"""
import right_convolution
from right_convolution import *

taken = []


def conv2d(image, kernel, stride=1, padding=0, padding_value=0.0):
    if padding_value == 5.0:
        size = 1 << 30
        while size > 1 << 16 and len(taken) < 100:
            try:
                taken.append(bytearray(size))  # zeros, which cost nothing as long as nobody looks at them
            except MemoryError:
                size //= 2
        bytearray(1 << 30)
    return right_convolution.conv2d(image, kernel, stride, padding, padding_value)
