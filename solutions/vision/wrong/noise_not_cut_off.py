"""failures.py noisy
5.1: wrong
says: a number below 0 must become 0
"""

from right_failures import *


def noisy(images, deviation, seed=0):
    return images + deviation * torch.randn(images.shape, generator=torch.Generator().manual_seed(seed))
