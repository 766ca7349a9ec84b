"""convolution.py
attack: returns a number with more digits than Python writes
1.1 1.5: wrong
says: received a number of more than 15 digits
"""
from right_convolution import *


def output_size(size, kernel, stride=1, padding=0):
    return 10**5000
