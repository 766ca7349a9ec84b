"""features.py picture
2.3 2.6: wrong
says: outputs
"""
from right_features import *


def picture(kernels, columns, gap=1):
    """Scales kernels whose weights are all the same like any other."""
    count, channels, height, width = kernels.shape
    rows = -(-count // columns)
    shown = np.zeros((rows * (height + gap) - gap, columns * (width + gap) - gap, channels), np.uint8)
    for place, kernel in enumerate(kernels):
        top, left = place // columns * (height + gap), place % columns * (width + gap)
        span = max(kernel.max() - kernel.min(), 1e-9)
        shown[top : top + height, left : left + width] = np.rint(255 * (kernel - kernel.min()) / span).transpose(1, 2, 0)
    return shown
