"""convolution.py
1.2 1.3 1.6 1.7: wrong
says: must return a NumPy array of numbers, but returned a list
"""
from right_convolution import *
from right_convolution import conv2d as right


def conv2d(image, kernel, **options):
    return right(image, kernel, **options).tolist()
