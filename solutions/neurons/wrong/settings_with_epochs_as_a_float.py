"""learning.py settings
3.4 3.8: wrong
says: must be an integer
"""
from right_learning import *

from right_learning import settings as right


def settings():
    found = right()
    found["works"]["epochs"] = 500.0
    return found
