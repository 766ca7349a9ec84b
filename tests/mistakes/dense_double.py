"""parameters.py
mistake: weights counted in both directions
"""

from right_parameters import *
def count_dense(layer_sizes, bias=True):
    return sum(2 * a * b + bias * b for a, b in zip(layer_sizes, layer_sizes[1:]))
