"""search.py
4.1 4.2 4.3 4.4: wrong
says: but is None
"""
from right_search import *


def propose(history):
    return None
