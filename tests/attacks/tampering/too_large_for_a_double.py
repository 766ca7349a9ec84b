"""convolution.py
attack: returns numbers that only a longer type than the grader's can hold
1.2 1.3 1.6 1.7: wrong
says: The right answer has no NaN and no infinity
"""
import numpy as np
from right_convolution import *
from right_convolution import conv2d as right


def conv2d(image, kernel, **options):
    return right(image, kernel, **options) + np.longdouble("1e4000")
