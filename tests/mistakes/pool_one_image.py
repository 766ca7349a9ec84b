"""pooling.py
mistake: loops over channels of images[0] only, returns (C, OH, OW)
named: axis lost | another shape
"""

import right_pooling
def pool2d(images, size=2, stride=None, mode="max"):
    return right_pooling.pool2d(images, size, stride, mode)[0]
