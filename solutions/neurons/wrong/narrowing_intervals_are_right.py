"""search.py
all: passed
"""
from right_search import *

import math
import random

BOUNDS = [(-5.0, 1.0), (0.0, math.log10(1024)), (-6.0, 0.0)]


def propose(history):
    """Ten trials anywhere, then intervals around the best that become smaller every five trials. Never the same twice."""
    around, share = None, 1.0
    if len(history) >= 10:
        around, share = min(history, key=lambda each: each[1])[0], 0.5 ** (1 + (len(history) - 10) // 5)
    powers = []
    for axis, (least, most) in enumerate(BOUNDS):
        middle = math.log10(around[axis]) if around else (least + most) / 2
        reach = share * (most - least) / 2
        powers.append(random.uniform(max(least, middle - reach), min(most, middle + reach)))
    return 10 ** powers[0], max(1, round(10 ** powers[1])), 10 ** powers[2]
