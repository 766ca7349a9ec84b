"""What only the CPU's kernels can get wrong: edges of tiles and vectors, threads, and the cache on disk."""

import ctypes
import math
import mmap
import os
import shutil
import subprocess
import sys
from functools import partial
from itertools import product
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

import kernels
from kernels import cpu
from kernels.shapes import Geometry

ROOT = Path(__file__).parent.parent.parent
CONVOLUTIONS = [  # images, kernels, stride, padding, padding_value: around 8 filters, 16 lanes, 48 pixels, and ends
    ((1, 1, 28, 28), (10, 1, 5, 5), (1, 1), (2, 2), 0.0),
    ((2, 3, 7, 9), (7, 3, 3, 3), (1, 1), (1, 1), 1.5),
    ((1, 2, 5, 47), (8, 2, 1, 2), (1, 1), (0, 0), 0.0),
    ((1, 2, 4, 50), (9, 2, 2, 3), (1, 1), (0, 0), -2.0),
    ((2, 1, 6, 21), (17, 1, 3, 2), (2, 3), (1, 0), 0.5),
    ((1, 2, 11, 3), (1, 2, 4, 1), (3, 1), (0, 3), 2.0),
    ((1, 3, 9, 8), (5, 3, 1, 1), (4, 2), (0, 0), 0.0),
    ((2, 33, 4, 4), (16, 33, 4, 4), (1, 1), (0, 0), 0.0),
    ((1, 9, 4, 150), (3, 9, 3, 5), (1, 2), (0, 1), 1.0),
    ((1, 6, 40, 20), (9, 6, 3, 3), (1, 1), (1, 1), 0.0),
    ((1, 2, 6, 203), (9, 2, 3, 3), (1, 1), (1, 1), 0.5),
    ((1, 1, 301, 207), (1, 1, 4, 3), (2, 2), (1, 2), -1.5),
    ((1, 1, 90, 401), (2, 1, 2, 5), (1, 1), (0, 1), 0.0),
]
POOLS = [((2, 2), (2, 2)), ((3, 3), (2, 2)), ((2, 3), (1, 1)), ((1, 4), (3, 3)), ((3, 2), (1, 3)), ((5, 5), (5, 4))]


def arrays(seed, *shapes, dtype=np.float64):
    random = np.random.default_rng(seed)
    return [random.normal(size=shape).astype(dtype) for shape in shapes]


def python(code, folder, environment=None):
    # Without bytecode (-B), which Python takes for current if a file is written twice within a second.
    return subprocess.run(
        [sys.executable, "-B", "-c", code], cwd=folder, env=environment, capture_output=True, text=True, timeout=120
    )


def torch_convolution(images, weights, bias, stride, padding, value):
    around = (padding[1], padding[1], padding[0], padding[0])
    return torch.conv2d(torch.nn.functional.pad(images, around, value=value), weights, bias, stride)


def pool_gradient(images, upstream, size, stride, mode):
    result = np.full_like(images, np.nan)
    cpu.pool2d_gradient(images, upstream, size, stride, mode, None, result)
    return result


@pytest.fixture(params=[False, True], ids=["whole images", "many regions"])
def small_panels(request, monkeypatch):
    if request.param:
        monkeypatch.setattr("kernels.cpu.convolution.PANEL_BYTES", 2**12)
        monkeypatch.setattr("kernels.cpu.convolution.DEPTH", 20)


@pytest.mark.sampled(16)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("case", CONVOLUTIONS)
def test_convolution_at_the_edges_of_its_tiles(case, dtype, small_panels):
    shape, kernel, *options = case
    images, weights, bias = arrays(0, shape, kernel, kernel[:1], dtype=dtype)
    output = kernels.conv2d(images, weights, bias, *options, backend="cpu")
    exact, scale = (
        torch_convolution(*(torch.from_numpy(f(array)).double() for array in (images, weights, bias)), *options[:2], value)
        for f, value in ((np.array, options[2]), (abs, abs(options[2])))
    )
    tolerance = (8 + 2 * np.prod(kernel[1:]) ** 0.5) * np.finfo(dtype).eps * scale.numpy()
    assert (abs(output - exact.numpy()) <= tolerance).all()


