"""learning.py settings
3.4 3.8: wrong
says: must be from 1 to 1000
"""
from right_learning import *

from right_learning import settings as right


def settings():
    found = right()
    found["works"]["epochs"] = 10**12
    return found
