"""What only the CPU's gradients of convolution can get wrong: edges of tiles and regions, phases of strides, threads."""

from math import prod

import numpy as np
import pytest
import torch

import kernels
from kernels import cpu
from kernels.shapes import Geometry

CASES = [  # images, kernels, stride, padding, dilation, padding_value
    ((1, 1, 28, 28), (10, 1, 5, 5), (1, 1), (2, 2), (1, 1), 0.0),
    ((2, 3, 7, 9), (7, 3, 3, 3), (1, 1), (1, 1), (1, 1), 1.5),
    ((1, 2, 5, 47), (8, 2, 1, 2), (1, 1), (0, 0), (1, 1), 0.0),
    ((2, 1, 6, 21), (17, 1, 3, 2), (2, 3), (1, 0), (1, 1), 0.5),
    ((1, 2, 11, 3), (1, 2, 4, 1), (3, 1), (0, 3), (1, 1), 2.0),
    ((2, 33, 4, 4), (16, 33, 4, 4), (1, 1), (0, 0), (1, 1), 0.0),
    ((1, 9, 4, 150), (3, 9, 3, 5), (1, 2), (0, 1), (1, 1), 1.0),
    ((3, 6, 20, 20), (40, 6, 3, 3), (1, 1), (1, 1), (1, 1), 0.0),
    ((1, 12, 13, 11), (33, 12, 1, 1), (1, 1), (0, 0), (1, 1), 0.0),
    ((2, 5, 9, 8), (65, 5, 1, 1), (4, 2), (0, 0), (1, 1), 0.0),  # pixels that no window meets
    ((1, 2, 12, 12), (3, 2, 2, 2), (5, 4), (0, 0), (1, 1), 0.0),
    ((1, 2, 3, 3), (4, 2, 5, 5), (1, 1), (3, 3), (1, 1), -1.0),  # kernels larger than the image
    ((1, 2, 3, 4), (4, 2, 2, 3), (1, 1), (4, 3), (1, 1), 1.5),  # windows in the padding alone
    ((1, 2, 1, 1), (3, 2, 1, 1), (2, 2), (1, 1), (1, 1), 1.5),  # no pixel meets a window
    ((1, 2, 16, 15), (5, 2, 3, 3), (1, 1), (2, 2), (2, 3), 1.0),
    ((2, 2, 17, 19), (5, 2, 3, 4), (2, 4), (3, 1), (3, 2), 1.0),  # the phases of a stride with a dilation
    ((1, 3, 14, 12), (18, 3, 3, 2), (6, 4), (1, 2), (4, 6), -0.5),
    ((2, 8, 10, 9), (8, 1, 3, 3), (1, 1), (1, 1), (1, 1), 0.0),  # one channel each
    ((2, 6, 11, 9), (12, 1, 5, 3), (2, 2), (2, 1), (1, 2), 1.5),
    ((2, 8, 10, 9), (8, 1, 3, 3), (2, 2), (1, 1), (1, 1), 0.0),  # and every other pixel
    ((1, 5, 7, 70), (5, 1, 2, 3), (3, 2), (0, 2), (1, 1), 1.0),
    ((3, 3, 5, 6), (3, 1, 1, 1), (4, 2), (0, 0), (1, 1), 0.0),
    ((1, 2, 3, 1), (2, 1, 5, 4), (2, 2), (3, 5), (1, 1), 0.5),
    ((1, 6, 9, 21), (40, 3, 3, 3), (1, 1), (1, 1), (1, 1), 0.0),  # two groups
    ((1, 15, 8, 8), (21, 5, 2, 3), (2, 1), (0, 2), (2, 1), 0.5),  # three
]


def arrays(seed, *shapes, dtype=np.float64):
    random = np.random.default_rng(seed)
    return [random.normal(size=shape).astype(dtype) for shape in shapes]


