"""convolution.py
attack: none, this is the solution
"""
from right_convolution import *
