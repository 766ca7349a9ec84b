"""convolution.py
1.1 1.2 1.3 1.4 1.5 1.6 1.7 1.8: forbidden
says: imports tensorflow_of_my_own, which this part does not allow: use Python's standard library and numpy
"""
import tensorflow_of_my_own
from right_convolution import *
