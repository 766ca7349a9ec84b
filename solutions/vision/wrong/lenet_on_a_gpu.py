"""lenet.py
1.1 1.2 1.3 1.4: crashed
says: There is no GPU where your work is graded
"""

import right_lenet
from right_lenet import *


def build_model():
    return right_lenet.build_model().cuda()
