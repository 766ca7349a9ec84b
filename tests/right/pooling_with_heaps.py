"""pooling.py
style: the module heapq, for everything that needs an order
"""

import heapq

import numpy as np


def middle(values):
    half = len(values) // 2
    smallest = heapq.nsmallest(half + 1, values)
    if len(values) % 2:
        return smallest[half]
    return (smallest[half - 1] + smallest[half]) / 2.0


def take(values, mode):
    if mode == "max":
        return heapq.nlargest(1, values)[0]
    if mode == "min":
        heapq.heapify(values)
        return values[0]
    if mode == "median":
        return middle(values)
    return sum(values) / len(values)


def pool2d(images, size=2, stride=None, mode="max"):
    try:
        rows, columns = size
    except TypeError:
        rows = columns = size
    try:
        down, right = (rows, columns) if stride is None else stride
    except TypeError:
        down = right = stride
    result = []
    for image in images:
        for channel in image:
            h, w = channel.shape
            for y in range(0, h - rows + 1, down):
                for x in range(0, w - columns + 1, right):
                    values = [float(v) for v in channel[y : y + rows, x : x + columns].flat]
                    result.append(take(values, mode))
    oh = (images.shape[2] - rows) // down + 1
    return np.array(result).reshape(images.shape[0], images.shape[1], oh, -1)
