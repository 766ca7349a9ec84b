"""learning.py settings
3.4 3.8: wrong
says: must be finite
"""
from right_learning import *

from right_learning import settings as right


def settings():
    found = right()
    found["rate too large"]["rate"] = float("nan")
    return found
