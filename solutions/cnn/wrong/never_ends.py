"""convolution.py
1.4 1.8: timed out
says: Is there a loop that never ends?
"""
from right_convolution import conv2d, output_size


def conv2d_channels(images, kernels, **options):
    while True:
        pass
