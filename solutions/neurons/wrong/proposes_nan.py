"""search.py
4.1 4.2 4.3 4.4: wrong
says: rate must be finite, but is nan
"""
from right_search import *


def propose(history):
    return float("nan"), 32, 0.001
