"""convolution.py
attack: loads PyTorch and Numba by the path of their files, without any search
1.1 1.2 1.3 1.5 1.6 1.7: crashed
says: output_size raised
says: conv2d raised
"""
import importlib.util
import os
import sys

import numpy as np
from right_convolution import conv2d_channels

PACKAGES = os.path.dirname(os.path.dirname(os.path.realpath(np.__file__)))


def load(name):
    spec = importlib.util.spec_from_file_location(name, f"{PACKAGES}/{name}/__init__.py")
    module = sys.modules[name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def output_size(size, kernel, stride=1, padding=0):
    return load("numba").njit(lambda: (size + 2 * padding - kernel) // stride + 1)()


def conv2d(image, kernel, **options):
    torch = load("torch")
    return torch.nn.functional.conv2d(torch.tensor(image)[None, None], torch.tensor(kernel)[None, None])[0, 0].numpy()
