"""pooling.py
style: Python lists only; the values of a window are sorted by hand
"""

import numpy as np


def insertion_sort(values):
    done = []
    for value in values:
        place = len(done)
        while place > 0 and done[place - 1] > value:
            place -= 1
        done.insert(place, value)
    return done


def summary(values, mode):
    if mode == "average":
        return sum(values) / len(values)
    values = insertion_sort(values)
    if mode == "min":
        return values[0]
    if mode == "max":
        return values[-1]
    middle = len(values) // 2
    if len(values) % 2 == 1:
        return values[middle]
    return (values[middle - 1] + values[middle]) / 2


def pool2d(images, size=2, stride=None, mode="max"):
    height, width = size if isinstance(size, tuple) else (size, size)
    if stride is None:
        down, right = height, width
    else:
        down, right = stride if isinstance(stride, tuple) else (stride, stride)
    pooled_images = []
    for image in images.tolist():
        pooled_channels = []
        for channel in image:
            pooled_rows = []
            for top in range(0, len(channel) - height + 1, down):
                row = []
                for left in range(0, len(channel[0]) - width + 1, right):
                    window = [channel[top + y][left + x] for y in range(height) for x in range(width)]
                    row.append(float(summary(window, mode)))
                pooled_rows.append(row)
            pooled_channels.append(pooled_rows)
        pooled_images.append(pooled_channels)
    return np.array(pooled_images)
