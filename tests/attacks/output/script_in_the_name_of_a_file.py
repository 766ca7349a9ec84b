"""convolution.py
attack: the lines of the traceback are said to come from a file whose name is a page's script
1.3: crashed
says: .py line 1
never: <iframe
"""
import os

import right_convolution
from right_convolution import *

NAME = os.path.join(os.path.dirname(__file__), "<iframe src=javascript:alert(1)>\x1b[2J.py")


def conv2d(image, kernel, stride=1, padding=0, padding_value=0.0):
    if padding_value == 5.0:
        exec(compile("1 / 0", NAME, "exec"))
    return right_convolution.conv2d(image, kernel, stride, padding, padding_value)
