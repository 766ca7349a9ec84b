"""learning.py initial
3.2: wrong
says: and for another seed
"""
from right_learning import *

from right_learning import initial as right


def initial(sizes, seed):
    return right(sizes, 0)
