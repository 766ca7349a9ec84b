"""convolution.py
attack: returns the right numbers as complex ones, as truth values and as text, which compare in ways of their own
1.1 1.5: wrong
1.2 1.3 1.6 1.7: wrong
1.4 1.8: wrong
says: conv2d must return a NumPy array of numbers, but returned an array of complex128
says: conv2d_channels must return a NumPy array of numbers, but returned a numpy.ndarray of <U
says: output_size must return an int, but returned a bool (True)
"""
from right_convolution import conv2d as right
from right_convolution import conv2d_channels as right_channels


def output_size(size, kernel, stride=1, padding=0):
    return size == size


def conv2d(image, kernel, **options):
    return right(image, kernel, **options) + 0j


def conv2d_channels(images, kernels, **options):
    return right_channels(images, kernels, **options).astype(str)
