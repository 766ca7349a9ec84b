"""search.py
4.2 4.3 4.4: wrong
says: on average, but they should beat
"""
from right_search import *


def propose(history):
    return 0.01, 32, 0.001
