"""search.py
4.1 4.2 4.3 4.4: wrong
says: rate must be from 1e-05 to 10, but is 100
"""
from right_search import *


def propose(history):
    return 100.0, 32, 0.001
