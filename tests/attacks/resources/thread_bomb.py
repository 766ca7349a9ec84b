"""convolution.py
attack: starts a thousand threads that sleep
1.3: crashed
says: can't start new thread
"""
import threading
import time

import right_convolution
from right_convolution import *


def conv2d(image, kernel, stride=1, padding=0, padding_value=0.0):
    for _ in range(1_000 if padding_value == 5.0 else 0):
        threading.Thread(target=time.sleep, args=(30,), daemon=True).start()
    return right_convolution.conv2d(image, kernel, stride, padding, padding_value)
