"""All layers together: LeNet forward, its loss, backward and a step downhill, on our kernels alone and in torch."""

import os
from typing import NamedTuple

import numpy as np
import pytest
import torch
from torch.nn import functional

import kernels

GPU = os.environ.get("CONVGRADE_GPU") == "1"
RATE = 0.1


class Sizes(NamedTuple):
    """Images, batch, and what the two convolutions and the dense layers have."""

    image: int
    batch: int
    filters: tuple[int, int]
    kernel: int
    padding: int
    units: tuple[int, ...]


LENET = Sizes(image=28, batch=3, filters=(6, 16), kernel=5, padding=2, units=(400, 120, 84, 10))
SHRUNKEN = Sizes(image=6, batch=2, filters=(2, 2), kernel=2, padding=1, units=(2, 3, 4))
CASES = [
    ("numpy", LENET, np.float32),
    ("numpy", LENET, np.float64),
    ("cpu", LENET, np.float32),
    ("cpu", LENET, np.float64),
    *([("cuda", LENET, np.float32), ("cuda", LENET, np.float64)] if GPU else [("simulator", SHRUNKEN, np.float64)]),
]
TOLERANCE = {np.float32: 2e-5, np.float64: 1e-12}
pytestmark = pytest.mark.usefixtures("small_blocks")


def parameters(sizes, dtype):
    """Draw weights and biases: of two convolutions, then of the dense layers."""
    random = np.random.default_rng(0)
    first, second = sizes.filters
    shapes = [(first, 1, sizes.kernel, sizes.kernel), (second, first, sizes.kernel, sizes.kernel)]
    shapes += [(after, before) for before, after in zip(sizes.units, sizes.units[1:])]
    drawn = []
    for shape in shapes:
        drawn.append(random.normal(scale=np.prod(shape[1:]) ** -0.5, size=shape).astype(dtype))
        drawn.append(random.uniform(0.5, 1, size=shape[0]).astype(dtype))  # so that no ReLU is dead in the small network
    return drawn


def step_on_kernels(images, labels, drawn, padding, backend):
    """Return the loss, and the weights and biases after one step."""
    first, first_bias, second, second_bias, *rest = drawn
    dense = list(zip(rest[::2], rest[1::2]))

    one = kernels.conv2d(images, first, first_bias, padding=padding, backend=backend)
    one_pooled = kernels.pool2d(kernels.relu(one, backend=backend), backend=backend)
    two = kernels.conv2d(one_pooled, second, second_bias, backend=backend)
    two_pooled = kernels.pool2d(kernels.relu(two, backend=backend), backend=backend)
    inputs = [two_pooled.reshape(len(images), -1)]
    sums = []
    for weights, bias in dense:
        sums.append(kernels.dense(inputs[-1], weights, bias, backend=backend))
        inputs.append(kernels.relu(sums[-1], backend=backend))
    loss, upstream = kernels.softmax_cross_entropy(sums[-1], labels, backend=backend)

    gradients = []
    for layer in reversed(range(len(dense))):
        if layer < len(dense) - 1:
            upstream = kernels.relu_gradient(sums[layer], upstream, backend=backend)
        upstream, *by_parameters = kernels.dense_gradients(inputs[layer], dense[layer][0], upstream, backend=backend)
        gradients = by_parameters + gradients
    for values, seen, weights, around in ((two, one_pooled, second, 0), (one, images, first, padding)):
        upstream = upstream.reshape(*values.shape[:2], values.shape[2] // 2, values.shape[3] // 2)
        upstream = kernels.pool2d_gradient(kernels.relu(values, backend=backend), upstream, backend=backend)
        upstream = kernels.relu_gradient(values, upstream, backend=backend)
        upstream, *by_parameters = kernels.conv2d_gradients(seen, weights, upstream, padding=around, backend=backend)
        gradients = by_parameters + gradients
    return loss, [parameter - RATE * gradient for parameter, gradient in zip(drawn, gradients, strict=True)]


def step_in_torch(images, labels, drawn, padding):
    """The same in torch, in float64."""
    images, labels = torch.from_numpy(images).double(), torch.from_numpy(labels)
    leaves = [torch.from_numpy(parameter).double().requires_grad_() for parameter in drawn]
    first, first_bias, second, second_bias, *rest = leaves
    values = functional.max_pool2d(functional.conv2d(images, first, first_bias, padding=padding).relu(), 2)
    values = functional.max_pool2d(functional.conv2d(values, second, second_bias).relu(), 2).flatten(1)
    for place in range(0, len(rest), 2):
        values = functional.linear(values if place == 0 else values.relu(), rest[place], rest[place + 1])
    loss = functional.cross_entropy(values, labels)
    loss.backward()
    return loss.item(), [(leaf - RATE * leaf.grad).detach().numpy() for leaf in leaves]


@pytest.mark.costly
@pytest.mark.parametrize(("backend", "sizes", "dtype"), CASES)
def test_a_step_of_lenet_is_that_of_torch(backend, sizes, dtype):
    random = np.random.default_rng(1)
    images = random.normal(size=(sizes.batch, 1, sizes.image, sizes.image)).astype(dtype)
    labels = random.integers(0, sizes.units[-1], sizes.batch)
    drawn = parameters(sizes, dtype)
    loss, stepped = step_on_kernels(images, labels, drawn, sizes.padding, backend)
    exact_loss, exact = step_in_torch(images, labels, drawn, sizes.padding)
    assert loss == pytest.approx(exact_loss, rel=TOLERANCE[dtype])
    for before, ours, theirs in zip(drawn, stepped, exact, strict=True):
        assert ours.dtype == dtype
        assert (ours != before).any()
        np.testing.assert_allclose(ours, theirs, rtol=TOLERANCE[dtype], atol=TOLERANCE[dtype])
