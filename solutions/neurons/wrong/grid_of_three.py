"""search.py
4.2 4.3 4.4: wrong
says: on average, but they should beat
"""
from right_search import *

from itertools import product

GRID = list(product((1e-4, 1e-2, 1.0), (4, 32, 256), (1e-5, 1e-3, 1e-1)))


def propose(history):
    return GRID[len(history) % len(GRID)]
