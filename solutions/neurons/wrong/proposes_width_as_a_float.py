"""search.py
4.1 4.2 4.3 4.4: wrong
says: width must be an integer, but is a float
"""
from right_search import *


def propose(history):
    return 0.01, 32.0, 0.001
