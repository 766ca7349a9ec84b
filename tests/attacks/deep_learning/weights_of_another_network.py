"""cifar10.py
attack: none, the weights were saved before the network was changed
4.3 4.4: crashed
says: The weights cannot be loaded into build_model()
"""
import right_cifar10
from right_cifar10 import *


def build_model():
    layers = [*right_cifar10.build_model()]
    return nn.Sequential(*layers[:-1], nn.Linear(128, 32), nn.ReLU(), nn.Linear(32, 10))
