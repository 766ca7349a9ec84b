"""search.py
4.2 4.3 4.4: wrong
says: almost never below 0.01
"""
from right_search import *

import random


def propose(history):
    return random.uniform(1e-5, 10), random.randint(1, 1024), random.uniform(1e-6, 1)
