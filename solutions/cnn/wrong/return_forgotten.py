"""convolution.py
1.2 1.3 1.6 1.7: wrong
says: returned None. Is a return missing?
"""
from right_convolution import *


def conv2d(image, kernel, **options):
    result = image * 2
