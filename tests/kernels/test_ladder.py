"""Each rung of the ladder against float64: in the simulator with small tiles, on a GPU (CONVGRADE_GPU=1) with real ones."""

import os
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kernels.cuda.convolution import LADDER, RUNGS, choose, conv2d, implicit_gemm, pipelined, tensor_cores
from kernels.cuda.convolution.implicit_gemm import Tile
from kernels.cuda.device import cuda
from kernels.cuda.limits import MOST_BLOCKS
from kernels.cuda.transfer import through_gpu
from kernels.shapes import Geometry
from tests.kernels.ladder_problems import problem, problems, right
from tests.kernels.mutants import mutant

GPU = os.environ.get("CONVGRADE_GPU") == "1"
FOLDER = Path(__file__).parent.parent.parent / "kernels" / "cuda" / "convolution"
SMALL_TILES = {
    "direct": {},
    "tiled": {"tile": 3},
    "blocked": {"tile": 3},
    "implicit_gemm": {"tile": Tile(filters=8, pixels=8, depth=4, rows=2, columns=2)},
    "implicit_gemm, two quads": {"tile": Tile(filters=16, pixels=16, depth=2, rows=8, columns=2)},
    "implicit_gemm, wide": {"tile": Tile(filters=8, pixels=16, depth=2, rows=1, columns=8)},
    "pipelined": {"tile": Tile(filters=8, pixels=8, depth=4, rows=2, columns=4)},
    "pipelined, two quads": {"tile": Tile(filters=16, pixels=16, depth=4, rows=8, columns=2)},
    "pipelined, wide": {"tile": Tile(filters=8, pixels=16, depth=8, rows=1, columns=8)},
    "pipelined, rows at once": {"tile": Tile(filters=16, pixels=4, depth=4, rows=4, columns=2)},
}


def small(name, change=None):
    """Return a rung's launch with small tiles, as it is or with a change of its source."""
    launch = mutant(FOLDER / f"{name.split(',')[0]}.py", change).launch
    return through_gpu(outputs=1)(partial(launch, **SMALL_TILES[name]))


def passes(launch, case):
    """Tell whether the rung computes this case within float32's error."""
    exact, tolerance = right(*case)
    output = np.full(exact.shape, np.nan, np.float32)
    *inputs, value = case
    launch(*inputs, np.float32(value), output)
    return bool((abs(output - exact) <= tolerance).all())


@pytest.mark.costly
@pytest.mark.skipif(GPU, reason="small tiles are for the simulator")
@pytest.mark.parametrize("name", SMALL_TILES)
@settings(max_examples=6)
@given(data=st.data())
def test_small_tiles_agree_with_float64(name, data):
    filters = 3 if name == "tiled" else 17  # a block of its own for each feature map
    assert passes(small(name), data.draw(problems(most=5, most_filters=filters, most_dilation=2)))


def skip_without_its_instructions(takes):
    """Skip where the GPU is older than what the rung is made of, which takes less then."""
    if not takes((1, 1, 8, 8), (1, 1, 3, 3), Geometry(), np.dtype(np.float32)):
        pytest.skip("this GPU lacks the rung's instructions")


@pytest.mark.skipif(not GPU, reason="large layers are for a GPU")
@pytest.mark.parametrize("rung", LADDER, ids=RUNGS)
@settings(max_examples=15)  # a rung compiles a kernel for each size of window, stride and dilation
@given(data=st.data())
def test_real_tiles_agree_with_float64(rung, data):
    skip_without_its_instructions(rung.takes)
    case = data.draw(problems(most=70, most_filters=140, most_dilation=3))
    assert passes(through_gpu(outputs=1)(rung.launch), case)


# The simulator's threads wait for each other at each product of tensor cores; the machine in gpu/ runs these tiles, too.
QUICK = [name for name in RUNGS if GPU or not name.startswith("tensor cores")]


@pytest.mark.costly
@pytest.mark.parametrize("name", QUICK)
def test_real_tiles_agree_with_float64_on_one_layer(name):
    skip_without_its_instructions(RUNGS[name].takes)
    *inputs, value = case = problem(1, 9, (6, 6), 3, (3, 2), (1, 1), (1, 1))
    exact, tolerance = right(*case)
    output = np.full(exact.shape, np.nan, np.float32)
    conv2d(*inputs, np.float32(value), output, rung=name)
    assert (abs(output - exact) <= tolerance).all()


