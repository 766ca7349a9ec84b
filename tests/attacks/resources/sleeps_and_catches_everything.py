"""convolution.py
attack: sleeps, and swallows whatever could wake it
1.3: timed out
says: conv2d did not finish within
"""
import time

import right_convolution
from right_convolution import *


def conv2d(image, kernel, stride=1, padding=0, padding_value=0.0):
    end = time.monotonic() + 60
    while padding_value == 5.0 and time.monotonic() < end:
        try:
            time.sleep(1)
        except BaseException:
            pass
    return right_convolution.conv2d(image, kernel, stride, padding, padding_value)
