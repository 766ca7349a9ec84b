"""convolution.py
attack: writes full marks into results.json
1.1 1.5: crashed
says: raised PermissionError
"""
from right_convolution import *


def output_size(size, kernel, stride=1, padding=0):
    with open("@RESULTS@", "w") as results:
        results.write('{"score": 100}')
