"""search.py
4.1 4.2 4.3 4.4: wrong
says: must be a tuple (rate, width, regularisation), but is a dict
"""
from right_search import *


def propose(history):
    return {"rate": 0.1, "width": 3, "regularisation": 0.1}
