"""augmentation.py flipped
3.1 3.4: wrong
says: Its channels were changed in different ways
"""
from right_augmentation import *


def flipped(images, random):
    chosen = random.random(images.shape[:2]) < 0.5
    return np.where(chosen[:, :, None, None], images[..., ::-1], images)