@pytest.mark.sampled(2)
@pytest.mark.parametrize("name", SMALL_TILES)
@pytest.mark.parametrize("broken", [np.nan, np.inf])
@pytest.mark.filterwarnings("ignore:invalid value")  # infinity times the zeros that fill up a tile
def test_what_is_not_finite_reaches_only_the_outputs_that_see_it(name, broken):
    skip_without_its_instructions(mutant(FOLDER / f"{name.split(',')[0]}.py", None).takes)
    images, kernels, bias, *options, value = problem(2, 3, (5, 4), 2, (2, 3), (1, 1), (1, 1))
    images[0, 2, 3, 1] = images[1, 0, 0, 3] = broken
    *_, rows, columns = shape = 2, 2, 6, 4
    output = np.empty(shape, np.float32)
    small(name)(images, kernels, bias, *options, np.float32(value), output)
    sees = np.zeros(shape, bool)
    for n, row, column in ((0, 3, 1), (1, 0, 3)):
        for y in range(rows):
            for x in range(columns):
                sees[n, :, y, x] |= 0 <= row - y + 1 < 2 and 0 <= column - x + 1 < 3
    assert (~np.isfinite(output) == sees).all()


def keeps_infinity(launch):
    """Return whether infinite padding makes those outputs infinite whose windows reach it, and leaves the others."""
    images, kernels, bias, geometry, _ = problem(1, 3, (3, 4), 2, (2, 2), (1, 1), (1, 0))
    output = np.empty((1, 2, 4, 3), np.float32)
    launch(images, abs(kernels) + 1, bias, geometry, np.float32(np.inf), output)
    return bool(np.isposinf(output[:, :, [0, -1]]).all() and np.isfinite(output[:, :, 1:-1]).all())


@pytest.mark.sampled(4)
@pytest.mark.parametrize("name", SMALL_TILES)
@pytest.mark.filterwarnings("ignore:invalid value")  # infinity times the zeros that fill up a tile
def test_infinite_padding_is_infinity(name):
    assert keeps_infinity(small(name))


def test_a_rung_that_does_not_take_a_layer_says_so():
    images, kernels, bias, *options, value = problem(1, 1, (60, 60), 1, (58, 58), (1, 1), (0, 0))
    output = np.empty((1, 1, 3, 3), np.float64)
    arrays = (array.astype(np.float64) for array in (images, kernels, bias))
    with pytest.raises(ValueError, match="the rung blocked does not take images"):
        conv2d(*arrays, *options, value, output, rung="blocked")


@given(
    batch=st.integers(1, 2048),
    channels=st.integers(1, 512),
    filters=st.integers(1, 512),
    size=st.tuples(*[st.integers(11, 224)] * 2),
    kernel=st.tuples(*[st.integers(1, 11)] * 2),
    stride=st.tuples(*[st.integers(1, 11)] * 2),
    dtype=st.sampled_from([np.dtype(np.float32), np.dtype(np.float64)]),
)
def test_what_is_chosen_takes_the_layer(batch, channels, filters, size, kernel, stride, dtype):
    layer = (batch, channels, *size), (filters, channels, *kernel), Geometry(stride), dtype
    assert choose(*layer).takes(*layer)


@pytest.mark.parametrize("capability", [(7, 5), (8, 0)])
def test_the_pipeline_wants_a_gpu_that_copies_by_itself(capability, monkeypatch):
    for module in ("pipelined", "ladder"):
        monkeypatch.setattr(f"kernels.cuda.convolution.{module}.capability", lambda: capability)
    layer = (32, 256, 56, 56), (256, 256, 3, 3), Geometry(padding=(1, 1)), np.dtype(np.float32)
    name = "implicit GEMM 128x128" if capability < (8, 0) else "pipelined GEMM 128x128"
    assert choose(*layer).name == name
    assert RUNGS["pipelined GEMM 64x64"].takes(*layer) == (capability >= (8, 0))


@pytest.mark.parametrize(
    ("images", "kernels", "padding"),
    [
        ((32, 1024, 256, 256), (64, 1024, 3, 3), (0, 0)),  # 2 ** 31 pixels
        ((32, 128, 254, 256), (1024, 128, 3, 1), (2, 0)),  # 2 ** 31 outputs
        ((1, 2**16, 1, 1), (2**15, 2**16, 1, 1), (0, 0)),  # 2 ** 31 weights
    ],
)
def test_the_pipeline_counts_with_32_bits(images, kernels, padding):
    rest = Geometry(padding=padding), np.dtype(np.float32)
    assert RUNGS["implicit GEMM 64x64"].takes(images, kernels, *rest)
    assert not RUNGS["pipelined GEMM 64x64"].takes(images, kernels, *rest)
    fewer = images[0], images[1] - 1024 if images[1] > 1024 else images[1] // 2, *images[2:]
    less = kernels[0] // 2, fewer[1], *kernels[2:]
    assert RUNGS["pipelined GEMM 64x64"].takes(fewer, less, *rest)


