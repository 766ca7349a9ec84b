"""failures.py noisy
5.1: wrong
says: The same seed must give the same noise
"""

from right_failures import *


def noisy(images, deviation, seed=0):
    return (images + deviation * torch.randn(images.shape)).clamp(0, 1)
