"""failures.py noisy
5.1: wrong
says: larger than 2 standard deviations
"""

from right_failures import *


def noisy(images, deviation, seed=0):
    noise = 2 * torch.rand(images.shape, generator=torch.Generator().manual_seed(seed)) - 1
    return (images + deviation * 3**0.5 * noise).clamp(0, 1)
