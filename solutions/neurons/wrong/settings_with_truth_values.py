"""learning.py settings
3.4 3.8: wrong
says: must be a number
"""
from right_learning import *

from right_learning import settings as right


def settings():
    found = right()
    found["works"]["scale"] = True
    return found
