"""convolution.py
1.2 1.3 1.4 1.6 1.7 1.8: wrong
says: The right answer has no NaN and no infinity
"""
import numpy as np
import right_convolution
from right_convolution import *
from right_convolution import conv2d as right


def conv2d(image, kernel, *options, **more):
    return right(image, kernel, *options, **more) * np.nan


right_convolution.conv2d = conv2d
