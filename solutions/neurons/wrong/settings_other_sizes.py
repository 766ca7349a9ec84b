"""learning.py settings
3.8: wrong
says: but differs in its sizes
"""
from right_learning import *

from right_learning import settings as right


def settings():
    found = right()
    found["rate too small"] = {**found["rate too small"], "sizes": [2, 4, 2]}
    return found