@st.composite
def convolutions(draw):
    """Draw images, kernels and bias, how they meet, and how the work is cut: threads, channels and lines at a time."""
    groups, batch = draw(st.sampled_from([1, 1, 2, 5])), draw(st.integers(1, 3))
    channels, filters = draw(st.sampled_from([1, 2, 7])), draw(st.sampled_from([1, 3, 4, 5, 8, 13, 40]))
    kernel, stride = (draw(st.tuples(st.integers(1, 4), st.integers(1, 4))) for _ in range(2))
    dilation, padding = draw(st.tuples(st.integers(1, 3), st.integers(1, 3))), draw(st.tuples(*[st.integers(0, 5)] * 2))
    least = [max(1, (k - 1) * d + 1 - 2 * p) for k, d, p in zip(kernel, dilation, padding)]
    size = [draw(st.integers(low, low + more)) for low, more in zip(least, (9, 120))]
    shapes = (batch, groups * channels, *size), (groups * filters, channels, *kernel), (groups * filters,)
    tensors = [torch.from_numpy(array) for array in arrays(draw(st.integers(0, 2**32 - 1)), *shapes)]
    options = {"stride": stride, "padding": padding, "dilation": dilation, "groups": groups}
    cut = {"threads._count": draw(st.integers(2, 5)), "convolution.WORTH_THREADS": 0}
    cut |= {
        "convolution.PANEL_BYTES": draw(st.sampled_from([1, 2**11, 2**13])),
        "convolution.DEPTH": draw(st.integers(1, 70)),
    }
    return tensors, options, cut


@pytest.mark.costly
@settings(max_examples=60)
@given(case=convolutions())
def test_any_convolution_however_it_is_cut(case):
    tensors, options, cut = case
    inputs = [tensor.numpy() for tensor in tensors]
    expected = torch.conv2d(*tensors, **options).numpy()
    with pytest.MonkeyPatch.context() as patch:
        for name, value in cut.items():
            patch.setattr(f"kernels.cpu.{name}", value)
        shared = kernels.conv2d(*inputs, backend="cpu", **options)
        patch.setattr("kernels.cpu.convolution.WORTH_THREADS", np.inf)
        patch.setattr("kernels.cpu.convolution.PANEL_BYTES", 2**18)
        alone = kernels.conv2d(*inputs, backend="cpu", **options)
    np.testing.assert_allclose(shared, expected, rtol=1e-12, atol=1e-12)
    assert shared.tobytes() == alone.tobytes()  # each sum in one order, whichever thread computes it


