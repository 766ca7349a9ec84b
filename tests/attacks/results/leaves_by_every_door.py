"""convolution.py
attack: leaves the tests with a good exit status, and by exceptions that `except Exception` does not catch
all: crashed
says: output_size ended the program (exit) instead of returning
says: conv2d raised KeyboardInterrupt
says: conv2d_channels raised GeneratorExit
"""
import sys


def output_size(size, kernel, stride=1, padding=0):
    sys.exit(0)


def conv2d(image, kernel, **options):
    raise KeyboardInterrupt


def conv2d_channels(images, kernels, **options):
    raise GeneratorExit
