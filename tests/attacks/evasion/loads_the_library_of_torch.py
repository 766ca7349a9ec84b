"""convolution.py
attack: loads PyTorch's compiled library by ctypes and would call its convolution
1.2 1.3 1.6 1.7: crashed
says: conv2d raised OSError
"""
import ctypes
import glob
import os

import numpy as np
from right_convolution import *


def conv2d(image, kernel, **options):
    packages = os.path.dirname(os.path.dirname(os.path.realpath(np.__file__)))
    found = glob.glob(f"{packages}/torch/lib/libtorch_cpu*") or [f"{packages}/torch/lib/libtorch_cpu.so"]
    return ctypes.CDLL(found[0]).at_conv2d(image, kernel)
