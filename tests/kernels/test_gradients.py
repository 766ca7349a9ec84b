"""Gradients of convolution and pooling: every backend against torch's in float64, and against loops over the windows."""

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
def convolutions(draw):
    """Draw images, kernels, options and an upstream gradient; strides may skip pixels, kernels may see padding alone."""
    small = st.integers(1, 3)
    batch, channels, filters = draw(st.integers(0, 2)), draw(st.integers(1, 2)), draw(st.integers(1, 2))
    kernel, stride = draw(st.tuples(small, small)), draw(st.tuples(small, small))
    padding = draw(st.tuples(st.integers(0, 2), st.integers(0, 2)))
    size = tuple(draw(st.integers(max(1, k - 2 * p), 5)) for k, p in zip(kernel, padding))
    random = np.random.default_rng(draw(st.integers(0, 2**32)))
    images, weights = random.normal(size=(batch, channels, *size)), random.normal(size=(filters, channels, *kernel))
    upstream = random.normal(size=(batch, filters, *map(kernels.output_size, size, kernel, stride, padding)))
    return images, weights, upstream, stride, padding, draw(st.sampled_from([0.0, 1.5]))


def by_torch(images, weights, upstream, stride, padding, value):
    """The gradients of what torch computes from the images with the padding around them."""
    images, weights = (torch.from_numpy(array).requires_grad_() for array in (images, weights))
    bias = torch.zeros(len(weights), dtype=torch.float64, requires_grad=True)
    around = (padding[1], padding[1], padding[0], padding[0])
    output = torch.nn.functional.conv2d(torch.nn.functional.pad(images, around, value=value), weights, bias, stride)
    output.backward(torch.from_numpy(upstream))
    return [array.grad.numpy() for array in (images, weights, bias)]


