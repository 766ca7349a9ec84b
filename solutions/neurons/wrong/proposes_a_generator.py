"""search.py
4.1 4.2 4.3 4.4: wrong
says: but is a generator
"""
from right_search import *


def propose(history):
    return (each for each in (0.01, 32, 0.001))
