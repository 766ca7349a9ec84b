"""convolution.py
attack: an exception that sleeps when it is asked for its text, after the function itself has ended
1.3: timed out
"""
import time

import right_convolution
from right_convolution import *


class Endless(Exception):
    def __str__(self):
        time.sleep(60)
        return ""


def conv2d(image, kernel, stride=1, padding=0, padding_value=0.0):
    if padding_value == 5.0:
        raise Endless
    return right_convolution.conv2d(image, kernel, stride, padding, padding_value)
