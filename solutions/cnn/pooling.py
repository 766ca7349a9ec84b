"""Part 2: pooling.

A pool slides a window over each channel of each image, and keeps one number for each window. Use Python and NumPy, and
implement the sliding window yourself.

Size and stride are each an integer or a tuple (vertical, horizontal); an integer may be Python's or an np.int64. Images
hold booleans, integers or floats of any size. Compute in float64, images.astype(float): in float16 an average loses
digits. Leave the inputs as they are: the caller still needs them.
"""

import numpy as np


def pool2d(images, size=2, stride=None, mode="max"):
    """Pool images (N, C, H, W) and return the number of each window, an array (N, C, OH, OW).

    stride: how far the window moves; None moves it by its own size. mode: "max", "min", "average" or "median". The median
    of an even number of values is the mean of the two in the middle. Windows that would reach past the edge are left
    out; at least one window always fits.

    >>> images = np.array([[[[1, 3, 2, 4], [5, 6, 8, 7]]]])
    >>> pool2d(images).tolist()
    [[[[6.0, 8.0]]]]
    >>> pool2d(images, mode="median").tolist()
    [[[[4.0, 5.5]]]]
    """
    # BEGIN SOLUTION
    height, width = size if isinstance(size, tuple) else (size, size)
    stride = (height, width) if stride is None else stride
    down, right = stride if isinstance(stride, tuple) else (stride, stride)
    reduce = {"max": np.max, "min": np.min, "average": np.mean, "median": np.median}[mode]
    rows = (images.shape[2] - height) // down + 1
    columns = (images.shape[3] - width) // right + 1
    numbers = images.astype(float)
    pooled = np.zeros((*images.shape[:2], rows, columns))
    for row in range(rows):
        for column in range(columns):
            window = numbers[:, :, row * down : row * down + height, column * right : column * right + width]
            pooled[:, :, row, column] = reduce(window, axis=(2, 3))
    return pooled
    # END SOLUTION
