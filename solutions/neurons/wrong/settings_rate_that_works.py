"""learning.py settings
3.8: wrong
says: makes the loss more than ten times
"""
from right_learning import *

from right_learning import settings as right


def settings():
    found = right()
    found["rate too large"] = {**found["works"], "rate": 1.0}
    return found
