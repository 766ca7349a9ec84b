"""No launch asks for more than the hardware has, however large the arrays; the simulator refuses what hardware would."""

import ast
import os
from concurrent.futures import ThreadPoolExecutor
from math import prod
from pathlib import Path
from time import sleep

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numba import config, float32

import kernels
from kernels.cuda import layers
from kernels.cuda.device import cuda
from kernels.cuda.grids import block, fit, grid
from kernels.cuda.limits import MOST_BLOCKS, MOST_THREADS, SHARED_BYTES, within_limits

GPU = os.environ.get("CONVGRADE_GPU") == "1"
BACKEND = "cuda" if GPU else "simulator"
FOLDER = Path(kernels.__file__).parent / "cuda"
SIZES = st.integers(1, 40) | st.integers(1, 2**31) | st.sampled_from([65_535, 65_536, 300_000, 1_048_560, 1_048_561])


def is_launch(node):
    """Return whether a node of a syntax tree is kernel[...](...), with sizes or what stands for them in the brackets."""
    called = node.func if isinstance(node, ast.Call) else None
    return isinstance(called, ast.Subscript) and isinstance(called.slice, ast.Tuple | ast.Call | ast.Name)


@pytest.mark.parametrize("path", sorted(FOLDER.rglob("*.py")), ids=lambda path: path.relative_to(FOLDER).as_posix())
def test_every_launch_goes_through_the_limits(path):
    for node in filter(is_launch, ast.walk(ast.parse(path.read_text(encoding="utf-8")))):
        assert ast.unparse(node.func.slice).startswith("within_limits("), f"{path.name}, line {node.lineno}"


def test_launches_are_found_in_code_that_does_without():
    """The test above sees each way to write a launch."""
    for code in ("a[1, 32](b)", "a(c)[d, e](b)", "a[both](b)", "a[fit(1, 2)](b)"):
        assert is_launch(ast.parse(code).body[0].value)
    assert not is_launch(ast.parse("FOLDS['max'](a, b)").body[0].value)


@given(planes=SIZES, rows=SIZES, columns=SIZES)
def test_every_value_gets_a_thread(planes, rows, columns):
    if planes * rows > 2**31:
        with pytest.raises(ValueError, match="at most 2,147,483,648 lines"):
            fit(planes, rows, columns)
        return
    (across, *lines), (x, y, z) = within_limits(*fit(planes, rows, columns))
    assert across * x >= columns and prod(lines) * y >= planes * rows
    assert across * x < columns + x and (prod(lines) - lines[0]) * y < planes * rows
    assert z == 1


@given(rows=SIZES, columns=SIZES)
def test_every_tile_of_a_matrix_gets_a_block(rows, columns):
    (across, down, deep), _ = within_limits(layers.tiles((rows, columns)), (layers.TILE, layers.TILE))
    assert across * layers.TILE >= columns and down * deep * layers.TILE >= rows


@given(planes=SIZES, rows=SIZES, columns=SIZES)
def test_a_block_that_walks_is_no_larger_than_the_hardware_allows(planes, rows, columns):
    _, threads = within_limits(1, block(planes, rows, columns))
    assert prod(threads) in {1, 2, 4, 8, 16, 32, 64, 128}  # sums over a block halve their number


@pytest.mark.parametrize(
    ("blocks", "threads", "message"),
    [
        ((1, 65_536), 32, "a launch has 1 to 65,535 blocks along y, not 65,536"),
        ((1, 1, 65_536), 32, "a launch has 1 to 65,535 blocks along z, not 65,536"),
        ((1, 1, 1, 2), 32, "too many values to unpack"),
        (2**31, 32, "a launch has 1 to 2,147,483,647 blocks along x, not 2,147,483,648"),
        (0, 32, "a launch has 1 to 2,147,483,647 blocks along x, not 0"),
        (1, 1_025, "a launch has 1 to 1,024 threads of a block along x, not 1,025"),
        (1, (1, 1, 65), "a launch has 1 to 64 threads of a block along z, not 65"),
        (1, (32, 33), "a block has at most 1,024 threads, not 32 x 33 x 1"),
    ],
)
def test_what_no_gpu_launches_is_refused(blocks, threads, message):
    with pytest.raises(ValueError, match=message):
        within_limits(blocks, threads)


