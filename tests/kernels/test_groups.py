"""Groups, depthwise kernels and dilation: every backend against torch in float64."""

import os

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

import kernels

CUDA = "cuda" if os.environ.get("CONVGRADE_GPU") == "1" else "simulator"
BACKENDS = ["numpy", "cpu", CUDA]
FEW = settings(max_examples=6 if CUDA == "simulator" else 40)
pytestmark = pytest.mark.usefixtures("small_blocks")


@st.composite
def cases(draw):
    """Draw images, kernels and bias, and how they meet: groups of channels, windows with gaps."""
    few = st.integers(1, 3)
    groups, channels, filters = draw(few), draw(st.integers(1, 2)), draw(st.integers(1, 2))
    kernel, stride, dilation = (draw(st.tuples(few, few)) for _ in range(3))
    padding = draw(st.tuples(st.integers(0, 2), st.integers(0, 2)))
    least = [max(1, (k - 1) * d + 1 - 2 * p) for k, d, p in zip(kernel, dilation, padding)]
    size = [draw(st.integers(length, max(length, 6))) for length in least]
    random = np.random.default_rng(draw(st.integers(0, 2**32)))
    images = random.normal(size=(draw(st.integers(1, 2)), groups * channels, *size))
    weights = random.normal(size=(groups * filters, channels, *kernel))
    bias, value = random.normal(size=groups * filters), draw(st.sampled_from([0.0, 1.5]))
    return (images, weights, bias), {"stride": stride, "padding": padding, "dilation": dilation, "groups": groups}, value


def by_torch(images, weights, bias, value, stride, padding, dilation, groups):
    """Return what torch computes from the images with the padding around them."""
    images = torch.nn.functional.pad(images, (padding[1], padding[1], padding[0], padding[0]), value=value)
    return torch.nn.functional.conv2d(images, weights, bias, stride, dilation=dilation, groups=groups)


@pytest.mark.parametrize("backend", BACKENDS)
@FEW
@given(case=cases())
def test_convolution_agrees_with_torch(backend, case):
    arrays, options, value = case
    expected = by_torch(*map(torch.from_numpy, arrays), value, **options).numpy()
    output = kernels.conv2d(*arrays, padding_value=value, backend=backend, **options)
    np.testing.assert_allclose(output, expected, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("backend", BACKENDS)
@FEW
@given(case=cases())
def test_gradients_agree_with_torch(backend, case):
    arrays, options, value = case
    tensors = [torch.from_numpy(array).requires_grad_() for array in arrays]
    output = by_torch(*tensors, value, **options)
    upstream = np.random.default_rng(0).normal(size=output.shape)
    output.backward(torch.from_numpy(upstream))
    gradients = kernels.conv2d_gradients(*arrays[:2], upstream, padding_value=value, backend=backend, **options)
    for ours, theirs in zip(gradients, tensors):
        np.testing.assert_allclose(ours, theirs.grad.numpy(), rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize(
    ("shapes", "options", "message"),
    [
        (((1, 4, 3, 3), (4, 1, 1, 1)), {}, "the images have 4 channels, but the kernels 1"),
        (((1, 4, 3, 3), (4, 1, 1, 1)), {"groups": 2}, "the images have 4 channels, but the kernels 1 in each of 2 groups"),
        (((1, 4, 3, 3), (3, 2, 1, 1)), {"groups": 2}, "3 kernels cannot be divided evenly into 2 groups"),
        (((1, 4, 3, 3), (4, 1, 1, 1)), {"groups": 0}, "groups must be a whole number of at least 1, not 0"),
        (((1, 1, 5, 5), (1, 1, 3, 3)), {"dilation": 0}, "dilation must be at least 1, not 0"),
        (((1, 1, 6, 6), (1, 1, 3, 3)), {"dilation": 3}, "a kernel of 3, 7 with its dilation of 3, does not fit into 6"),
    ],
)
def test_what_does_not_fit_is_said(shapes, options, message):
    with pytest.raises(ValueError, match=message):
        kernels.conv2d(*map(np.ones, shapes), backend="numpy", **options)


@pytest.mark.sampled(1)
@pytest.mark.parametrize("backend", ["numpy", "cpu"])
def test_the_largest_stride_and_dilation_that_are_allowed(backend):
    most, (images, weights) = 2**31 - 1, (np.arange(24.0).reshape(1, 1, 4, 6), np.array([[[[2.0]]]]))
    options = {"backend": backend, "stride": most, "dilation": most}
    assert kernels.conv2d(images, weights, padding=1, padding_value=3, **options).tolist() == [[[[6.0]]]]
    gradients = kernels.conv2d_gradients(images, weights, [[[[5.0]]]], **options)
    assert gradients.images[0, 0, 0, 0] == 10 and np.count_nonzero(gradients.images) == 1
    assert gradients.kernels.tolist() == [[[[0.0]]]] and gradients.bias.tolist() == [5.0]
