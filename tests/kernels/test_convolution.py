"""Convolution: every backend against seven loops in float64, against torch, and against the lecture."""

import os

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

import kernels

BACKENDS = ["numpy", "cpu", "cuda" if os.environ.get("CONVGRADE_GPU") == "1" else "simulator"]
EPS32 = np.finfo(np.float32).eps


def seven_loops(images, weights, bias, stride, padding, value):
    """The definition, in float64 and as slowly as it can be written."""
    batch, channels, height, width = images.shape
    filters, _, kernel_height, kernel_width = weights.shape
    rows = (height + 2 * padding[0] - kernel_height) // stride[0] + 1
    columns = (width + 2 * padding[1] - kernel_width) // stride[1] + 1
    output = np.zeros((batch, filters, rows, columns))
    for n in range(batch):
        for k in range(filters):
            for y in range(rows):
                for x in range(columns):
                    total = float(bias[k])
                    for c in range(channels):
                        for r in range(kernel_height):
                            for s in range(kernel_width):
                                v, h = y * stride[0] + r - padding[0], x * stride[1] + s - padding[1]
                                inside = 0 <= v < height and 0 <= h < width
                                total += float(weights[k, c, r, s]) * (float(images[n, c, v, h]) if inside else value)
                    output[n, k, y, x] = total
    return output


@st.composite
def convolutions(draw, dtype):
    """Draw images, kernels and options whose kernel fits; batches may be empty, strides larger than kernels."""
    small = st.integers(1, 3)
    batch, channels, filters = draw(st.integers(0, 2)), draw(small), draw(small)
    kernel = draw(st.tuples(small, small))
    padding, stride = draw(st.tuples(st.integers(0, 2), st.integers(0, 2))), draw(st.tuples(*[st.integers(1, 4)] * 2))
    size = tuple(draw(st.integers(max(1, k - 2 * p), 6)) for k, p in zip(kernel, padding))
    random = np.random.default_rng(draw(st.integers(0, 2**32)))
    images = random.normal(size=(batch, channels, *size)).astype(dtype)
    weights = random.normal(size=(filters, channels, *kernel)).astype(dtype)
    bias = random.normal(size=filters).astype(dtype)
    return images, weights, bias, stride, padding, draw(st.sampled_from([0.0, 1.5, -2.0]))


@pytest.mark.costly
@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@given(data=st.data())
def test_agrees_with_seven_loops(backend, dtype, data):
    images, weights, bias, stride, padding, value = data.draw(convolutions(dtype))
    output = kernels.conv2d(images, weights, bias, stride, padding, value, backend=backend)
    exact = seven_loops(images, weights, bias, stride, padding, value)
    scale = seven_loops(abs(images), abs(weights), abs(bias), stride, padding, abs(value))
    terms = np.prod(weights.shape[1:])
    assert output.dtype == dtype
    assert output.shape == exact.shape
    assert (abs(output - exact) <= (8 + 2 * terms**0.5) * np.finfo(dtype).eps * scale).all()


@pytest.mark.parametrize("backend", BACKENDS)
@given(data=st.data())
def test_agrees_with_torch(backend, data):
    images, weights, bias, stride, padding, _ = data.draw(convolutions(np.float64))
    output = kernels.conv2d(images, weights, bias, stride, padding, backend=backend)
    expected = torch.nn.functional.conv2d(*map(torch.from_numpy, (images, weights, bias)), stride, padding).numpy()
    np.testing.assert_allclose(output, expected, rtol=1e-12, atol=1e-12)


@pytest.mark.sampled(1)
@pytest.mark.parametrize("backend", [name for name in BACKENDS if name != "simulator"])
def test_agrees_with_torch_on_a_layer_of_real_size(backend):
    random = np.random.default_rng(0)
    images = random.normal(size=(4, 16, 33, 31)).astype(np.float32)
    weights = random.normal(size=(24, 16, 5, 3)).astype(np.float32)
    output = kernels.conv2d(images, weights, stride=(2, 1), padding=(2, 1), backend=backend)
    exact = torch.nn.functional.conv2d(*(torch.from_numpy(a).double() for a in (images, weights)), None, (2, 1), (2, 1))
    scale = kernels.conv2d(abs(images), abs(weights), stride=(2, 1), padding=(2, 1), backend="numpy")
    assert (abs(output - exact.numpy()) <= (8 + 2 * 240**0.5) * EPS32 * scale).all()


