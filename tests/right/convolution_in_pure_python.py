"""convolution.py
style: Python lists and numbers only, turned into an array at the end
"""

import numpy as np


def output_size(size, kernel, stride=1, padding=0):
    return len(range(0, size + 2 * padding - kernel + 1, stride))


def pair(p):
    try:
        first, second = p
    except TypeError:
        first = second = p
    return int(first), int(second)


def pad_rows(rows, above, beside, value):
    width = len(rows[0]) + 2 * beside
    filled = [[value] * width for _ in range(above)]
    for row in rows:
        filled.append([value] * beside + row + [value] * beside)
    filled += [[value] * width for _ in range(above)]
    return filled


def slide(rows, kernel, down, right):
    kernel_height, kernel_width = len(kernel), len(kernel[0])
    result = []
    for top in range(0, len(rows) - kernel_height + 1, down):
        line = []
        for left in range(0, len(rows[0]) - kernel_width + 1, right):
            products = [
                rows[top + y][left + x] * kernel[y][x] for y in range(kernel_height) for x in range(kernel_width)
            ]
            line.append(float(sum(products)))
        result.append(line)
    return result


def conv2d(image, kernel, stride=1, padding=0, padding_value=0.0):
    rows = pad_rows(image.tolist(), *pair(padding), float(padding_value))
    return np.array(slide(rows, kernel.tolist(), *pair(stride)))


def conv2d_channels(images, kernels, bias=None, stride=1, padding=0):
    intercepts = [0.0] * len(kernels) if bias is None else bias.tolist()
    batch = []
    for image in images.tolist():
        padded = [pad_rows(channel, *pair(padding), 0.0) for channel in image]
        maps = []
        for kernel, intercept in zip(kernels.tolist(), intercepts):
            layers = [slide(rows, weights, *pair(stride)) for rows, weights in zip(padded, kernel)]
            maps.append([[sum(values) + intercept for values in zip(*lines)] for lines in zip(*layers)])
        batch.append(maps)
    return np.array(batch)
