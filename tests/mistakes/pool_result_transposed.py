"""pooling.py
mistake: rows and columns of the result swapped
named: pooled and transposed | images transposed | window down before right
"""

import right_pooling
def pool2d(images, size=2, stride=None, mode="max"):
    return right_pooling.pool2d(images, size, stride, mode).swapaxes(2, 3)
