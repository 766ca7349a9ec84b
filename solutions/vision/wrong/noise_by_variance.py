"""failures.py noisy
5.1: wrong
says: has a standard deviation of 0.28
"""

from right_failures import *


def noisy(images, deviation, seed=0):
    noise = torch.randn(images.shape, generator=torch.Generator().manual_seed(seed))
    return (images + deviation**0.5 * noise).clamp(0, 1)
