"""convolution.py
attack: calls PyTorch only where its own loop fails, so that a look at one run shows none of it
1.3 1.6 1.7: forbidden
says: imports torch, which this part does not allow
"""
from right_convolution import *
from right_convolution import conv2d as right


def conv2d(image, kernel, **options):
    try:
        assert image.shape == (4, 4)
        return right(image, kernel, **options)
    except Exception:
        import torch

        return torch.nn.functional.conv2d(torch.tensor(image)[None, None], torch.tensor(kernel)[None, None])[0, 0].numpy()
