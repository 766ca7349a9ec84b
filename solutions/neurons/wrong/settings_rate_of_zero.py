"""learning.py settings
3.8: wrong
says: lowers the loss in each epoch
"""
from right_learning import *

from right_learning import settings as right


def settings():
    found = right()
    found["rate too small"] = {**found["works"], "rate": 0}
    return found
