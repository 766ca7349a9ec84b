"""convolution.py
attack: two threads wait for each other's lock, and the call for both of them
1.3: timed out
"""
import threading

import right_convolution
from right_convolution import *

locks, both = [threading.Lock(), threading.Lock()], threading.Barrier(2)


def take(first, second):
    with first:
        both.wait(60)
        second.acquire(timeout=60)


def conv2d(image, kernel, stride=1, padding=0, padding_value=0.0):
    if padding_value == 5.0:
        threads = [threading.Thread(target=take, args=order) for order in (locks, locks[::-1])]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    return right_convolution.conv2d(image, kernel, stride, padding, padding_value)
