"""transfer.py
4.1 4.2 4.3 4.4: wrong
says: For 3 classes
"""

import copy

from right_transfer import *
from torch import nn


def transfer(trained, classes):
    return copy.deepcopy(trained)