def walled(shape, dtype):
    """Return an array, and the NaN that lie before it. What touches the memory behind it crashes."""
    count, size, page = math.prod(shape), np.dtype(dtype).itemsize, mmap.PAGESIZE
    room = -(-(count + 64) * size // page) * page
    numbers = np.frombuffer(mmap.mmap(-1, room + page), dtype, room // size)
    assert ctypes.CDLL(None).mprotect(ctypes.c_void_p(numbers.ctypes.data + room), page, 0) == 0
    numbers[:-count] = np.nan
    return numbers[-count:].reshape(shape), numbers[:-count]


@pytest.mark.skipif(sys.platform != "linux", reason="protects memory as Linux does")
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("case", CONVOLUTIONS)
def test_nothing_beside_its_arrays_is_read_or_written(case, dtype, small_panels):
    shape, kernel, stride, padding, value = case
    expected = kernels.conv2d(np.ones(shape), np.ones(kernel), np.ones(kernel[0]), stride, padding, value, backend="numpy")
    (*inputs, output), before = zip(*(walled(each, dtype) for each in (shape, kernel, kernel[:1], expected.shape)))
    for array in inputs:
        array[:] = 1
    cpu.conv2d(*inputs, Geometry(stride, padding), dtype(value), output)
    np.testing.assert_allclose(output, expected)
    assert all(np.isnan(numbers).all() for numbers in before)


@pytest.mark.skipif(sys.platform != "linux", reason="protects memory as Linux does")
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("shape", [(20, 25, 11), (9, 64, 48), (17, 84, 120)])
def test_nothing_beside_the_arrays_of_a_dense_layer_is_read_or_written(shape, dtype, monkeypatch):
    monkeypatch.setattr("kernels.cpu.matrices.LITTLE", 0)
    monkeypatch.setattr("kernels.cpu.matrices.FEW", 0)
    batch, count, neurons = shape
    shapes = [(batch, count), (neurons, count), (batch, neurons), (neurons,)]
    (inputs, weights, upstream, bias), before = zip(*(walled(each, dtype) for each in shapes))
    (output, for_inputs, for_weights, for_bias), around = zip(*(walled(shapes[i], dtype) for i in (2, 0, 1, 3)))
    for array in (inputs, weights, upstream, bias):
        array[:] = 1
    cpu.dense(inputs, weights, bias, output)
    cpu.dense_gradients(inputs, weights, upstream, for_inputs, for_weights, for_bias)
    for array, value in ((output, count + 1), (for_inputs, neurons), (for_weights, batch), (for_bias, batch)):
        assert (array == value).all()
    assert all(np.isnan(numbers).all() for numbers in before + around)


@pytest.mark.parametrize(
    ("images", "weights", "groups"),
    [
        ((4, 3, 9, 9), (8, 3, 3, 3), 1),
        ((1, 3, 60, 50), (8, 3, 3, 3), 1),
        ((3, 3, 60, 50), (8, 3, 3, 3), 1),
        ((1, 20, 7, 7), (64, 20, 3, 3), 1),
        ((1, 12, 9, 9), (12, 1, 3, 3), 12),
    ],
)
def test_threads_take_small_portions_until_all_is_written(images, weights, groups, monkeypatch):
    def from_each_portion_on(compute, *arguments):
        given, (output, *cut, taken, shares) = arguments[:10], arguments[10:]
        left = np.ones(output.shape, bool)
        sizes = []
        while left.any():
            part, before = np.full_like(output, np.nan), left
            taken[0] = len(sizes)  # other threads have taken so many
            compute(*given, part, *cut, taken, shares)
            left = ~np.isnan(part)
            assert left.all() if not sizes else (left <= before).all()
            sizes.append(before.mean() - left.mean())
        assert min(sizes[1:]) > 0 and max(sizes) < 0.65 / shares
        called.append(shares)

    called = []
    for name in ("share_of_planes", "share_of_regions"):
        compute = getattr(cpu.convolution, name)
        monkeypatch.setattr(f"kernels.cpu.convolution.{name}", partial(from_each_portion_on, compute))
    monkeypatch.setattr("kernels.cpu.convolution.WORTH_THREADS", 0)
    for count in (2, 3):
        monkeypatch.setattr("kernels.cpu.threads._count", count)
        kernels.conv2d(*arrays(0, images, weights), backend="cpu", groups=groups)
    assert called == [2, 3]


@pytest.mark.parametrize(("channels", "width", "apart"), [(1, 1, (2**20, 2**20)), (50, 200, (1, 2**30))])
def test_gaps_of_a_dilated_kernel_take_no_memory(channels, width, apart):
    images, weights = np.ones((1, channels, 1, width), np.float32), np.ones((1, channels, 3, 3), np.float32)
    output = kernels.conv2d(images, weights, padding=apart, dilation=apart, backend="cpu")
    assert output.shape == (1, 1, 1, width) and (output == channels).all()


@pytest.mark.parametrize("filters", [1, 7, 8, 9, 16])
def test_every_width_around_the_vectors(filters):
    for height, width in product((1, 3), [*range(1, 20), *range(46, 51)]):
        images, weights, bias = arrays(width, (2, 2, height, width + 1), (filters, 2, 1, 2), (filters,), dtype=np.float32)
        output = kernels.conv2d(images, weights, bias, backend="cpu")
        pairs = images[:, None, :, :, :-1] * weights[:, :, :, :1] + images[:, None, :, :, 1:] * weights[:, :, :, 1:]
        np.testing.assert_allclose(output, pairs.sum(axis=2) + bias[:, None, None], rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("channels", [17, 19, 33])
def test_blocks_of_channels_that_are_not_equally_deep(channels):
    """Sums wait in the order of the tiles, so this must not depend on a block's depth, whatever a row's width."""
    for width in range(4, 240, 4):
        images, weights, bias = arrays(width, (1, channels, 3, width), (12, channels, 3, 3), (12,), dtype=np.float32)
        output = kernels.conv2d(images, weights, bias, padding=1, backend="cpu")
        exact = torch.conv2d(*(torch.from_numpy(array).double() for array in (images, weights, bias)), padding=1)
        np.testing.assert_allclose(output, exact, rtol=1e-3, atol=1e-3)


@pytest.mark.parametrize("special", [np.nan, np.inf])
def test_special_numbers_land_where_they_are_read(special):
    images, weights = arrays(0, (2, 2, 9, 19), (9, 2, 3, 3), dtype=np.float32)
    images[1, 0, 4, 17] = special
    clean = np.isfinite(kernels.conv2d(images, weights, padding=1, backend="cpu"))
    expected = np.ones_like(clean)
    expected[1, :, 3:6, 16:19] = False
    assert (clean == expected).all()
    weights, images = arrays(0, (9, 2, 3, 3), (2, 2, 9, 19), dtype=np.float32)
    weights[8, 1, 2, 0] = special
    clean = np.isfinite(kernels.conv2d(images, weights, backend="cpu"))
    assert clean[:, :8].all() and not clean[:, 8].any()


@pytest.mark.costly
@pytest.mark.parametrize("mode", kernels.MODES)
def test_special_numbers_in_pools(mode):
    (images,) = arrays(0, (2, 3, 12, 41), dtype=np.float32)
    images[0, 1, 5, 7] = images[1, 2, 11, 40] = np.nan
    images[0, 0, 3, 20:24], images[1, 1, 0, 0] = np.inf, -np.inf
    for size, stride in POOLS:
        output = kernels.pool2d(images, size, stride, mode, backend="cpu")
        expected = kernels.pool2d(images.astype(float), size, stride, mode, backend="numpy")
        np.testing.assert_allclose(output, expected, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("mode", kernels.MODES)
def test_pools_of_every_width_around_the_vectors(mode):
    for width, (size, stride) in product([*range(4, 20), 33, 70], [((2, 2), (2, 2)), ((3, 3), (1, 2)), ((2, 4), (1, 1))]):
        (images,) = arrays(width, (1, 2, 5, width), dtype=np.float32)
        output = kernels.pool2d(images, size, stride, mode, backend="cpu")
        expected = kernels.pool2d(images.astype(float), size, stride, mode, backend="numpy")
        np.testing.assert_allclose(output, expected, rtol=1e-5, atol=1e-6)


@pytest.mark.costly
@pytest.mark.parametrize(
    ("mode", "pool"), [("max", torch.nn.functional.max_pool2d), ("average", torch.nn.functional.avg_pool2d)]
)
@pytest.mark.parametrize(("size", "stride"), POOLS)
def test_gradients_of_pools_agree_with_torch(mode, pool, size, stride):
    images = np.random.default_rng(0).integers(-3, 4, (2, 2, 11, 13)).astype(float)  # with many ties
    inputs = torch.from_numpy(images).requires_grad_()
    output = pool(inputs, size, stride)
    (upstream,) = arrays(1, tuple(output.shape))
    (expected,) = torch.autograd.grad(output, inputs, torch.from_numpy(upstream))
    np.testing.assert_allclose(pool_gradient(images, upstream, size, stride, mode), expected, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("mode", ["min", "median"])
@pytest.mark.parametrize(("size", "stride"), POOLS)
def test_gradients_of_pools_agree_with_sorting(mode, size, stride):
    images = np.random.default_rng(0).integers(-3, 4, (1, 2, 11, 13)).astype(float)
    (upstream,) = arrays(1, kernels.pool2d(images, size, stride, mode, backend="numpy").shape)
    expected = np.zeros_like(images)
    for n, c, y, x in np.ndindex(upstream.shape):
        window = np.s_[n, c, y * stride[0] : y * stride[0] + size[0], x * stride[1] : x * stride[1] + size[1]]
        order = np.argsort(images[window].ravel(), kind="stable")
        for place in [0, 0] if mode == "min" else [(len(order) - 1) // 2, len(order) // 2]:
            share = np.zeros(len(order))
            share[order[place]] = upstream[n, c, y, x] / 2
            expected[window] += share.reshape(size)
    np.testing.assert_allclose(pool_gradient(images, upstream, size, stride, mode), expected, rtol=1e-12, atol=1e-12)


def test_the_bits_do_not_depend_on_threads(monkeypatch):
    images, weights, bias = arrays(0, (3, 20, 30, 21), (12, 20, 3, 3), (12,), dtype=np.float32)
    results = []
    for threads in (1, 1, 2, 5):
        monkeypatch.setattr("kernels.cpu.threads._count", threads)
        for module in ("convolution", "pooling", "pooling_gradient"):
            monkeypatch.setattr(f"kernels.cpu.{module}.WORTH_THREADS", 0 if threads > 1 else np.inf)
        output = kernels.conv2d(images, weights, bias, padding=1, backend="cpu")
        pooled = kernels.pool2d(images, 3, 2, "average", backend="cpu")
        results.append([output, pooled, pool_gradient(images, pooled, (3, 3), (2, 2), "average")])
    for others in results[1:]:
        assert all(result.tobytes() == other.tobytes() for result, other in zip(results[0], others))


@pytest.mark.costly
def test_no_folder_to_write_to_is_no_reason_to_fail(tmp_path):
    shutil.copytree(ROOT / "kernels", tmp_path / "kernels", ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "kernels" / "cpu" / "__pycache__").touch()  # a file: not even root makes a folder of that name
    code = (
        "import numpy as np; from kernels import cpu; result = np.ones((1, 1, 2, 2))\n"
        "cpu.pool2d_gradient(np.ones((1, 1, 2, 2)), np.ones((1, 1, 1, 1)), (2, 2), (2, 2), 'max', None, result)\n"
        "print(cpu.__file__, result.tolist())"
    )
    nowhere = {"HOME": os.devnull, "XDG_CACHE_HOME": os.devnull, "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env=nowhere, capture_output=True, text=True, timeout=120
    )
    assert done.stdout == f"{tmp_path}/kernels/cpu/__init__.py [[[[1.0, 0.0], [0.0, 0.0]]]]\n", done.stderr


@pytest.mark.parametrize(
    ("name", "features", "unit"),
    [("generic", None, "16 16"), ("haswell", "+avx,+avx2,+fma", "32 16"), ("skylake-avx512", "+avx512f", "64 32")],
)
def test_vectors_are_those_of_the_machine_that_is_compiled_for(name, features, unit):
    environment = os.environ | {"NUMBA_CPU_NAME": name} | ({"NUMBA_CPU_FEATURES": features} if features else {})
    done = python("from kernels.cpu.vectors import *; print(VECTOR_BYTES, REGISTERS)", ROOT, environment)
    assert done.stdout.split() == unit.split(), done.stderr


HITS = """
import resource
import runpy
import sys
import numpy as np
for line in sys.stdin:  # each time the function is made again, as in another process
    room = int(line) if line.strip() else resource.RLIM_INFINITY
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, resource.RLIM_INFINITY))
    double = runpy.run_path("double.py")["double"]
    assert all(double(np.ones(1, kind)).tobytes() == np.full(1, 2, kind).tobytes() for kind in ("f4", "f8"))
    print(len(double.stats.cache_hits), flush=True)
"""


@pytest.mark.costly
def test_a_damaged_cache_costs_compiling_again(tmp_path):
    """A disk that is full, half a file, and a file that another process took the name of for other types."""
    (tmp_path / "kernels" / "cpu").mkdir(parents=True)
    shutil.copy(ROOT / "kernels" / "cpu" / "compiled.py", tmp_path / "kernels" / "cpu")
    (tmp_path / "double.py").write_text(
        "from kernels.cpu.compiled import compiled\n@compiled\ndef double(values):\n    return values + values\n"
    )
    command, pipe = [sys.executable, "-c", HITS], subprocess.PIPE
    with subprocess.Popen(command, cwd=tmp_path, stdin=pipe, stdout=pipe, text=True) as process:

        def hits(room=""):
            print(room, file=process.stdin, flush=True)
            return int(process.stdout.readline())

        def swap():
            one, other = (path.read_bytes() for path in data)
            data[0].write_bytes(other)
            data[1].write_bytes(one)

        assert [hits(1000), hits(), hits()] == [0, 0, 2]
        (index,), data = ([*tmp_path.glob(f"__pycache__/*.{kind}")] for kind in ("nbi", "nbc"))
        for damage in (lambda: index.write_bytes(b""), lambda: data[0].write_bytes(data[0].read_bytes()[:500]), swap):
            damage()
            assert hits() < 2 and (hits() == 2 or hits() == 2)  # where an index is lost, so are the other types


@pytest.mark.costly
def test_a_changed_source_is_compiled_anew(tmp_path):
    """Numba looks at the file of the compiled function only; here what it calls stands in another one."""
    folder = tmp_path / "kernels" / "cpu"
    folder.mkdir(parents=True)
    shutil.copy(ROOT / "kernels" / "cpu" / "compiled.py", folder)
    for package in (folder, folder.parent):
        (package / "__init__.py").touch()
    (folder / "outer.py").write_text(
        "from kernels.cpu.compiled import compiled\nfrom kernels.cpu.inner import inner\n"
        "@compiled\ndef outer():\n    return inner()\n"
    )
    code = "from kernels.cpu.outer import outer; print(outer(), sum(outer.stats.cache_hits.values()))"
    printed = []
    for number in (1, 1, 2):
        (folder / "inner.py").write_text(f"from numba import njit\n@njit\ndef inner():\n    return {number}\n")
        done = python(code, tmp_path)
        printed.append(done.stdout or done.stderr)
    assert printed == ["1 0\n", "1 1\n", "2 0\n"]
