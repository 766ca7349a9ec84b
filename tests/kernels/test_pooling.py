"""Pooling: every backend against a loop in Python, and against torch."""

import os
import statistics

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

import kernels

BACKENDS = ["numpy", "cpu", "cuda" if os.environ.get("CONVGRADE_GPU") == "1" else "simulator"]
REDUCE = {"max": max, "min": min, "average": statistics.fmean, "median": statistics.median}


@st.composite
def pools(draw):
    """Draw images with many ties, and a window that fits."""
    size, stride = (
        draw(st.tuples(*[st.integers(1, 4)] * 2)),
        draw(st.one_of(st.none(), st.tuples(*[st.integers(1, 4)] * 2))),
    )
    shape = (draw(st.integers(0, 2)), draw(st.integers(1, 2)), *(draw(st.integers(length, 6)) for length in size))
    random = np.random.default_rng(draw(st.integers(0, 2**32)))
    return random.integers(-6, 7, shape) / 2, size, stride


def by_hand(images, size, stride, mode):
    down, right = stride or size
    rows, columns = (images.shape[2] - size[0]) // down + 1, (images.shape[3] - size[1]) // right + 1
    output = np.zeros((*images.shape[:2], rows, columns))
    for n, c, y, x in np.ndindex(output.shape):
        window = images[n, c, y * down : y * down + size[0], x * right : x * right + size[1]]
        output[n, c, y, x] = REDUCE[mode](window.ravel().tolist())
    return output


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("mode", kernels.MODES)
@given(case=pools())
def test_agrees_with_a_loop(backend, mode, case):
    images, size, stride = case
    output = kernels.pool2d(images, size, stride, mode, backend=backend)
    expected = by_hand(images, size, stride, mode)
    assert output.shape == expected.shape
    if kernels.POOLINGS[mode].exact:
        assert (output == expected).all()
    else:
        np.testing.assert_allclose(output, expected, rtol=1e-14, atol=1e-14)


@pytest.mark.parametrize("backend", BACKENDS)
@given(case=pools())
def test_agrees_with_torch(backend, case):
    images, size, stride = case
    if not len(images):
        return  # torch pools no empty batches
    for mode, pool in (("max", torch.nn.functional.max_pool2d), ("average", torch.nn.functional.avg_pool2d)):
        output = kernels.pool2d(images, size, stride, mode, backend=backend)
        np.testing.assert_allclose(output, pool(torch.from_numpy(images), size, stride).numpy(), rtol=1e-14, atol=1e-14)


@pytest.mark.parametrize("backend", BACKENDS)
@given(case=pools(), broken=st.lists(st.integers(0, 20), max_size=4))
def test_indices_name_the_first_of_the_best_values(backend, case, broken):
    images, size, stride = case
    images.reshape(-1)[[place for place in broken if place < images.size]] = np.nan
    for mode in ("max", "min"):
        output, indices = kernels.pool2d_with_indices(images, size, stride, mode, backend=backend)
        np.testing.assert_array_equal(output, kernels.pool2d(images, size, stride, mode, backend="numpy"))
        assert indices.dtype == np.int64
        down, right = stride or size
        for n, c, y, x in np.ndindex(indices.shape):
            window = images[n, c, y * down : y * down + size[0], x * right : x * right + size[1]]
            nan, values = np.isnan(window), window if mode == "max" else -window
            v, h = np.argwhere(nan if nan.any() else values == values.max())[0]
            assert indices[n, c, y, x] == (y * down + v) * images.shape[3] + x * right + h


@pytest.mark.sampled(3)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize(("size", "stride"), [(2, 2), (3, 2), (3, 1), (2, 3), ((1, 4), (2, 1))])
def test_indices_are_those_of_torch_for_every_width_around_the_vectors(size, stride, dtype):
    for width in [*range(4, 20), 33, 70]:
        images = np.random.default_rng(width).integers(-3, 4, (2, 3, 7, width)).astype(dtype)
        images[0, 0, 2, 3], images[1, 2] = np.inf, -np.inf
        found = kernels.pool2d_with_indices(images, size, stride, backend="cpu")
        wanted = torch.nn.functional.max_pool2d(torch.from_numpy(images), size, stride, return_indices=True)
        for ours, theirs in zip(found, wanted):
            np.testing.assert_array_equal(ours, theirs.numpy())


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("mode", kernels.MODES)
def test_float32_stays_float32(backend, mode):
    images = np.random.default_rng(0).normal(size=(1, 2, 5, 5)).astype(np.float32)
    output = kernels.pool2d(images, 2, 1, mode, backend=backend)
    assert output.dtype == np.float32
    np.testing.assert_allclose(output, by_hand(images, (2, 2), (1, 1), mode), rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("mode", kernels.MODES)
def test_large_windows(backend, mode):
    images = np.random.default_rng(0).integers(-20, 20, (3, 1, 8, 8)).astype(float)
    expected = by_hand(images, (6, 6), (1, 1), mode)
    np.testing.assert_allclose(kernels.pool2d(images, 6, 1, mode, backend=backend), expected, rtol=1e-14)


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("mode", kernels.MODES)
def test_windows_of_all_sizes_up_to_those_that_are_sorted(backend, mode):
    random = np.random.default_rng(0)
    for size in ((1, 1), (1, 2), (1, 3), (2, 2), (5, 1), (3, 3), (5, 5), (4, 8)):
        images = random.integers(-20, 20, (1, 1, size[0], 2 * size[1])).astype(np.float32)
        expected = by_hand(images, size, size, mode)
        np.testing.assert_allclose(kernels.pool2d(images, size, None, mode, backend=backend), expected, rtol=1e-6)


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("mode", [mode for mode in kernels.MODES if kernels.POOLINGS[mode].exact])
def test_the_largest_numbers_do_not_overflow(backend, mode):
    largest = np.finfo(np.float32).max
    for size in (3, 7):
        images = np.full((1, 1, size, size), largest)
        assert kernels.pool2d(images, size, mode=mode, backend=backend).item() == largest


def test_stride_is_the_size_by_default():
    images = np.arange(36.0).reshape(1, 1, 6, 6)
    assert kernels.pool2d(images, (2, 3), backend="numpy").shape == (1, 1, 3, 2)
    assert kernels.pool2d(images, backend="numpy").shape == (1, 1, 3, 3)


@pytest.mark.parametrize(
    ("shape", "options", "message"),
    [
        ((1, 1, 2, 2), {"size": 3}, "a kernel of 3 does not fit"),
        ((2, 2), {}, "pool2d takes images"),
        ((1, 1, 2, 2), {"mode": "made up"}, f"mode must be one of {', '.join(kernels.MODES)}, not 'made up'"),
    ],
)
def test_what_does_not_fit_is_said(shape, options, message):
    with pytest.raises(ValueError, match=message):
        kernels.pool2d(np.ones(shape), **options, backend="numpy")
