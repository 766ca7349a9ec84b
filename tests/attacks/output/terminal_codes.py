"""convolution.py
attack: clears the terminal, sets its title, rings its bell and writes over the verdict, in old and in new control characters
1.3: crashed
says: conv2d raised ValueError
"""
import right_convolution
from right_convolution import *

CODES = "\x1b[2J\x1b[H\x1b]0;passed\x07\x1b]8;;http://127.0.0.1:@PORT@\x1b\\link"
CODES += "\x9b2J\x9d0;title\x9c\x08\x08\x08\r1.3 passed\x85\u2028\x7f"


def conv2d(image, kernel, stride=1, padding=0, padding_value=0.0):
    if padding_value == 5.0:
        print(CODES)
        raise ValueError(CODES)
    return right_convolution.conv2d(image, kernel, stride, padding, padding_value)
