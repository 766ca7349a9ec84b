"""convolution.py
attack: leaves the convolution to PyTorch
all: forbidden
says: convolution.py imports torch, which this part does not allow
"""
import numpy as np
import torch
from right_convolution import *


def conv2d(image, kernel, stride=1, padding=0, padding_value=0.0):
    return torch.nn.functional.conv2d(torch.tensor(image)[None, None], torch.tensor(kernel)[None, None])[0, 0].numpy()
