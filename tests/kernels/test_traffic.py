"""What the kernels read and write, as the machine in gpu/ sees it: right, without races, and as often as they state."""

import os
from collections import Counter

import numpy as np
import pytest

import kernels
from benchmarks.kernel_traffic.walks import LAYERS, accesses, asked, convolve, count, layer, walk
from gpu.findings.races import races
from kernels.cuda.convolution import LADDER, RUNGS
from kernels.cuda.convolution.implicit_gemm import Tile
from kernels.shapes import Geometry

GEMMS = {name: rung.launch.keywords["tile"] for name, rung in RUNGS.items() if "GEMM" in name}
TINY = Tile(16, 16, depth=4, rows=4, columns=4)
TINY_TILES = {"direct": None, "tiled": 4, "blocked": 4, "implicit_gemm": TINY, "pipelined": TINY}
# Strides, padding, places and channels that fill no tile: the edges of everything.
EDGES = (2, 3, 9, 8), (5, 3, 3, 2), Geometry((2, 1), (1, 1))


def reads(recording, memory, array=None):
    """Count the values read for each multiply-add."""
    return count(recording.launch, memory, array, "read") / recording.multiply_adds


def read_requests(recording, array):
    """Count the reads of shared memory for each multiply-add of a warp, a wide one as one."""
    return len(asked(recording.launch, "shared", array)) * 32 / recording.multiply_adds


def test_every_rung_has_its_layer():
    assert list(LAYERS) == [rung.name for rung in LADDER]


@pytest.mark.parametrize("file", TINY_TILES)
def test_each_output_is_right_and_written_once_without_races(file):
    recording = convolve(file, *EDGES, tile=TINY_TILES[file])
    images, weights, bias, shape = layer(*EDGES)
    expected = kernels.conv2d(images, weights, bias, *EDGES[2][:2], backend="numpy")
    np.testing.assert_allclose(recording.output, expected, rtol=1e-4, atol=1e-4)
    written = Counter(access.at for access in accesses(recording.launch, "global", "output", "write"))
    assert written == dict.fromkeys(range(np.prod(shape)), 1)
    assert [found for launch in recording.launches for found in (*launch.faults, *races(launch))] == []


def test_direct_reads_a_pixel_and_a_weight_for_each_multiply_add():
    recording = walk("direct")
    assert reads(recording, "global", "images") == reads(recording, "global", "kernels") == 1
    assert recording.launch.of("shared") == []


def test_tiled_reads_each_pixel_under_its_patch_once_a_channel():
    recording = walk("tiled")
    assert Counter(access.at for access in accesses(recording.launch, "global", "images")) == dict.fromkeys(
        range(2 * 18 * 18), 1
    )
    assert reads(recording, "global", "images") == 18 * 18 / 16**2 / 9
    assert reads(recording, "global", "kernels") == reads(recording, "shared", "pixels") == 1


def test_tiled_reads_the_rim_of_its_patch_too_whatever_the_stride():
    recording = convolve("tiled", (1, 1, 19, 13), (1, 1, 5, 4), Geometry((2, 3)), tile=4)
    patch = (3 * 2 + 5) * (3 * 3 + 4)
    assert count(recording.launch, "global", "images") == patch * 2  # blocks, whose patches overlap


def test_blocked_reads_a_pixel_for_sixteen_feature_maps():
    recording = walk("blocked")
    assert reads(recording, "global", "images") == 34 * 18 / (32 * 16) / 16 / 9
    assert reads(recording, "global", "kernels") == 9 / (32 * 16) / 9
    assert reads(recording, "shared", "pixels") == 1 / 16
    assert reads(recording, "shared", "weights") == 1 / 2  # once for both places
    assert read_requests(recording, "weights") == 1 / 8


@pytest.mark.costly
@pytest.mark.parametrize("name", GEMMS)
def test_a_gemm_reads_as_its_tile_says(name):
    recording, tile = walk(name), GEMMS[name]
    assert reads(recording, "global", "images") == 1 / tile.filters
    assert reads(recording, "global", "kernels") == 1 / tile.pixels
    assert reads(recording, "shared", "weights") == 1 / tile.columns
    assert reads(recording, "shared", "pixels") == 1 / tile.rows
    assert read_requests(recording, "weights") == 1 / tile.columns / 4
    assert read_requests(recording, "pixels") == 1 / tile.rows / 4


