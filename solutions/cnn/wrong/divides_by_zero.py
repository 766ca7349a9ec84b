"""convolution.py
1.1 1.5: crashed
says: convolution.py line 10: return size // 0
"""
from right_convolution import conv2d, conv2d_channels


def output_size(size, kernel, stride=1, padding=0):
    # The traceback that a student reads names this line only.
    return size // 0