def test_the_largest_launches_are_allowed():
    assert within_limits(MOST_BLOCKS, (32, 32)) == (MOST_BLOCKS, (32, 32, 1))
    assert within_limits(2, MOST_THREADS) == ((2, 1, 1), (1_024, 1, 1))


def test_a_grid_with_too_many_lines_says_so():
    with pytest.raises(ValueError, match="a launch has at most 2,147,483,648 lines, not 2,147,483,649"):
        grid(2**31 + 1, 1)


CALLS = {
    "conv2d": lambda a: kernels.conv2d(a((3, 2, 5, 4)), a((3, 2, 2, 3)), a((3,)), backend=BACKEND),
    "conv2d_gradients": lambda a: kernels.conv2d_gradients(
        a((2, 2, 4, 4)), a((2, 2, 3, 3)), a((2, 2, 2, 2)), backend=BACKEND
    ),
    "pool2d": lambda a: kernels.pool2d(a((3, 1, 9, 5)), 2, 1, "median", backend=BACKEND),
    "pool2d_gradient": lambda a: kernels.pool2d_gradient(a((3, 1, 6, 4)), a((3, 1, 3, 2)), mode="max", backend=BACKEND),
    "dense": lambda a: kernels.dense(a((9, 3)), a((7, 3)), a((7,)), backend=BACKEND),
    "dense_gradients": lambda a: kernels.dense_gradients(a((9, 7)), a((5, 7)), a((9, 5)), backend=BACKEND),
}


@pytest.mark.costly
@pytest.mark.usefixtures("small_blocks")
@pytest.mark.parametrize("name", CALLS)
def test_lines_on_both_axes_of_a_short_grid_are_walked(name, monkeypatch):
    """The same comes out where two axes have room for three blocks each, and lines take both of them."""

    def arrays(shape):
        return np.random.default_rng(prod(shape)).normal(size=shape)

    expected = CALLS[name](arrays)
    monkeypatch.setattr("kernels.cuda.grids.MOST_BLOCKS", (2**31 - 1, 3, 3))
    monkeypatch.setattr("kernels.cuda.grids.MOST_THREADS", 8)
    results = CALLS[name](arrays)
    for ours, theirs in zip(*((each,) if isinstance(each, np.ndarray) else each for each in (results, expected))):
        np.testing.assert_allclose(ours, theirs, rtol=1e-13, atol=1e-13)


def test_small_work_warns_of_nothing():
    """Numba would warn of each launch of fewer than 128 blocks, and the tests take a warning for an error."""
    assert config.CUDA_LOW_OCCUPANCY_WARNINGS == 0


@pytest.mark.skipif(GPU, reason="a GPU's own compiler refuses it")
@pytest.mark.parametrize("spare", [0, 1])
def test_the_simulator_has_as_much_shared_memory_as_a_gpu(spare):
    length = SHARED_BYTES // 8

    @cuda.jit
    def fill(output):
        first = cuda.shared.array(length, np.float32)
        second = cuda.shared.array(length + spare, np.float32)
        first[0] = second[0] = 1
        output[0] = first[0] + second[0]

    output = np.zeros(1, np.float32)
    if spare:
        with pytest.raises(ValueError, match="a GPU has 49,152 bytes of shared memory for a block, not 49,156"):
            fill[1, 1](output)
    else:
        fill[1, 1](output)
        assert output[0] == 2


@pytest.mark.skipif(not config.ENABLE_CUDASIM, reason="this is about Numba's simulator")
def test_threads_that_come_at_once_share_an_array(monkeypatch):
    shared, empty = cuda.simulator.kernelapi.FakeCUDAShared(0), np.empty
    monkeypatch.setattr(np, "empty", lambda *asked: (sleep(0.1), empty(*asked))[1])  # so that the second comes meanwhile
    with ThreadPoolExecutor(2) as threads:
        first, second = threads.map(lambda _: shared.array((2, 3), float32), range(2))
    assert first is second and (first.shape, first.dtype) == ((2, 3), np.float32)
