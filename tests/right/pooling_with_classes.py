"""pooling.py
style: a class for each mode, found by its name; the result is a read-only view in Fortran's order
"""

from abc import ABC, abstractmethod
from math import fsum

import numpy as np


class Pool(ABC):
    modes: dict[str, type["Pool"]] = {}

    def __init_subclass__(cls, mode: str):
        Pool.modes[mode] = cls

    def __init__(self, size, stride):
        self.size = self._pair(size)
        self.stride = self.size if stride is None else self._pair(stride)

    @staticmethod
    def _pair(value):
        return value if isinstance(value, tuple) else (value, value)

    def starts(self, shape):
        for length, window, step in zip(shape[-2:], self.size, self.stride):
            yield range(0, length - window + 1, step)

    def __call__(self, images):
        rows, columns = self.starts(images.shape)
        result = np.zeros((*images.shape[:2], len(rows), len(columns)), order="F")
        for place in np.ndindex(result.shape):
            n, c, i, j = place
            window = images[n, c, rows[i] : rows[i] + self.size[0], columns[j] : columns[j] + self.size[1]]
            result[place] = self.keep(sorted(window.ravel().tolist()))
        result.flags.writeable = False
        return result.view()

    @abstractmethod
    def keep(self, values):
        """Return what is kept of sorted values."""


class Max(Pool, mode="max"):
    def keep(self, values):
        *_, last = values
        return last


class Min(Pool, mode="min"):
    def keep(self, values):
        first, *_ = values
        return first


class Average(Pool, mode="average"):
    def keep(self, values):
        return fsum(values) / len(values)


class Median(Pool, mode="median"):
    def keep(self, values):
        if len(values) <= 2:
            return sum(values) / len(values)
        return self.keep(values[1:-1])


def pool2d(images, size=2, stride=None, mode="max"):
    return Pool.modes[mode](size, stride)(images)
