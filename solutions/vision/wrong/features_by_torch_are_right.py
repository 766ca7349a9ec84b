"""features.py
all: passed
"""
import numpy as np
import torch
from torch import nn
from torch.nn import functional as F


def first_kernels(model):
    found = [module for module in model.modules() if isinstance(module, nn.Conv2d)]
    if found:
        return np.array(found[0].weight.tolist(), dtype=np.float32)
    raise ValueError("none")


def responses(images, kernel):
    images, kernel = (torch.tensor(each).float() for each in (images, kernel))
    return F.conv2d(images, kernel[None])[:, 0].numpy()


def strongest_patches(images, kernel, count):
    height, width = kernel.shape[-2:]
    best = []
    for number, found in enumerate(responses(images, kernel)):
        for row in range(found.shape[0]):
            for column in range(found.shape[1]):
                if len(best) == number or found[row, column] > best[number][0]:
                    best[number:] = [(found[row, column], number, row, column)]
    best.sort(key=lambda one: one[0], reverse=True)
    places = np.array([one[1:] for one in best[:count]], dtype=np.int32)
    return np.array([images[n, :, r:, c:][:, :height, :width] for n, r, c in places], dtype=np.float32), places


def picture(kernels, columns, gap=1):
    kernels = torch.tensor(kernels).double()
    count, channels, height, width = kernels.shape
    flat = kernels.flatten(1)
    low, high = flat.min(1).values[:, None], flat.max(1).values[:, None]
    levels = torch.where(low == high, torch.tensor(128.0).double(), (flat - low) / (high - low) * 255).round()
    levels = levels.reshape(kernels.shape)
    rows = (count + columns - 1) // columns
    shown = torch.zeros(rows * columns, channels, height + gap, width + gap)
    shown[:count, :, :height, :width] = levels
    shown = shown.reshape(rows, columns, channels, height + gap, width + gap).permute(0, 3, 1, 4, 2)
    shown = shown.reshape(rows * (height + gap), columns * (width + gap), channels)
    return shown[: rows * (height + gap) - gap, : columns * (width + gap) - gap].byte().numpy()