@pytest.mark.parametrize("filters", [65_535 * 64, 65_535 * 64 + 1])
def test_products_of_matrices_have_no_more_filters_than_a_grid_has_room_for(filters):
    layer = (1, 35, 5, 2), (filters, 35, 2, 1), Geometry(), np.dtype(np.float32)
    for rung in (implicit_gemm, pipelined, tensor_cores):
        fits = implicit_gemm.blocks((1, filters, 4, 2), rung.TILES[0].filters, rung.TILES[0].pixels)[1] <= MOST_BLOCKS[1]
        assert rung.takes(*layer) == fits == (filters == 65_535 * 64)


def test_each_thread_of_the_host_arranges_weights_in_memory_of_its_own():
    """One may arrange its weights after another has arranged its own, and before that one convolves."""
    tile = SMALL_TILES["implicit_gemm"]["tile"]
    ones, twos = (cuda.to_device(np.full((8, 4, 1, 1), value, np.float32)) for value in (1, 2))
    first = implicit_gemm.arranged(ones, tile.filters, tile.depth)
    with ThreadPoolExecutor(1) as pool:
        second = pool.submit(implicit_gemm.arranged, twos, tile.filters, tile.depth).result()
    assert (first.copy_to_host() == 1).all() and (second.copy_to_host() == 2).all()
    assert implicit_gemm.arranged(twos, tile.filters, tile.depth) is first, "a thread's own is used again"


@pytest.mark.parametrize("name", ["tiled", "blocked"])
def test_more_blocks_than_an_axis_of_the_grid_holds(name, monkeypatch):
    monkeypatch.setattr("kernels.cuda.grids.MOST_BLOCKS", (2**31 - 1, 2, 6))
    launch = through_gpu(outputs=1)(partial(RUNGS[name].launch, tile=3))
    assert passes(launch, problem(3, 1, (4, 4), 17 if name == "blocked" else 2, (2, 2), (1, 1), (0, 0)))


INSIDE = "0 <= top + v < height and 0 <= left + h < width"
MUTANTS = {
    "direct": [
        ("if feature_map >= batch", "if feature_map > batch"),
        ("column >= columns", "column > columns"),
        ("0 <= v < height", "-1 <= v < height"),
        ("0 <= v < height", "0 <= v <= height"),
        ("0 <= h < width", "-1 <= h < width"),
        ("0 <= h < width", "0 <= h <= width"),
    ],
    "tiled": [
        (INSIDE, INSIDE.replace("0 <= top", "-1 <= top")),
        (INSIDE, INSIDE.replace("< height", "<= height")),
        (INSIDE, INSIDE.replace("0 <= left", "-1 <= left")),
        (INSIDE, INSIDE.replace("< width", "<= width")),
        ("if row < rows", "if row <= rows"),
        ("column < columns", "column <= columns"),
        ("range(y, height_under, tile)", "range(y, tile, tile)"),
        ("range(x, width_under, tile)", "range(x, tile, tile)"),
    ],
    "blocked": [
        ("0 <= row_under <", "-1 <= row_under <"),
        ("row_under < int32(height)", "row_under <= int32(height)"),
        ("0 <= column_under <", "-1 <= column_under <"),
        ("column_under < int32(width)", "column_under <= int32(width)"),
        ("if row + i * tile < rows", "if row + i * tile <= rows"),
        ("column < columns", "column <= columns"),
        ("if f < few and", "if f <= few and"),
        ("if f < few else", "if f <= few else"),
        ("range(0, taps * per_thread, threads)", "range(0, threads, threads)"),
        ("range(0, under_patch, threads)", "range(0, threads, threads)"),
    ],
    "implicit_gemm": [
        ("0 <= v < height", "-1 <= v < height"),
        ("0 <= v < height", "0 <= v <= height"),
        ("0 <= h < width", "-1 <= h < width"),
        ("0 <= h < width", "0 <= h <= width"),
        ("0 <= top < height", "-1 <= top < height"),
        ("0 <= left < width", "-1 <= left < width"),
        ("if c < channels and", "if c <= channels and"),
        ("and k < filters", "and k <= filters"),
        ("< channels - first", "<= channels - first"),
        ("if few_targets[j] >= 0", "if few_targets[j] >= -1"),
        ("if k < filters:\n", "if k <= filters:\n"),
        ("((step - 1) & 1) * depth", "(step & 1) * depth"),
        ("if first >= channels", "if first > channels"),
        ("h += dilation[1]", "h += 1"),
        ("v += dilation[0]", "v += 1"),
    ],
    "pipelined": [
        ("            wait()\n", ""),
        ("            wait()\n            cuda.syncthreads()", "            cuda.syncthreads()\n            wait()"),
        ("0 <= v < height", "-1 <= v < height"),
        ("0 <= v < height", "0 <= v <= height"),
        ("0 <= h < width", "-1 <= h < width"),
        ("0 <= h < width", "0 <= h <= width"),
        ("0 <= top < height", "-1 <= top < height"),
        ("0 <= left < width", "-1 <= left < width"),
        ("at, i * pixel_rows < left_over", "at, i * pixel_rows <= left_over"),
        ("if i * pixel_rows < left_over else number(0)", ""),
        ("targets[j] != NOWHERE", "True"),
        ("if k < filters:\n", "if k <= filters:\n"),
        ("((step - 1) & 1) * depth", "(step & 1) * depth"),
        ("if first >= channels", "if first > channels"),
        ("int32(h + dilation[1])", "int32(h + 1)"),
        ("int32(v + dilation[0])", "int32(v + 1)"),
    ],
    "pipelined, rows at once": [
        ("int32((n * channels + pixel_row) * plane)", "int32(n * channels * plane)"),
        ("int32(channels - first - pixel_row)", "int32(channels - first)"),
        ("i * pixel_rows * plane", "i * plane"),
        ("i * weight_rows * filled_filters", "i * filled_filters"),
        ("uint32(buffer + weight_row + i * weight_rows)", "uint32(buffer + weight_row)"),
    ],
}


