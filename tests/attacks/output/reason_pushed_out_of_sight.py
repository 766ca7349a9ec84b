"""convolution.py
attack: megabytes of text before the reason, in every place where a text of the submission stands
1.3: crashed
says: conv2d raised
"""
import os

import right_convolution
from right_convolution import *

NAME = os.path.join(os.path.dirname(__file__), 700_000 * "n")


def conv2d(image, kernel, stride=1, padding=0, padding_value=0.0):
    if padding_value == 5.0:
        print(1_000_000 * "\n", 1_000_000 * "long ")
        exec(compile(f"raise type({700_000 * 'T'!r}, (Exception,), {{}})({10_000 * ' x'!r})", NAME, "exec"))
    return right_convolution.conv2d(image, kernel, stride, padding, padding_value)
