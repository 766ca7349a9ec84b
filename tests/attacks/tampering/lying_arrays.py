"""pooling.py
attack: returns an array of its own kind that is equal to everything and has every shape
all: wrong
says: pool2d must return a NumPy array of numbers, but returned a numpy.ndarray
"""
import numpy as np


class Liar(np.ndarray):
    shape = property(lambda self: (1, 1, 2, 2))
    dtype = property(lambda self: np.dtype("f8"))

    def __eq__(self, other):
        return np.True_

    def __array_ufunc__(self, function, method, *inputs, **options):
        return np.True_

    def __array_function__(self, function, types, arguments, options):
        return True

    __lt__ = __le__ = __sub__ = __rsub__ = __abs__ = __eq__
    __hash__ = None


Liar.__module__, Liar.__qualname__ = "numpy", "ndarray"


def pool2d(images, **options):
    return np.zeros(4).view(Liar)
