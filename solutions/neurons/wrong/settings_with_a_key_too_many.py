"""learning.py settings
3.4 3.8: wrong
says: and no others
"""
from right_learning import *

from right_learning import settings as right


def settings():
    found = right()
    found["works"]["momentum"] = 0.9
    return found
