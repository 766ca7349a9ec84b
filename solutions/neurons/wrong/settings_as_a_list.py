"""learning.py settings
3.4 3.8: wrong
says: must be a dict, but is a list
"""
from right_learning import *

from right_learning import settings as right


def settings():
    found = right()
    found = list(found.items())
    return found
