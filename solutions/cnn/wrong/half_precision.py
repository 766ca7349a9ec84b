"""convolution.py
1.8: wrong
says: outputs
"""
import numpy as np
from right_convolution import *
from right_convolution import conv2d_channels as right


def conv2d_channels(images, kernels, **options):
    return right(images.astype(np.float16), kernels.astype(np.float16), **options)
