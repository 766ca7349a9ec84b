"""features.py responses
2.5: wrong
says: outputs
"""
from right_features import *


def responses(images, kernel):
    """Computes in the images' own type."""
    windows = np.lib.stride_tricks.sliding_window_view(images, kernel.shape[1:], axis=(2, 3))
    return (windows * kernel.astype(images.dtype)[:, None, None]).sum(axis=(1, 4, 5), dtype=images.dtype).astype(float)
