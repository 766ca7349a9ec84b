"""search.py
4.1 4.2 4.3 4.4: wrong
says: rate must be a number, but is a complex
"""
from right_search import *


def propose(history):
    return 0.01 + 0j, 32, 0.001
