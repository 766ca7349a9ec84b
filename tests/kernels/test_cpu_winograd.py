"""What only Winograd's convolution can get wrong: edges of tiles, blocks and regions, what is not finite, overflow."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

import kernels
from kernels import cpu
from kernels.cpu import winograd, winograd_gradient
from kernels.shapes import Geometry

ROOT = Path(__file__).resolve().parents[2]
CASES = [  # images, filters, padding, dilation, padding_value: around tiles of 2x2, vectors of 16, blocks of 128
    ((1, 2, 3, 3), 2, (0, 0), (1, 1), 0.0),
    ((1, 3, 4, 5), 2, (1, 1), (1, 1), 0.0),
    ((3, 2, 6, 33), 9, (1, 0), (1, 1), 1.5),
    ((2, 17, 9, 70), 33, (0, 1), (1, 1), -2.0),
    ((7, 4, 7, 8), 8, (2, 3), (1, 1), 0.5),
    ((1, 130, 11, 10), 5, (1, 1), (1, 1), 0.0),
    ((2, 128, 5, 6), 129, (1, 1), (1, 1), 0.0),
    ((2, 3, 9, 10), 4, (2, 2), (2, 2), -1.0),
    ((1, 2, 11, 8), 20, (1, 4), (1, 3), 0.5),
    ((2, 5, 13, 21), 9, (3, 20), (5, 2), 1.5),
    ((1, 2, 3, 3), 3, (9, 12), (9, 11), 2.0),
]


def arrays(seed, *shapes):
    random = np.random.default_rng(seed)
    return [random.normal(size=shape).astype(np.float32) for shape in shapes]


def exact(images, weights, bias, padding, value, dilation=(1, 1)):
    """The convolution in float64."""
    images, weights, bias = (torch.from_numpy(array).double() for array in (images, weights, bias))
    around = (padding[1], padding[1], padding[0], padding[0])
    return torch.conv2d(torch.nn.functional.pad(images, around, value=value), weights, bias, dilation=dilation).numpy()


def assert_close(output, images, weights, bias, padding, value, dilation=(1, 1)):
    right, scale = (
        exact(images, weights, bias, padding, value, dilation),
        exact(*map(abs, (images, weights, bias)), padding, abs(value), dilation),
    )
    assert (abs(output - right) <= (8 + 2 * weights[0].size ** 0.5) * np.finfo(np.float32).eps * scale).all()


@pytest.fixture
def everywhere(monkeypatch):
    """Let small layers be convolved as large ones are, and count how many were."""
    for name in ("LEAST", "FULL", "OUTPUTS"):
        monkeypatch.setattr(winograd, name, 0)
    finite = []
    for module, name in ((winograd, "conv2d"), (winograd_gradient, "kernel_gradient")):
        monkeypatch.setattr(module, name, counted(getattr(module, name), finite))
    return finite


def counted(function, results):
    return lambda *arguments, **options: results.append(function(*arguments, **options)) or results[-1]


@pytest.mark.parametrize("tiles", [1, 20, 128])
@pytest.mark.parametrize("case", CASES)
def test_edges_of_tiles_blocks_and_regions(case, tiles, everywhere, monkeypatch):
    monkeypatch.setattr(winograd, "TILES", tiles)
    shape, filters, padding, dilation, value = case
    options = {"padding": padding, "padding_value": value, "dilation": dilation}
    images, weights, bias = arrays(0, shape, (filters, shape[1], 3, 3), (filters,))
    results = []
    for threads in (1, 2, 5):
        monkeypatch.setattr("kernels.cpu.threads._count", threads)
        monkeypatch.setattr("kernels.cpu.convolution.WORTH_THREADS", 0 if threads > 1 else np.inf)
        results.append(kernels.conv2d(images, weights, bias, **options, backend="cpu"))
    assert everywhere == [True] * 3
    assert_close(results[0], images, weights, bias, padding, value, dilation)
    assert all(other.tobytes() == results[0].tobytes() for other in results)


def test_large_layers_are_convolved_so_and_others_not():
    for images, weights, geometry, dtype, fit in (
        ((1, 64, 56, 56), (64, 64, 3, 3), Geometry(padding=(1, 1)), np.float32, True),
        ((1, 64, 56, 56), (64, 64, 3, 3), Geometry(padding=(1, 1)), np.float64, False),
        ((1, 64, 56, 56), (64, 64, 3, 3), Geometry((2, 2), (1, 1)), np.float32, False),
        ((1, 64, 56, 56), (64, 64, 3, 3), Geometry((1, 1), (2, 2), (2, 2)), np.float32, True),
        ((1, 64, 56, 56), (64, 64, 3, 3), Geometry((1, 1), (27, 27), (27, 27)), np.float32, False),
        ((2, 64, 8, 8), (64, 64, 3, 3), Geometry(padding=(1, 1)), np.float32, True),
        ((1, 128, 56, 56), (64, 64, 3, 3), Geometry(padding=(1, 1)), np.float32, False),  # two groups
        ((1, 64, 56, 56), (64, 64, 3, 1), Geometry(padding=(1, 0)), np.float32, False),
        ((1, 3, 224, 224), (64, 3, 3, 3), Geometry(padding=(1, 1)), np.float32, False),
    ):
        output = np.empty((images[0], 64, *map(kernels.output_size, images[2:], weights[2:], *geometry)), dtype)
        assert winograd.fits(np.empty(images, dtype), np.empty(weights, dtype), geometry, output) == fit


@pytest.mark.parametrize("special", [np.nan, np.inf, -np.inf])
def test_what_is_not_finite_reaches_the_outputs_that_see_it_only(special, everywhere):
    images, weights = arrays(0, (2, 2, 9, 19), (9, 2, 3, 3))
    images[1, 0, 4, 17] = special
    finite = np.isfinite(kernels.conv2d(images, weights, padding=1, backend="cpu"))
    expected = np.ones_like(finite)
    expected[1, :, 3:6, 16:19] = False
    assert (finite == expected).all()
    weights, images = arrays(0, (9, 2, 3, 3), (2, 2, 9, 19))
    weights[8, 1, 2, 0] = special
    finite = np.isfinite(kernels.conv2d(images, weights, backend="cpu"))
    assert finite[:, :8].all() and not finite[:, 8].any()
    assert everywhere == [False, False]


def test_sums_that_overflow_are_not_the_answer(everywhere):
    images, weights = np.full((1, 2, 6, 6), 3e38, np.float32), np.zeros((1, 2, 3, 3), np.float32)
    weights[0, 0, 1, 1] = 1
    images[0, 0, 2::2] *= -1
    output = kernels.conv2d(images, weights, padding=1, backend="cpu")
    assert everywhere == [False] and (output == images[:, :1]).all()


def test_whole_numbers_stay_exact(everywhere):
    random = np.random.default_rng(0)
    images, weights = (random.integers(-9, 10, shape).astype(np.float32) for shape in ((2, 20, 9, 12), (6, 20, 3, 3)))
    output = kernels.conv2d(images, weights, padding=1, backend="cpu")
    assert everywhere == [True] and (output == exact(images, weights, np.zeros(6), (1, 1), 0.0)).all()


def gradients(images, weights, upstream, padding=(0, 0), dilation=(1, 1), value=0.0):
    results = [np.full_like(array, np.nan) for array in (images, weights, weights[:, 0, 0, 0])]
    cpu.conv2d_gradients(images, weights, upstream, Geometry((1, 1), padding, dilation), np.float32(value), *results)
    return results


def exact_gradients(images, weights, upstream, padding, value, dilation):
    """The gradients by images, kernels and bias in float64."""
    inputs = [torch.from_numpy(each).double().requires_grad_() for each in (images, weights, weights[:, 0, 0, 0])]
    wider = torch.nn.functional.pad(inputs[0], (padding[1], padding[1], padding[0], padding[0]), value=value)
    output = torch.conv2d(wider, *inputs[1:], dilation=dilation)
    return [each.numpy() for each in torch.autograd.grad(output, inputs, torch.from_numpy(upstream).double())]


@pytest.mark.parametrize("small", [False, True])
@pytest.mark.parametrize("case", CASES)
def test_gradients_at_edges_of_tiles_and_blocks(case, small, everywhere, monkeypatch):
    if small:
        for name, size in {"CHANNELS": 16, "FILTERS": 1, "TILES": 5, "TASK_TILES": 3}.items():
            monkeypatch.setattr(winograd_gradient, name, size)
    shape, filters, padding, dilation, value = case
    images, weights = arrays(0, shape, (filters, shape[1], 3, 3))
    size = map(kernels.output_size, shape[2:], (3, 3), (1, 1), padding, dilation)
    (upstream,) = arrays(1, (shape[0], filters, *size))
    results = []
    for threads in (1, 2, 5):
        monkeypatch.setattr("kernels.cpu.threads._count", threads)
        monkeypatch.setattr("kernels.cpu.convolution_gradients.WORTH_THREADS", 0 if threads > 1 else np.inf)
        results.append(gradients(images, weights, upstream, padding, dilation, value))
    assert everywhere == [True] * 6
    right = exact_gradients(images, weights, upstream, padding, value, dilation)
    scales = exact_gradients(*map(abs, (images, weights, upstream)), padding, abs(value), dilation)
    for result, exact, scale, terms in zip(results[0], right, scales, (9 * filters, *[upstream[:, 0].size] * 2)):
        assert (abs(result - exact) <= (8 + 2 * terms**0.5) * np.finfo(np.float32).eps * scale.max()).all()
    for others in results[1:]:
        assert all(other.tobytes() == result.tobytes() for other, result in zip(others, results[0]))


TALL = """
import numpy as np
from numba.core.registry import cpu_target
type(cpu_target.target_context.codegen()).magic_tuple = lambda self: ("", "", "+neon")
from kernels.cpu import vectors, winograd_gradient
from kernels.shapes import Geometry
assert (vectors.VECTOR_BYTES, vectors.REGISTERS) == (16, 32)
images, upstream = np.ones((1, 28, 40, 40), np.float32), np.ones((1, 24, 40, 40), np.float32)
by_kernels, by_bias = np.empty((24, 28, 3, 3), np.float32), np.empty(24, np.float32)
winograd_gradient.kernel_gradient(images, upstream, Geometry(padding=(1, 1)), np.float32(0), by_kernels, by_bias, 1)
assert (by_kernels[:, :] == [[39 * 39, 39 * 40, 39 * 39], [39 * 40, 40 * 40, 39 * 40], [39 * 39, 39 * 40, 39 * 39]]).all()
"""


@pytest.mark.costly
def test_tiles_may_be_taller_than_vectors_are_long():
    """On ARM vectors hold 4 numbers, tiles 8 rows: some rows of the last tile of 28 channels belong to none."""
    done = subprocess.run([sys.executable, "-c", TALL], cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr


def test_groups_have_gradients_of_their_own(everywhere):
    images, weights, upstream = arrays(0, (2, 6, 7, 9), (8, 3, 3, 3), (2, 8, 7, 9))
    found = gradients(images, weights, upstream, (1, 1))
    for group in range(2):
        i, k = slice(3 * group, 3 * group + 3), slice(4 * group, 4 * group + 4)
        right = exact_gradients(images[:, i], weights[k], upstream[:, k], (1, 1), 0.0, (1, 1))
        for each, of_group in zip((found[0][:, i], found[1][k], found[2][k]), right):
            np.testing.assert_allclose(each, of_group, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("special", [np.nan, np.inf, -np.inf])
def test_what_is_not_finite_reaches_the_gradients_that_see_it_only(special, everywhere):
    images, weights, upstream = arrays(0, (2, 3, 7, 9), (9, 3, 3, 3), (2, 9, 5, 7))
    images[0, 1, 0, 3] = special
    for_images, for_kernels, for_bias = map(np.isfinite, gradients(images, weights, upstream))
    expected = np.ones_like(for_kernels)
    expected[:, 1, 0] = False
    assert (for_kernels == expected).all() and for_images.all() and for_bias.all()
    images, weights, upstream = arrays(0, (2, 3, 7, 9), (9, 3, 3, 3), (2, 9, 5, 7))
    upstream[1, 4, 2, 3] = special
    for_images, for_kernels, for_bias = map(np.isfinite, gradients(images, weights, upstream))
    assert not for_kernels[4].any() and not for_bias[4]
    assert np.delete(for_kernels, 4, axis=0).all() and np.delete(for_bias, 4).all()
    assert everywhere == [True, False, False, False]
