"""convolution.py
attack: leaves the work to processes of its own, which the time limits of this one do not count
all: forbidden
says: output_size starts another process (os.fork)
says: conv2d starts another process (os.fork)
says: conv2d_channels asked the system for something that no homework needs
"""
import multiprocessing
import os

import numpy as np


def output_size(size, kernel, stride=1, padding=0):
    if os.fork() == 0:
        os._exit(0)


def conv2d(image, kernel, **options):
    worker = multiprocessing.get_context("fork").Process(target=np.convolve, args=([1], [1]))
    worker.start()
    worker.join()


def conv2d_channels(images, kernels, **options):
    worker = multiprocessing.get_context("spawn").Process(target=np.convolve, args=([1], [1]))
    worker.start()
    worker.join()
