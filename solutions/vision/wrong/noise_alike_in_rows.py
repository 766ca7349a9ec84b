"""failures.py noisy
5.1: wrong
says: Pixels beside each other
"""

from right_failures import *


def noisy(images, deviation, seed=0):
    noise = torch.randn((*images.shape[:3], 1), generator=torch.Generator().manual_seed(seed))
    return (images + deviation * noise).clamp(0, 1)
