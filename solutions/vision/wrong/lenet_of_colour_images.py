"""lenet.py
1.1 1.2 1.3 1.4: crashed
says: expected input
"""

import right_lenet
from right_lenet import *


def build_model():
    _, *layers = right_lenet.build_model()
    return nn.Sequential(nn.Conv2d(3, 6, kernel_size=5, padding=2, bias=False), *layers)
