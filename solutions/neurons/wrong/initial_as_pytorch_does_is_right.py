"""learning.py
all: passed
"""
from right_learning import *


def initial(sizes, seed):
    random, layers = np.random.RandomState(seed), []
    for count, neurons in zip(sizes, sizes[1:]):
        most = count**-0.5
        layers.append([random.uniform(-most, most, (count, neurons)), random.uniform(-most, most, neurons), "tanh"])
    layers[-1][2] = "identity"
    return layers
