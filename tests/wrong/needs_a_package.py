"""convolution.py
1.1 1.2 1.3 1.4 1.5 1.6 1.7 1.8: crashed
says: No module named 'tensorflow_of_my_own'
"""
import tensorflow_of_my_own
from right_convolution import *
