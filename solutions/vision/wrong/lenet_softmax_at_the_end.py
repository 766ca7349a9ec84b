"""lenet.py
1.1: wrong
says: The model returns probabilities
"""

import right_lenet
from right_lenet import *


def build_model():
    return nn.Sequential(*right_lenet.build_model(), nn.Softmax(dim=1))
