"""search.py
4.1 4.2 4.3 4.4: wrong
says: width must be from 1 to 1024
"""
from right_search import *


def propose(history):
    return 0.01, 10**300, 0.001
