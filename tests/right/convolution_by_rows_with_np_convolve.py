"""convolution.py
style: np.convolve on one row at a time, with each row of the kernel reversed to undo its flip
"""

import numpy as np


def output_size(size, kernel, stride=1, padding=0):
    # np.floor rounds towards minus infinity; a kernel that does not fit gives something below 1
    return max(0, int(np.floor((size + 2 * padding - kernel) / stride)) + 1)


def _tuple(x):
    return x if isinstance(x, tuple) else (x, x)


def conv2d(image, kernel, stride=1, padding=0, padding_value=0.0):
    step_y, step_x = _tuple(stride)
    pad_y, pad_x = _tuple(padding)
    side = np.full(pad_x, float(padding_value))
    rows = [np.concatenate([side, row.astype(float), side]) for row in image]
    edge = np.full(image.shape[1] + 2 * pad_x, float(padding_value))
    rows = [edge] * pad_y + rows + [edge] * pad_y

    result = []
    for top in range(0, len(rows) - len(kernel) + 1, step_y):
        total = 0
        for row, weights in zip(rows[top:], kernel.astype(float)):
            # np.convolve(mode="valid") would swap its arguments, if the second were longer; it never is
            total = total + np.convolve(row, weights[::-1], mode="valid")
        result.append(total[::step_x])
    return np.vstack(result)


def conv2d_channels(images, kernels, bias=None, stride=1, padding=0):
    out = []
    for image in images:
        maps = []
        for index, kernel in enumerate(kernels):
            feature_map = np.sum([conv2d(x, k, stride, padding) for x, k in zip(image, kernel)], axis=0)
            if bias is not None:
                feature_map += bias[index]
            maps.append(feature_map)
        out.append(np.stack(maps))
    return np.stack(out)
