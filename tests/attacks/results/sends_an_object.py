"""convolution.py
attack: returns objects that run a command when they are unpickled, alone and in an array
all: wrong
says: output_size must return an int, but returned a right_convolution.Command
says: conv2d must return a NumPy array of numbers, but returned a numpy.ndarray of object
"""
import os

import numpy as np


class Command:
    __module__ = "right_convolution"

    def __reduce__(self):
        return os.system, ("touch @OUTSIDE@/was_here",)


def output_size(size, kernel, stride=1, padding=0):
    return Command()


def conv2d(image, kernel, **options):
    return np.array([[Command()]])


def conv2d_channels(images, kernels, **options):
    return np.array([(1.0, Command())], dtype=[("value", "f8"), ("command", "O")])