@pytest.mark.costly
def test_each_rung_takes_away_loads_of_the_one_below():
    traffic = [reads(walk(name), "global") for name in ("direct", "tiled", "blocked")]
    assert traffic == sorted(traffic, reverse=True) and len(set(traffic)) == 3
    loads = [
        sum(read_requests(walk(name), array) for array in ("pixels", "weights"))
        for name in ("blocked", "implicit GEMM 64x64", "implicit GEMM 64x128")
    ]
    assert loads == sorted(loads, reverse=True) and len(set(loads)) == 3


@pytest.mark.sampled(3)
@pytest.mark.parametrize("name", ["tiled", "blocked", *GEMMS])
def test_pixels_and_weights_in_shared_memory_meet_no_bank_twice(name):
    launch = walk(name).launch
    reads = [request for array in ("pixels", "weights") for request in asked(launch, "shared", array)]
    writes = [request for array in ("pixels", "weights") for request in asked(launch, "shared", array, "write")]
    assert {request.conflicts for request in reads} == {0}
    # Every eighth tap of a filter, of those that blocked stores at once, shares a bank: 8 x 20 is a multiple of 32.
    assert max(request.conflicts for request in writes) == (2 if name == "blocked" else 0)


def test_blocked_reads_taps_of_a_filter_side_by_side():
    found = asked(convolve("blocked", (1, 1, 18, 18), (16, 1, 3, 3)).launch, "global", "kernels")
    assert found and all(request.sectors == request.fewest for request in found)


@pytest.mark.sampled(3)
@pytest.mark.parametrize("name", LAYERS)
def test_neighbours_read_neighbouring_pixels(name):
    """A row of pixels starts anywhere in a sector, and each further row of the image that a warp reads starts a new one."""
    across = walk(name).output.shape[3]
    for request in asked(walk(name).launch, "global", "images"):
        rows = -(-len(request.lanes) // min(across, 16 if name in ("tiled", "blocked") else 32))
        assert request.sectors <= request.fewest + 2 * rows


@pytest.mark.parametrize("name", GEMMS)
def test_a_gemm_asks_for_no_sector_of_weights_in_vain(name):
    arrange, gemm = walk(name).launches
    for launch, array, kind in ((arrange, "weights", "write"), (gemm, "kernels", "read")):
        found = asked(launch, "global", array, kind)
        assert found and all(request.sectors == request.fewest for request in found)


@pytest.mark.parametrize("name", GEMMS)
def test_a_gemm_asks_once_where_its_outputs_belong(name):
    launch, tile = walk(name).launch, GEMMS[name]
    threads = np.prod(tile.threads) * np.prod(launch.blocks)
    assert count(launch, "global", "bias") == tile.rows * threads
    if name.startswith("implicit"):
        assert count(launch, "shared", "targets", "read") == tile.columns * threads


def test_implicit_gemm_fetches_the_next_step_while_it_multiplies():
    filters, depth, taps = 16, 4, 6
    launch = convolve("implicit_gemm", (1, 4, 5, 6), (16, 4, 2, 3), tile=Tile(filters, 16, depth, 4, 4)).launch
    fetches = {access.step for access in accesses(launch, "global", "images")}
    stores, products = (
        {(access.step, access.at // filters // depth) for access in accesses(launch, "shared", "weights", kind)}
        for kind in ("write", "read")
    )
    assert fetches == set(range(taps))
    assert stores == {(step, step % 2) for step in range(taps)}
    assert products == {(step + 1, step % 2) for step in range(taps)}


def test_what_was_imported_before_stays():
    before = kernels.cuda, kernels.cuda.convolution.direct.cuda
    convolve("direct", (1, 1, 2, 2), (1, 1, 1, 1))
    assert before == (kernels.cuda, kernels.cuda.convolution.direct.cuda)
    backend = "cuda" if os.environ.get("CONVGRADE_GPU") == "1" else "simulator"
    assert kernels.conv2d(np.ones((2, 2)), np.ones((1, 1)), backend=backend).tolist() == [[1, 1], [1, 1]]
