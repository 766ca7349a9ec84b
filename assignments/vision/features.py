"""Part 2: what a network sees.

The kernels of a first layer are small images of edges, blobs and colours. Get them out of a trained network, find what
excites each of them most, and make pictures of them.

A response is the lecture's convolution: the sum of the products of a kernel and the window under it, over all channels,
without a flip, with stride 1 and without padding. Images hold integers or floats; compute in float64, images.astype(float).
Leave the inputs as they are.
"""

import numpy as np


def first_kernels(model):
    """Return the kernels of a network's first convolution, a NumPy array (K, C, KH, KW).

    model: a torch.nn.Module. It may be the convolution itself, or contain it at any depth, behind other layers or not. The
    first convolution is the first torch.nn.Conv2d in model.modules(). Return a copy, detached from the gradients: changing
    it must not change the network. Raise a ValueError if there is no convolution.

    >>> import torch
    >>> first_kernels(torch.nn.Sequential(torch.nn.Conv2d(3, 8, kernel_size=5), torch.nn.ReLU())).shape
    (8, 3, 5, 5)
    """
    raise NotImplementedError


def responses(images, kernel):
    """Return how strongly a kernel responds at each place of each image.

    images: (N, C, H, W). kernel: (C, KH, KW). Returns an array (N, H - KH + 1, W - KW + 1).

    >>> responses(np.array([[[[1.0, 2.0, 4.0]]]]), np.array([[[-1.0, 1.0]]]))
    array([[[1., 2.]]])
    """
    raise NotImplementedError


def strongest_patches(images, kernel, count):
    """Return the patches of images that excite a kernel most, and where they are.

    images: (N, C, H, W). kernel: (C, KH, KW). Only the place with the largest response in each image counts; count
    is at most the number of images.
    Returns a tuple: the patches, an array (count, C, KH, KW) of the images' own values, the strongest first; and their
    places, an array of integers (count, 3), in each row the number of the image and the patch's first row and column.
    Among equal responses in an image, the first in reading order counts: the topmost, and in a row the leftmost. Images
    with equal responses keep their order.

    >>> images = np.array([[[[0, 3, 3, 0]]], [[[0, 0, 9, 9]]]])
    >>> patches, places = strongest_patches(images, np.array([[[-1, 1]]]), count=1)
    >>> patches.tolist(), places.tolist()
    ([[[[0, 9]]]], [[1, 0, 1]])
    """
    raise NotImplementedError


def picture(kernels, columns, gap=1):
    """Return a picture of kernels side by side, an array of uint8 (height, width, C).

    kernels: (K, C, KH, KW), or patches of images; with C = 3 the channels are red, green and blue. In each kernel, the
    smallest weight of all its channels becomes 0, the largest 255; those in between are scaled linearly and rounded to the
    nearest integer. A kernel whose weights are all the same becomes 128.
    A row of the picture holds `columns` kernels, in reading order. `gap` black pixels, 0, separate neighbours, across and
    down; there are none around the picture. Where the last row has no kernels left, it is black.

    >>> picture(np.array([[[[-1.0, 0.0]]], [[[5.0, 5.0]]], [[[2.0, 1.0]]]]), columns=2)[:, :, 0]
    array([[  0, 255,   0, 128, 128],
           [  0,   0,   0,   0,   0],
           [255,   0,   0,   0,   0]], dtype=uint8)
    """
    raise NotImplementedError
