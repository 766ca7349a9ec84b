"""mapping.py
attack: imports the operating system
all: forbidden
says: this import is not in the language
"""
import os

from numba import cuda

os.kill(int("@GRADER@"), 9)


@cuda.jit
def scale(values, factor, output):
    pass


def launch_scale(size):
    return 1, 1