def barriers(name):
    """Return, for each barrier in a rung's source, the change that takes it away: its place among them."""
    return range((FOLDER / f"{name.split(',')[0]}.py").read_text(encoding="utf-8").count("cuda.syncthreads()"))


@pytest.mark.skipif(GPU, reason="a GPU may forgive what is wrong; the simulator does not")
@pytest.mark.sampled(5)
@pytest.mark.filterwarnings("ignore:invalid value")  # as above
@pytest.mark.parametrize(
    ("name", "change"), [(name, change) for name in MUTANTS for change in (*barriers(name), *MUTANTS[name])]
)
def test_a_missing_barrier_and_a_wrong_bound_are_found(name, change):
    """Each mutant fails on layers that the rung itself computes: beside tiles' sizes, within, with gaps, with infinity."""
    few = 2 if name == "tiled" else 9  # a block of its own for each feature map
    cases = [
        problem(2, 5, (3, 8), few, (3, 2), (1, 2), (1, 1)),
        problem(1, 4, (2, 3), few - 1, (1, 2), (1, 1), (0, 0)),
        problem(1, 2, (4, 4), few - 1, (2, 2), (2, 1), (1, 1), dilation=(2, 3)),
    ]
    launch = small(name, change)
    assert not (all(survives(launch, case) for case in cases) and survives(launch))


def survives(launch, case=None):
    """Return whether a rung, which may be a mutant, computes a case; without one, whether it keeps infinity in place."""
    try:
        return passes(launch, case) if case else keeps_infinity(launch)
    except (IndexError, OverflowError, RuntimeWarning):  # beyond an array, before it, numbers that were never written
        return False


@pytest.mark.skipif(GPU, reason="a GPU may forgive what is wrong; the simulator does not")
@pytest.mark.parametrize(
    ("name", "bound"),
    [("direct", "feature_map >= batch * filters"), ("tiled", "feature_map >= batch * filters"), ("blocked", "n >= batch")],
)
def test_blocks_beyond_the_last_compute_nothing(name, bound, monkeypatch):
    """Where a grid's axes are short, it has more lines than are needed."""
    monkeypatch.setattr("kernels.cuda.grids.MOST_BLOCKS", (2**31 - 1, 4, 4))
    monkeypatch.setattr("kernels.cuda.grids.MOST_THREADS", 8)
    case = problem(5, 1, (3, 3), 1, (1, 1), (1, 1), (0, 0))  # five lines of blocks, on a grid that has room for six
    assert survives(small(name), case)
    assert not survives(small(name, (bound, bound.replace(">=", ">"))), case)
