"""What pooling, gradients, dense layers and the loss read and write on a GPU, as the machine in gpu/ sees it."""

from collections import Counter

import numpy as np
import pytest

import kernels
from benchmarks.kernel_traffic.walks import accesses, asked, count, imported
from gpu.findings.races import races
from kernels.shapes import Geometry


def drawn(*shapes, dtype=np.float32):
    random = np.random.default_rng(0)
    return [random.normal(size=shape).astype(dtype) for shape in shapes]


def record(function, arguments, shapes, tile=16):
    """Return the outputs of a function of kernels.cuda, of these shapes, and its launches; tile: that of products."""
    kernels_cuda, cuda = imported()
    kernels_cuda.layers.TILE = tile
    outputs = [np.empty(shape, arguments[0].dtype) for shape in shapes]
    getattr(kernels_cuda, function)(*arguments, *outputs)
    return outputs, cuda.launches


# Sizes that fill no block, windows that overlap, windows that leave gaps.
CALLS = {
    "max": ("pool2d", [*drawn((3, 1, 6, 10)), (2, 2), (2, 2), "max"], [(3, 1, 3, 5)]),
    "median": ("pool2d", [*drawn((1, 2, 5, 7)), (3, 3), (1, 2), "median"], [(1, 2, 3, 3)]),
    "large median": ("pool2d", [*drawn((3, 1, 7, 6)), (6, 6), (1, 1), "median"], [(3, 1, 2, 1)]),
    "max's gradient": (
        "pool2d_gradient",
        [*drawn((3, 1, 5, 6), (3, 1, 2, 2)), (3, 3), (2, 3), "max", None],
        [(3, 1, 5, 6)],
    ),
    "average's gradient": (
        "pool2d_gradient",
        [*drawn((3, 1, 5, 6), (3, 1, 2, 2)), (2, 2), (3, 3), "average", None],
        [(3, 1, 5, 6)],
    ),
    "convolution's gradients": (
        "conv2d_gradients",
        [*drawn((3, 2, 5, 6), (2, 2, 3, 2), (3, 2, 3, 7)), Geometry((2, 1), (1, 1)), np.float32(0.5)],
        [(3, 2, 5, 6), (2, 2, 3, 2), (2,)],
    ),
    "relu": ("relu", drawn((150,)), [(150,)]),
    "relu's gradient": ("relu_gradient", drawn((150,), (150,)), [(150,)]),
    "dense": ("dense", drawn((5, 7), (6, 7), (6,)), [(5, 6)]),
    "dense's gradients": ("dense_gradients", drawn((5, 7), (6, 7), (5, 6)), [(5, 7), (6, 7), (6,)]),
    "loss": ("softmax_cross_entropy", [*drawn((3, 37)), np.array([0, 36, 5])], [(3,), (3, 37)]),
}


@pytest.mark.parametrize("name", CALLS)
def test_each_output_is_right_and_written_once_without_races(name):
    function, arguments, shapes = CALLS[name]
    outputs, launches = record(function, arguments, shapes, tile=4)
    expected = [np.empty(shape, np.float32) for shape in shapes]
    getattr(kernels.backends.backend("numpy"), function)(*arguments, *expected)
    for ours, theirs in zip(outputs, expected, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=1e-4)
    for launch in launches:
        assert [*launch.faults, *races(launch)] == []
        steps = launch.of("global", kind="write")
        written = Counter((step.memory.name, element) for step in steps for element in step.elements.tolist())
        assert set(written.values()) == {1}


@pytest.mark.parametrize("side", [8, 16, 64])
@pytest.mark.parametrize("mode", ["max", "median"])
def test_pooling_reads_each_pixel_once_in_pairs_and_whole_sectors(mode, side):
    _, (launch,) = record("pool2d", [*drawn((4, 1, side, side)), (2, 2), (2, 2), mode], [(4, 1, side // 2, side // 2)])
    assert Counter(access.at for access in accesses(launch, "global", "planes")) == dict.fromkeys(
        range(4 * side * side // 2), 1
    )
    read = asked(launch, "global", "planes")
    assert {request.size for request in read} == {8}
    assert sum(request.sectors for request in read) == 4 * side * side * 4 // 32
    assert all(len(request.lanes) == 32 for request in read)
    assert all(request.sectors == request.fewest for request in asked(launch, "global", "output", "write"))


def test_a_pixel_gathers_from_the_windows_that_read_it_alone():
    arguments = [*drawn((1, 2, 8, 32), (3, 2, 3, 3), (1, 3, 6, 30)), Geometry(), np.float32(0)]
    _, (images, weights, bias) = record("conv2d_gradients", arguments, [(1, 2, 8, 32), (3, 2, 3, 3), (3,)])
    pairs = 3 * 2 * 3 * 3 * 6 * 30  # of an output and a pixel that it read
    for launch in (images, weights):
        assert count(launch, "global", "upstream") == pairs
    assert count(images, "global", "kernels") == count(weights, "global", "images") == pairs
    assert count(bias, "global", "upstream") == 3 * 6 * 30
    for launch, array in ((images, "upstream"), (weights, "upstream"), (weights, "images")):
        found = asked(launch, "global", array)
        # Neighbours ask for neighbours: a warp's 128 bytes lie in 4 sectors, or 5 where they begin within one.
        assert sum(request.sectors for request in found) <= 1.25 * sum(request.fewest for request in found)


def test_products_read_two_values_for_sixteen_multiply_adds_and_meet_in_no_bank():
    multiply_adds = 16 * 32 * 32  # of each of the three products
    _, (forward,) = record("dense", drawn((16, 32), (32, 32), (32,)), [(16, 32)])
    _, (by_inputs, by_weights, _) = record(
        "dense_gradients", drawn((16, 32), (32, 32), (16, 32)), [(16, 32), (32, 32), (32,)]
    )
    for launch, names in (
        (forward, ("inputs", "weights")),
        (by_inputs, ("left", "right")),
        (by_weights, ("left", "right")),
    ):
        for name in names:
            assert count(launch, "global", name) == multiply_adds / 16
            assert all(request.sectors == request.fewest for request in asked(launch, "global", name))
        for tile in ("left_tile", "right_tile"):
            assert [request for request in asked(launch, "shared", tile) if request.conflicts] == []
            assert max(request.conflicts for request in asked(launch, "shared", tile, "write")) <= 1
