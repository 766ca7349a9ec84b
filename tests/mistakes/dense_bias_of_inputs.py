"""parameters.py
mistake: each input has an intercept instead of each neuron
named: intercept for each input
"""

from right_parameters import *
def count_dense(layer_sizes, bias=True):
    return sum(a * (b + bias) for a, b in zip(layer_sizes, layer_sizes[1:]))
