"""learning.py
all: passed
"""
from right_learning import *


def initial(sizes, seed):
    np.random.seed(seed)
    last = len(sizes) - 2
    return [
        (np.random.randn(sizes[at], sizes[at + 1]) * np.sqrt(2 / sizes[at]), np.full(sizes[at + 1], 0.01),
         "identity" if at == last else "tanh")
        for at in range(last + 1)
    ]
