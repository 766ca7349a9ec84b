"""search.py
4.4: wrong
says: make use of the earlier ones
"""
from right_search import *

import random


def propose(history):
    return 10 ** random.uniform(-5, 1), round(2 ** random.uniform(0, 10)), 10 ** random.uniform(-6, 0)