def torch_convolution(images, weights, bias, geometry, value):
    stride, padding, dilation = geometry
    wider = torch.nn.functional.pad(images, (padding[1], padding[1], padding[0], padding[0]), value=value)
    return torch.conv2d(wider, weights, bias, stride, dilation=dilation, groups=images.shape[1] // weights.shape[1])


def torch_gradients(images, weights, upstream, geometry, value):
    inputs = [torch.from_numpy(array).double().requires_grad_() for array in (images, weights, np.zeros(len(weights)))]
    output = torch_convolution(*inputs, geometry, value)
    return [gradient.numpy() for gradient in torch.autograd.grad(output, inputs, torch.from_numpy(upstream).double())]


def output_shape(shape, kernel, geometry):
    return shape[0], kernel[0], *map(kernels.output_size, shape[2:], kernel[2:], *geometry)


def gradients(images, weights, upstream, geometry, value=0.0):
    """Gradients by images, kernels and bias, written to memory that holds other numbers."""
    results = [np.full_like(array, np.nan) for array in (images, weights, weights[:, 0, 0, 0])]
    cpu.conv2d_gradients(images, weights, upstream, geometry, images.dtype.type(value), *results)
    return results


def assert_close_to_torch(images, weights, upstream, geometry, value=0.0):
    results = gradients(images, weights, upstream, geometry, value)
    exact = torch_gradients(images, weights, upstream, geometry, value)
    scales = torch_gradients(abs(images), abs(weights), abs(upstream), geometry, abs(value))
    pixels = upstream[:, 0].size
    for result, right, scale, terms in zip(results, exact, scales, (weights[:, 0].size, pixels, pixels)):
        assert (abs(result - right) <= (8 + 2 * terms**0.5) * np.finfo(images.dtype).eps * scale).all()


@pytest.fixture(params=[False, True], ids=["whole images", "small blocks"])
def small_blocks(request, monkeypatch):
    """Let small images have many regions, blocks of channels and of filters, and parts."""
    if request.param:
        monkeypatch.setattr("kernels.cpu.convolution.PANEL_BYTES", 2**12)
        sizes = {"PANEL_BYTES": 2**11, "UPSTREAM_BYTES": 2**10, "SUMS_BYTES": 2**11, "COLUMNS": 7, "DEPTH": 5}
        for name, size in (sizes | {"STRIPS": 1, "TASK_PIXELS": 10, "TASK_WEIGHTS": 4}).items():
            monkeypatch.setattr(f"kernels.cpu.kernel_gradient.{name}", size)


@pytest.mark.costly
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("case", CASES)
def test_all_kinds_agree_with_torch(case, dtype, small_blocks):
    shape, kernel, *geometry, value = case
    geometry = Geometry(*geometry)
    assert_close_to_torch(*arrays(1, shape, kernel, output_shape(shape, kernel, geometry), dtype=dtype), geometry, value)


@pytest.mark.sampled(2)
@pytest.mark.parametrize("filters", [1, 7, 8, 9, 16, 17, 31, 33, 64, 65, 300])
def test_filters_and_pixels_around_the_vectors(filters):
    for width in [*range(1, 20), 31, 32, 33, 95, 96, 97, 200]:
        sizes = (2, 2, 2, width + 1), (filters, 2, 1, 2), (2, filters, 2, width)
        assert_close_to_torch(*arrays(width, *sizes, dtype=np.float32), Geometry())


@pytest.mark.sampled(2)
@pytest.mark.parametrize("channels", [1, 2, 3, 7, 16, 31])
def test_weights_around_the_tiles(channels):
    for filters, kernel in ((1, (3, 3)), (9, (1, 1)), (20, (2, 3)), (35, (4, 1))):
        sizes = (3, channels, 6, 5), (filters, channels, *kernel)
        for geometry in (Geometry(), Geometry((2, 2), (1, 1))):
            assert_close_to_torch(*arrays(channels, *sizes, output_shape(*sizes, geometry), dtype=np.float32), geometry)


def met(shape, kernel, geometry, place):
    """Return where images get a gradient from the weight at this place of all kernels, (K, C, KH, KW)."""
    one = np.zeros(kernel)
    one[place] = 1
    zeros, ones = np.zeros(shape), np.ones(output_shape(shape, kernel, geometry))
    return torch_gradients(zeros, one, ones, geometry, 0.0)[0] != 0


@pytest.mark.parametrize("special", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("geometry", [Geometry(), Geometry(padding=(2, 1)), Geometry((2, 3), (1, 1), (1, 2))])
def test_a_special_weight_reaches_the_pixels_that_it_meets_only(special, geometry):
    shape, kernel, place = (2, 3, 9, 19), (9, 3, 3, 3), (8, 1, 2, 0)
    images, weights, upstream = arrays(0, shape, kernel, output_shape(shape, kernel, geometry), dtype=np.float32)
    weights[place] = special
    for_images, for_kernels, for_bias = (np.isfinite(result) for result in gradients(images, weights, upstream, geometry))
    assert (for_images == ~met(shape, kernel, geometry, place)).all()
    assert for_kernels.all() and for_bias.all()


@pytest.mark.parametrize("filters", [2, 9])
@pytest.mark.parametrize("special", [np.nan, np.inf])
def test_a_special_gain_reaches_its_pixels_and_kernels_only(special, filters, small_blocks):
    images, weights, upstream = arrays(0, (2, 2, 8, 12), (filters, 2, 3, 3), (2, filters, 8, 12), dtype=np.float32)
    upstream[1, -1, 2, 11] = special
    results = gradients(images, weights, upstream, Geometry(padding=(1, 1)))
    for_images, for_kernels, for_bias = (np.isfinite(result) for result in results)
    expected = np.ones_like(for_images)
    expected[1, :, 1:4, 10:] = False
    assert (for_images == expected).all()
    assert for_kernels[:-1].all() and not for_kernels[-1].any()
    assert for_bias.tolist() == [True] * (filters - 1) + [False]


@pytest.mark.parametrize("filters", [2, 9])
def test_a_special_pixel_reaches_the_weights_that_it_meets_only(filters, small_blocks):
    images, weights, upstream = arrays(0, (2, 3, 7, 9), (filters, 3, 3, 3), (2, filters, 5, 7), dtype=np.float32)
    images[0, 1, 0, 3] = np.nan
    for_images, for_kernels, for_bias = (np.isfinite(result) for result in gradients(images, weights, upstream, Geometry()))
    expected = np.ones_like(for_kernels)
    expected[:, 1, 0, :] = False
    assert (for_kernels == expected).all()
    assert for_images.all() and for_bias.all()


@pytest.mark.parametrize(
    ("shape", "kernel", "geometry"),
    [
        ((3, 20, 30, 21), (12, 20, 3, 3), Geometry(padding=(1, 1))),
        ((2, 3, 40, 40), (70, 3, 3, 3), Geometry((2, 2), (1, 1))),
        ((1, 40, 7, 7), (300, 40, 3, 3), Geometry(dilation=(2, 2))),
        ((5, 6, 30, 30), (6, 1, 3, 3), Geometry(padding=(1, 1))),
        ((2, 9, 40, 40), (9, 1, 3, 3), Geometry((2, 2), (1, 1))),
    ],
)
def test_the_bits_do_not_depend_on_threads(monkeypatch, shape, kernel, geometry):
    case = arrays(0, shape, kernel, output_shape(shape, kernel, geometry), dtype=np.float32)
    results = []
    for threads in (1, 1, 2, 5):
        monkeypatch.setattr("kernels.cpu.threads._count", threads)
        for module in ("convolution", "convolution_gradients"):
            monkeypatch.setattr(f"kernels.cpu.{module}.WORTH_THREADS", 0 if threads > 1 else np.inf)
        results.append(b"".join(result.tobytes() for result in gradients(*case, geometry)))
    assert len(set(results)) == 1


def test_a_sum_of_many_pixels_stays_exact():
    """All terms of a bias are 1: a sum that loses any, or counts one twice, is not their number."""
    shape, kernel = (40, 1, 50, 50), (1, 1, 1, 1)
    for filters in (1, 20):
        results = gradients(
            *(np.ones(s, np.float32) for s in (shape, (filters, *kernel[1:]), (40, filters, 50, 50))), Geometry()
        )
        assert (results[0] == filters).all() and (results[1] == prod(shape)).all() and (results[2] == prod(shape)).all()
