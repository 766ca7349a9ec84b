"""convolution.py
1.4 1.8: out of memory
says: needs more memory than it may use
"""
from right_convolution import conv2d, output_size


def conv2d_channels(images, kernels, **options):
    rows = []
    while True:
        rows.append(bytearray(100_000_000))
