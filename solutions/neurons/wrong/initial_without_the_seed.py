"""learning.py initial
3.2: wrong
says: a different network the second time
"""
from right_learning import *

from right_learning import initial as right


def initial(sizes, seed):
    return right(sizes, None)
