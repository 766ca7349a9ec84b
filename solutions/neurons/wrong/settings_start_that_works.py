"""learning.py settings
3.8: wrong
says: fails to learn XOR
"""
from right_learning import *

from right_learning import settings as right


def settings():
    found = right()
    found["bad start"] = {**found["works"], "scale": 10}
    return found
