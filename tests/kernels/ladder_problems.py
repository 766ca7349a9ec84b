"""Convolutions for the rungs of the ladder, and what PyTorch makes of them in float64."""

import numpy as np
import torch
from hypothesis import strategies as st

from kernels.shapes import Geometry

EPS32 = np.finfo(np.float32).eps


def right(images, kernels, bias, geometry, value):
    """Return the convolution in float64, and how far from it float32 may be."""
    groups = images.shape[1] // kernels.shape[1]

    def exact(images, kernels, bias, value):
        images, kernels, bias = (torch.from_numpy(array).double() for array in (images, kernels, bias))
        vertical, horizontal = geometry.padding
        images = torch.nn.functional.pad(images, (horizontal, horizontal, vertical, vertical), value=value)
        return torch.nn.functional.conv2d(
            images, kernels, bias, geometry.stride, dilation=geometry.dilation, groups=groups
        ).numpy()

    terms = np.prod(kernels.shape[1:])
    scale = exact(abs(images), abs(kernels), abs(bias), abs(value))
    return exact(images, kernels, bias, value), (8 + 2 * terms**0.5) * EPS32 * scale


def problem(batch, channels, size, filters, kernel, stride, padding, value=0.5, seed=0, dilation=(1, 1)):
    """Return random float32 inputs of these sizes, ready to be launched."""
    random = np.random.default_rng(seed)
    shapes = (batch, channels, *size), (filters, channels, *kernel), (filters,)
    return *(random.normal(size=shape).astype(np.float32) for shape in shapes), Geometry(stride, padding, dilation), value


@st.composite
def problems(draw, most, most_filters, most_dilation):
    """Draw a convolution whose kernel fits, its sizes in every relation to the tiles."""
    few, far = st.integers(1, 3), st.integers(1, most_dilation)
    kernel, stride, dilation, padding = (draw(st.tuples(each, each)) for each in (few, few, far, st.integers(0, 2)))
    least = [max(1, (k - 1) * d + 1 - 2 * p) for k, d, p in zip(kernel, dilation, padding)]
    size = tuple(draw(st.integers(each, most)) for each in least)
    batch, channels, filters = draw(few), draw(st.integers(1, most)), draw(st.integers(1, most_filters))
    value = draw(st.sampled_from([0.0, 1.5, -2.0]))
    return problem(batch, channels, size, filters, kernel, stride, padding, value, draw(st.integers(0, 2**32)), dilation)
