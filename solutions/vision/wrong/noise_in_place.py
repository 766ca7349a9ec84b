"""failures.py noisy
5.1: wrong
says: has changed the images that it was given
"""

from right_failures import *


def noisy(images, deviation, seed=0):
    images += deviation * torch.randn(images.shape, generator=torch.Generator().manual_seed(seed))
    return images.clamp_(0, 1)