@pytest.mark.costly
@pytest.mark.parametrize("backend", BACKENDS)
@FEW
@given(case=convolutions())
def test_convolution_agrees_with_torch(backend, case):
    gradients = kernels.conv2d_gradients(*case, backend=backend)
    for ours, theirs in zip(gradients, by_torch(*case)):
        assert ours.shape == theirs.shape
        np.testing.assert_allclose(ours, theirs, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("backend", BACKENDS)
def test_convolution_in_float32(backend):
    random = np.random.default_rng(0)
    case = [random.normal(size=shape).astype(np.float32) for shape in ((2, 1, 5, 4), (2, 1, 3, 2), (2, 2, 3, 3))]
    gradients = kernels.conv2d_gradients(*case, (2, 1), (1, 0), 0.5, backend=backend)
    scales = kernels.conv2d_gradients(*map(abs, case), (2, 1), (1, 0), 0.5, backend="numpy")
    exact = by_torch(*(array.astype(np.float64) for array in case), (2, 1), (1, 0), 0.5)
    for ours, theirs, scale in zip(gradients, exact, scales):
        assert ours.dtype == np.float32
        assert (abs(ours - theirs) <= 16 * np.finfo(np.float32).eps * scale).all()


@st.composite
def pools(draw):
    """Draw images with many ties, a window that fits, and an upstream gradient; windows may overlap or leave gaps."""
    few = st.integers(1, 3)
    size, stride = draw(st.tuples(few, few)), draw(st.one_of(st.none(), st.tuples(few, few)))
    shape = (draw(st.integers(0, 2)), draw(st.integers(1, 2)), *(draw(st.integers(length, 5)) for length in size))
    random = np.random.default_rng(draw(st.integers(0, 2**32)))
    images = random.integers(-2, 3, shape) / 2
    upstream = random.integers(-9, 10, kernels.pool2d(images, size, stride, backend="numpy").shape) * 1.0
    return images, upstream, size, stride


def order_of(values):
    """The places of values from the smallest to the largest, equal ones in reading order, NaN last."""
    return sorted(range(len(values)), key=lambda place: (values[place] != values[place], values[place], place))


def makers_of(values, mode):
    """The places of the values that make a window's output."""
    nan, places = [place for place, value in enumerate(values) if value != value], order_of(values)
    if mode == "average":
        return places
    if mode == "median":
        return [places[(len(values) - 1) // 2], places[len(values) // 2]]
    extreme = {"max": max, "min": min}[mode]
    return nan[:1] or [values.index(extreme(values))]


def by_hand(images, upstream, size, stride, mode):
    down, right = stride or size
    gradient = np.zeros(images.shape)
    for n, c, y, x in np.ndindex(upstream.shape):
        window = images[n, c, y * down : y * down + size[0], x * right : x * right + size[1]]
        makers = makers_of(window.ravel().tolist(), mode)
        for place in makers:
            gradient[n, c, y * down + place // size[1], x * right + place % size[1]] += upstream[n, c, y, x] / len(makers)
    return gradient


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("mode", kernels.MODES)
@FEW
@given(case=pools())
def test_pooling_agrees_with_a_loop(backend, mode, case):
    images, upstream, size, stride = case
    gradient = kernels.pool2d_gradient(images, upstream, size, stride, mode, backend=backend)
    assert gradient.shape == images.shape
    np.testing.assert_allclose(gradient, by_hand(images, upstream, size, stride, mode), rtol=1e-14, atol=1e-14)


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("mode", ["max", "min"])
@FEW
@given(case=pools())
def test_indices_give_the_same_gradient(backend, mode, case):
    images, upstream, size, stride = case
    indices = kernels.pool2d_with_indices(images, size, stride, mode, backend="numpy")[1]
    gradient = kernels.pool2d_gradient(images, upstream, size, stride, mode, backend, indices=indices)
    np.testing.assert_allclose(gradient, by_hand(images, upstream, size, stride, mode), rtol=1e-14, atol=1e-14)


@pytest.mark.parametrize("backend", BACKENDS)
def test_indices_outside_their_windows_are_refused(backend):
    images, upstream = np.ones((2, 1, 6, 5), np.float32), np.ones((2, 1, 2, 2), np.float32)
    right = np.array([[[[0, 4], [20, 23]]]] * 2)  # the corners are 0, 3, 15 and 18
    gradient = kernels.pool2d_gradient(images, upstream, 2, 3, "max", backend, indices=right.astype(np.uint8))
    assert np.flatnonzero(gradient).tolist() == [0, 4, 20, 23, 30, 34, 50, 53]
    for place, wrong in ((0, 2), (0, 10), (0, -1), (1, 2), (1, 5), (2, 14), (2, 25), (3, 17), (3, 30), (3, 2**40)):
        indices = right.copy()
        indices[1].flat[place] = wrong
        with pytest.raises(ValueError, match=r"indices must be those of pool2d_with_indices.*: one is outside its window"):
            kernels.pool2d_gradient(images, upstream, 2, 3, "max", backend, indices=indices)
    with pytest.raises(ValueError, match="indices must be whole numbers, not float64"):
        kernels.pool2d_gradient(images, upstream, 2, 3, "max", backend, indices=right * 1.0)
    with pytest.raises(ValueError, match=r"indices must have the shape \(2, 1, 2, 2\), not \(1, 1, 2, 2\)"):
        kernels.pool2d_gradient(images, upstream, 2, 3, "max", backend, indices=right[:1])


@pytest.mark.sampled(1)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize(("size", "stride"), [(2, 2), (3, 2), (3, 1), ((1, 4), (2, 1))])
def test_indices_of_torch_give_its_gradient(size, stride, dtype):
    for width in (4, 9, 16, 33):
        images = np.random.default_rng(width).normal(size=(2, 3, 9, width)).astype(dtype)
        theirs = torch.from_numpy(images).requires_grad_()
        output, indices = torch.nn.functional.max_pool2d(theirs, size, stride, return_indices=True)
        upstream = torch.randn(output.shape, dtype=output.dtype)
        output.backward(upstream)
        for given_indices in (indices.numpy(), None):
            ours = kernels.pool2d_gradient(images, upstream.numpy(), size, stride, "max", "cpu", indices=given_indices)
            np.testing.assert_allclose(ours, theirs.grad.numpy(), rtol=1e-5, atol=1e-6)


@given(case=pools())
def test_pooling_agrees_with_torch(case):
    images, upstream, size, stride = case
    if not len(images):
        return  # torch pools no empty batches
    for mode, pool in (("max", torch.nn.functional.max_pool2d), ("average", torch.nn.functional.avg_pool2d)):
        theirs = torch.from_numpy(images).requires_grad_()
        pool(theirs, size, stride).backward(torch.from_numpy(upstream))
        ours = kernels.pool2d_gradient(images, upstream, size, stride, mode, backend="numpy")
        np.testing.assert_allclose(ours, theirs.grad.numpy(), rtol=1e-14, atol=1e-14)


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("mode", kernels.MODES)
def test_pooling_in_float32_with_overlaps(backend, mode):
    random = np.random.default_rng(0)
    images, upstream = (random.normal(size=shape).astype(np.float32) for shape in ((2, 1, 5, 4), (2, 1, 2, 2)))
    gradient = kernels.pool2d_gradient(images, upstream, (3, 2), 2, mode, backend=backend)
    assert gradient.dtype == np.float32
    np.testing.assert_allclose(gradient, by_hand(images, upstream, (3, 2), (2, 2), mode), rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("backend", BACKENDS)
def test_the_first_of_equals_in_reading_order(backend):
    images, upstream = np.array([[0.0, 5], [5, 0]])[None, None], np.array([[[[8.0]]]])
    for mode, expected in (("max", [[0, 8], [0, 0]]), ("min", [[8, 0], [0, 0]]), ("median", [[0, 4], [0, 4]])):
        assert kernels.pool2d_gradient(images, upstream, mode=mode, backend=backend).tolist() == [[expected]]


@pytest.mark.parametrize("backend", BACKENDS)
def test_more_threads_than_planes(backend):
    """A block takes a power of two of small planes: here four, and there are three."""
    images, upstream = np.ones((3, 1, 2, 3)), np.arange(18.0).reshape(3, 1, 2, 3)
    assert (kernels.conv2d_gradients(images, 2 * np.ones((1, 1, 1, 1)), upstream, backend=backend)[0] == 2 * upstream).all()
    for mode in kernels.MODES:
        assert (kernels.pool2d_gradient(images, upstream, 1, mode=mode, backend=backend) == upstream).all()


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("mode", kernels.MODES)
def test_pooling_where_a_nan_is(backend, mode):
    images = np.array([[3.0, np.nan, 1, 1], [2, 4, 1, 1], [5, 5, np.nan, np.nan], [5, 5, np.nan, np.nan]])[None, None]
    upstream = np.array([[1.0, 2], [3, 4]])[None, None]
    gradient = kernels.pool2d_gradient(images, upstream, mode=mode, backend=backend)
    assert gradient.tolist() == by_hand(images, upstream, (2, 2), None, mode).tolist()


@pytest.mark.costly
@pytest.mark.parametrize("backend", BACKENDS)
def test_convolution_keeps_nan_where_it_belongs(backend):
    images, weights, upstream = np.ones((2, 1, 4, 4)), np.ones((2, 1, 2, 2)), np.ones((2, 2, 3, 3))
    images[0, 0, 0, 0] = np.nan  # seen through the first weight of each kernel alone
    by_images, by_kernels, by_bias = kernels.conv2d_gradients(images, weights, upstream, backend=backend)
    assert np.isnan(by_kernels).tolist() == [[[[True, False], [False, False]]]] * 2
    assert not np.isnan(by_images).any() and not np.isnan(by_bias).any()
    images[0, 0, 0, 0], upstream[1, 0, 2, 2] = 1, np.nan  # this output sees the last two rows and columns of its image
    by_images, by_kernels, by_bias = kernels.conv2d_gradients(images, weights, upstream, backend=backend)
    assert np.argwhere(np.isnan(by_images)).tolist() == [[1, 0, 2, 2], [1, 0, 2, 3], [1, 0, 3, 2], [1, 0, 3, 3]]
    assert np.isnan(by_kernels).all(axis=(1, 2, 3)).tolist() == np.isnan(by_bias).tolist() == [True, False]
    assert not np.isnan(by_kernels[1]).any()


@pytest.mark.filterwarnings("ignore:invalid value:RuntimeWarning")  # of the simulator, which computes with NumPy
@pytest.mark.parametrize("backend", BACKENDS)
def test_zero_times_infinity_is_nan_for_a_single_weight_too(backend):
    images, weight = np.array([np.inf, 1, np.nan]).reshape(3, 1, 1, 1), np.zeros((1, 1, 1, 1))
    assert np.isnan(kernels.conv2d(images, weight, backend=backend)).ravel().tolist() == [True, False, True]
    gradients = kernels.conv2d_gradients(np.ones((3, 1, 1, 1)), weight, images, backend=backend)
    assert np.isnan(gradients.images).ravel().tolist() == [True, False, True]
    assert np.isnan(kernels.conv2d_gradients(images[:1], weight, weight, backend=backend).kernels).all()


@pytest.mark.parametrize("backend", BACKENDS)
def test_the_same_bits_again(backend):
    random = np.random.default_rng(0)
    images, weights, upstream = (random.normal(size=shape) for shape in ((1, 1, 5, 5), (1, 1, 2, 2), (1, 1, 4, 4)))
    first, again = (kernels.conv2d_gradients(images, weights, upstream, backend=backend) for _ in range(2))
    assert all((one == other).all() for one, other in zip(first, again))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: kernels.conv2d_gradients(np.ones((1, 1, 3, 3)), np.ones((1, 1, 2, 2)), np.ones((1, 1, 3, 3))),
            r"upstream must have the shape \(1, 1, 2, 2\), not \(1, 1, 3, 3\)",
        ),
        (lambda: kernels.conv2d_gradients(np.ones((3, 3)), np.ones((2, 2)), np.ones((2, 2))), "conv2d takes images"),
        (
            lambda: kernels.pool2d_gradient(np.ones((1, 1, 4, 4)), np.ones((1, 1, 1, 1))),
            r"upstream must have the shape \(1, 1, 2, 2\), not \(1, 1, 1, 1\)",
        ),
        (lambda: kernels.pool2d_gradient(np.ones((4, 4)), np.ones((2, 2))), "pool2d takes images"),
        (
            lambda: kernels.pool2d_gradient(np.ones((1, 1, 2, 2)), np.ones((1, 1, 1, 1)), mode="made up"),
            "mode must be one of",
        ),
    ],
)
def test_what_does_not_fit_is_said(call, message):
    with pytest.raises(ValueError, match=message):
        call()
