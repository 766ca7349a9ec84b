"""learning.py settings
3.4 3.8: wrong
says: 1 to 16 neurons
"""
from right_learning import *

from right_learning import settings as right


def settings():
    found = right()
    found["works"]["sizes"] = [2, 10**9, 2]
    return found
