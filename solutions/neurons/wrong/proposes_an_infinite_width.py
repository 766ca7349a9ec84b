"""search.py
4.1 4.2 4.3 4.4: wrong
says: must be an integer
"""
from right_search import *


def propose(history):
    return 0.01, float("inf"), 0.001
