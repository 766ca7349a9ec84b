"""learning.py settings
3.8: wrong
says: must be [2, 2]
"""
from right_learning import *

from right_learning import settings as right


def settings():
    found = right()
    found["no hidden layer"] = {**found["bad start"]}
    return found
