"""search.py
4.2 4.3 4.4: wrong
"""
from right_search import *

from itertools import product

GRID = list(product((1e-5, 1e-2, 10.0), (1, 32, 1024), (1e-6, 1e-3, 1.0)))


def propose(history):
    return GRID[len(history) % len(GRID)]
