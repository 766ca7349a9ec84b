"""convolution.py
style: map, filter and lambda; the window's places are filtered out of all places of the image; a read-only result
"""

from functools import partial

import numpy as np


def output_size(size, kernel, stride=1, padding=0):
    return len(starts(size + 2 * padding, kernel, stride))


def starts(length, window, step):
    fits = lambda start: start % step == 0 and start + window <= length
    return list(filter(fits, range(length)))


def pairwise(value):
    return tuple(map(int, value)) if isinstance(value, tuple) else (int(value), int(value))


def surround(value, padding, image):
    vertical, horizontal = padding
    return np.pad(image.astype(np.float64), ((vertical,) * 2, (horizontal,) * 2), constant_values=np.float64(value))


def slide(steps, image, kernel):
    tops, lefts = map(starts, image.shape, kernel.shape, steps)
    cut = lambda top, left: image[top : top + kernel.shape[0], left : left + kernel.shape[1]]
    weigh = lambda window: np.multiply(window, kernel, dtype=np.float64).sum()
    return np.array(list(map(lambda top: list(map(lambda left: weigh(cut(top, left)), lefts)), tops)))


def frozen(array):
    array.setflags(write=False)
    return array


def conv2d(image, kernel, stride=1, padding=0, padding_value=0.0):
    return frozen(slide(pairwise(stride), surround(padding_value, pairwise(padding), image), kernel))


def conv2d_channels(images, kernels, bias=None, stride=1, padding=0):
    convolve = partial(conv2d, stride=stride, padding=padding)
    one_map = lambda image, kernel, intercept: sum(map(convolve, image, kernel), start=np.float64(intercept))
    intercepts = np.zeros(len(kernels)) if bias is None else bias
    all_maps = lambda image: list(map(partial(one_map, image), kernels, intercepts))
    return frozen(np.array(list(map(all_maps, images))))
