"""failures.py noisy
5.1: wrong
says: Another seed must give different noise
"""

from right_failures import *


def noisy(images, deviation, seed=0):
    return (images + deviation * torch.randn(images.shape, generator=torch.Generator().manual_seed(0))).clamp(0, 1)