@pytest.mark.parametrize("backend", BACKENDS)
def test_the_lecture(backend):
    image, kernel = np.arange(1, 17).reshape(4, 4), np.array([[1, 1], [0, 2]])
    assert kernels.conv2d(image, kernel, backend=backend).tolist() == [[15, 19, 23], [31, 35, 39], [47, 51, 55]]
    padded = kernels.conv2d(image, kernel, stride=2, padding=1, backend=backend)
    assert padded.tolist() == [[2, 6, 0], [23, 35, 8], [13, 29, 16]]


@pytest.mark.parametrize("backend", BACKENDS)
def test_more_blocks_than_an_axis_of_the_grid_holds(backend, monkeypatch):
    random = np.random.default_rng(0)
    images, weights = random.normal(size=(3, 1, 4, 4)), random.normal(size=(2, 1, 2, 2))
    kernels.conv2d(images + 100, weights, backend=backend)  # so that memory used again holds no right answers
    if backend in ("simulator", "cuda"):
        monkeypatch.setattr("kernels.cuda.grids.MOST_BLOCKS", (2**31 - 1, 2, 2))  # so that both axes are needed
    output = kernels.conv2d(images, weights, backend=backend)
    np.testing.assert_allclose(
        output, seven_loops(images, weights, np.zeros(2), (1, 1), (0, 0), 0.0), rtol=1e-12, atol=1e-12
    )


def test_inputs_stay_as_they_are():
    images, weights = np.ones((1, 1, 3, 3)), np.ones((1, 1, 2, 2))
    kernels.conv2d(images, weights, np.ones(1), padding=1, backend="numpy")
    assert (images == 1).all() and (weights == 1).all()


@pytest.mark.parametrize(
    ("images", "weights", "options", "message"),
    [
        ((1, 1, 2, 2), (1, 1, 3, 3), {}, "a kernel of 3 does not fit into 2 values"),
        ((1, 1, 2, 5), (1, 1, 3, 2), {}, "a kernel of 3 does not fit into 2 values"),
        ((1, 2, 4, 4), (1, 3, 2, 2), {}, "the images have 2 channels, but the kernels 3"),
        ((4, 4), (1, 1, 2, 2), {}, "conv2d takes images"),
        ((1, 1, 4, 4), (2, 1, 2, 2), {"bias": np.ones(3)}, "one number for each of the 2 kernels"),
        ((1, 1, 4, 4), (1, 1, 2, 2), {"stride": 0}, "stride must be at least 1, not 0"),
        ((1, 1, 4, 4), (1, 1, 2, 2), {"stride": (1, 2**31)}, r"stride must be less than 2\^31, not \(1, 2147483648\)"),
        ((1, 1, 4, 4), (1, 1, 2, 2), {"stride": (1, 2, 3)}, r"stride must be an integer or a pair"),
        ((1, 1, 4, 4), (1, 1, 2, 2), {"stride": 1.5}, "stride must be an integer or a pair"),
        ((1, 1, 4, 4), (1, 1, 2, 2), {"padding": -1}, "padding must be at least 0, not -1"),
    ],
)
def test_what_does_not_fit_is_said(images, weights, options, message):
    with pytest.raises(ValueError, match=message):
        kernels.conv2d(np.ones(images), np.ones(weights), **options, backend="numpy")


@given(st.integers(1, 40), st.integers(1, 10), st.integers(1, 6), st.integers(0, 4))
def test_output_size_counts_the_places(size, kernel, stride, padding):
    places = [start for start in range(0, size + 2 * padding, stride) if start + kernel <= size + 2 * padding]
    assert kernels.output_size(size, kernel, stride, padding) == len(places)
