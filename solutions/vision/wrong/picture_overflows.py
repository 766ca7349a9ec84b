"""features.py picture
2.6: wrong
says: outputs
"""
from right_features import *


def picture(kernels, columns, gap=1):
    """Computes in the kernels' own type."""
    count, channels, height, width = kernels.shape
    rows = -(-count // columns)
    shown = np.zeros((rows * (height + gap) - gap, columns * (width + gap) - gap, channels), np.uint8)
    for place, kernel in enumerate(kernels):
        top, left = place // columns * (height + gap), place % columns * (width + gap)
        span = kernel.max() - kernel.min()
        levels = np.rint(255 * (kernel - kernel.min()) / span) if span else np.full(kernel.shape, 128)
        shown[top : top + height, left : left + width] = levels.transpose(1, 2, 0)
    return shown
