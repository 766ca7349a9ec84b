"""lenet.py
1.1: wrong
says: must build the same network in every process
"""

import random

import right_lenet
from right_lenet import *

dice = random.Random()


def build_model():
    torch.manual_seed(dice.randrange(10**9))
    return right_lenet.build_model()
