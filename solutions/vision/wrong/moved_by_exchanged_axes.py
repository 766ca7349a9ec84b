"""failures.py moved
5.1: wrong
says: swapped
"""

import right_failures
from right_failures import *


def moved(images, down, right):
    return right_failures.moved(images, right, down)
