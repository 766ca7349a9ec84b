"""learning.py initial
3.2: wrong
says: With 200 inputs it should be from
"""
from right_learning import *


def initial(sizes, seed):
    random, activations = np.random.default_rng(seed), ["tanh"] * (len(sizes) - 2) + ["identity"]
    return [
        (random.normal(0, neurons**-0.5, (count, neurons)), np.zeros(neurons), activation)
        for count, neurons, activation in zip(sizes, sizes[1:], activations)
    ]
