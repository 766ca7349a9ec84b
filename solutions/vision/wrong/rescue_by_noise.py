"""augmentation.py rescue
3.5 3.6: wrong
says: which bias is left
"""
from right_augmentation import *


def rescue(images, random):
    return (images + random.normal(0, 30, images.shape)).clip(0, 255).astype(np.uint8)
