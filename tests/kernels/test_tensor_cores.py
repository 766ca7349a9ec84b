"""The rung on tensor cores: the instruction's layout and rounding; the kernel, on the machine in gpu/, against float64."""

import threading
from collections import Counter
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.kernel_traffic.walks import Change, accesses, asked, convolve, count, imported
from gpu.faults import KernelError
from gpu.findings.races import races
from kernels.cuda import simulated_mma
from kernels.cuda.convolution import tensor_cores
from kernels.cuda.convolution.tensor_cores import TILES, Tile, split, takes
from kernels.cuda.device import cuda, simulated
from kernels.cuda.simulated_mma import AMPERE, HOPPER, multiply_add, of_warps
from kernels.shapes import Geometry
from tests.kernels.ladder_problems import problem, problems, right

SMALL = {"one warp": Tile(16, 8, rows=16, columns=8, depth=8), "four warps": Tile(32, 32, rows=16, columns=16)}
REAL = {f"tensor cores {tile.filters}x{tile.pixels}": tile for tile in TILES}
TF32_BITS = np.uint32(0xFFFFE000)
NORMAL = st.floats(2.0**-100, 2.0**126, width=32) | st.floats(-(2.0**126), -(2.0**-100), width=32)


# The instruction


def test_each_lane_holds_the_elements_that_the_manual_names():
    """PTX ISA, Matrix Fragments for mma.m16n8k8, .tf32: row and column of register i of a lane, written once more."""
    random = np.random.default_rng(0)
    a, b, c = (random.integers(-8, 9, shape).astype(np.float32) for shape in ((16, 8), (8, 8), (16, 8)))
    parts, places = {"a": [], "b": [], "c": []}, []
    for lane in range(32):
        group, in_group = lane >> 2, lane % 4
        parts["a"].append([a[group if i in (0, 2) else group + 8, in_group if i < 2 else in_group + 4] for i in range(4)])
        parts["b"].append([b[in_group if i == 0 else in_group + 4, group] for i in range(2)])
        places.append([(group if i < 2 else group + 8, in_group * 2 + (i & 1)) for i in range(4)])
        parts["c"].append([c[place] for place in places[-1]])
    found = of_warps(*(np.array(each, np.float32) for each in parts.values()))
    expected = a.astype(int) @ b.astype(int) + c.astype(int)
    for lane in range(32):
        assert [expected[place] for place in places[lane]] == found[lane].tolist()


def one(products, start, kept):
    """Return what a tensor core makes of a sum: products of a row and a column, added to a number."""
    a, b, c = np.zeros((16, 8), np.float32), np.zeros((8, 8), np.float32), np.zeros((16, 8), np.float32)
    for k, (left, right_) in enumerate(products):
        a[3, k], b[k, 5] = left, right_
    c[3, 5] = start
    return float(multiply_add(a, b, c, kept)[3, 5])


def test_what_does_not_reach_the_bits_of_the_largest_is_cut_off():
    tiny = [(2.0**-12, 2.0**-13)] * 8  # together 2 ** -22, two units of the last bit of 1
    assert one(tiny, 1, AMPERE) == 1 and one(tiny, 1, HOPPER) == 1 + 2.0**-22
    assert one([(1, 1 + 2.0**-10)], 2.0**-24, AMPERE) == 1 + 2.0**-10


@pytest.mark.parametrize("kept", [AMPERE, HOPPER])
@pytest.mark.parametrize("sign", [1, -1])
def test_sums_are_rounded_toward_zero_and_operands_cut_off(kept, sign):
    nearly = [(sign, 2.0**-24), (sign, 2.0**-24 - 2.0**-34)]  # nearest would be 1 + 2 ** -23
    assert one(nearly, sign, kept) == sign
    assert one([(sign * (1 + 2.0**-11), 1)], 0, kept) == sign
    assert one([(sign * (2 - 2.0**-23), 1)], 0, kept) == sign * (2 - 2.0**-10)


def test_ampere_adds_four_products_at_a_time_and_hopper_all_eight():
    early = [(2.0**24, 1), (-(2.0**24), 1), (0, 0), (0, 0), (1, 0.25)]
    assert one(early, 0, AMPERE) == 0.25 and one(early, 0, HOPPER) == 0


@pytest.mark.parametrize("kept", [AMPERE, HOPPER])
def test_a_zero_cuts_no_small_products_off(kept):
    assert one([(2.0**-40, 2.0**-40)] * 7 + [(0, 1)], 0, kept) == 7 * 2.0**-80


@pytest.mark.parametrize("kept", [AMPERE, HOPPER])
def test_infinity_nan_and_overflow_go_through(kept):
    assert one([(np.inf, 2), (1, 1)], 1, kept) == np.inf
    assert np.isnan(one([(np.inf, 2), (1, 1)], -np.inf, kept)) and np.isnan(one([(np.nan, 0)], 1, kept))
    assert np.isnan(one([(np.inf, 0)], 1, kept))
    assert one([(2.0**100, 2.0**30)], 0, kept) == np.inf
    assert one([(2.0**127, 1), (2.0**126, 1)], 0, kept) == 1.5 * 2.0**127


@given(seed=st.integers(0, 2**32), kept=st.sampled_from([AMPERE, HOPPER]), spread=st.integers(0, 20))
def test_an_instruction_errs_by_a_few_units_of_the_largest(seed, kept, spread):
    """Each of nine numbers loses less than a unit, 2 ** -24 or 2 ** -25 of the largest, and so may what comes of them."""
    random = np.random.default_rng(seed)
    a, b, c = (
        (random.normal(size=shape) * 2.0 ** random.integers(-spread, spread + 1, shape)).astype(np.float32)
        for shape in ((3, 16, 8), (3, 8, 8), (3, 16, 8))
    )
    a, b = ((each.view(np.uint32) & TF32_BITS).view(np.float32) for each in (a, b))
    exact = a.astype(float) @ b.astype(float) + c
    largest = np.maximum((abs(a)[..., None] * abs(b)[:, None]).max(2), abs(c))
    found = multiply_add(a, b, c, kept)
    assert (abs(found - exact) <= 20 * 2.0**-24 * largest + np.spacing(abs(exact).astype(np.float32))).all()


def early(lane):
    """A thread that returns before the others."""


def stuck(lane):
    """A thread that waits elsewhere."""
    cuda.syncthreads()


def failing(lane):
    """A thread that raises."""
    raise ValueError(f"lane {lane} is broken")


@pytest.mark.sampled(1)
@pytest.mark.skipif(not simulated(), reason="on a GPU, the instruction is the GPU's")
@pytest.mark.parametrize("mistake", [early, stuck, failing])
def test_a_simulated_warp_that_is_not_whole_raises(mistake, monkeypatch):
    monkeypatch.setattr(simulated_mma, "PATIENCE", 0.5)

    @cuda.jit
    def broken(output):
        lane = cuda.threadIdx.x
        zeros = np.zeros(4, np.float32)
        sums = simulated_mma.mma(zeros, zeros[:2], zeros)
        if lane == 5:
            mistake(lane)
        else:
            sums = simulated_mma.mma(zeros, zeros[:2], sums)
        output[lane] = sums[0]

    raised = []

    def start():
        try:
            broken[1, 32](np.zeros(32, np.float32))
        except (RuntimeError, ValueError) as error:
            raised.append(str(error))

    thread = threading.Thread(target=start, daemon=True)  # so that a launch that never ends fails, too
    thread.start()
    thread.join(30)
    (message,) = raised
    assert "mma is for whole warps" in message or (mistake is failing and "lane 5 is broken" in message)


# Splitting


@given(x=NORMAL)
def test_a_number_is_the_sum_of_two_tf32_to_its_last_bit(x):
    x = np.float32(x)
    large, small = split(x)
    for part in (large, small):
        assert part.dtype == np.float32 and not part.view(np.uint32) & ~TF32_BITS
    assert abs(float(x) - float(large)) <= 2.0**-11 * abs(float(x))
    assert abs(float(x) - float(large) - float(small)) <= np.spacing(abs(x))


def test_halves_go_away_from_zero_and_numbers_of_eleven_bits_stay():
    for sign in (1, -1):
        assert split(np.float32(sign * (1 + 2.0**-11)))[0] == np.float32(sign * (1 + 2.0**-10))
        assert split(np.float32(sign * (1 + 2.0**-10))) == (sign * (1 + 2.0**-10), 0)
    assert split(np.float32(0)) == (0, 0)
    subnormal = np.float32(2.0**-149 * 0x1FFF)
    assert sum(split(subnormal)) == 2.0**-149 * 0x2000


# The rung, on the machine


machine = cache(imported)


def agrees(output, exact, tolerance):
    """Return whether an output is near enough to what is exact, and infinity and NaN stand where they stand there."""
    finite = np.isfinite(exact)
    near = (abs(output[finite] - exact[finite]) <= tolerance[finite]).all()
    return bool(near and np.array_equal(output[~finite], exact[~finite], equal_nan=True))


def run(case, tile, change=None):
    """Run the rung on a case of problem(), perhaps with a change of its source; returns the output and the recording."""
    kernels_cuda, cuda = machine("tensor_cores", change)
    *arrays, geometry, value = case
    exact, _ = right(*case)
    there = [cuda.to_device(array) for array in arrays]
    output = cuda.device_array(exact.shape, np.float32)
    kernels_cuda.convolution.tensor_cores.launch(*there, geometry, np.float32(value), output, tile)
    return output.copy_to_host(), cuda.launches.pop()


@pytest.mark.parametrize("name", SMALL)
@settings(max_examples=3)
@given(data=st.data())
def test_small_tiles_agree_with_float64(name, data):
    case = data.draw(problems(most=5, most_filters=17, most_dilation=2))
    output, recording = run(case, SMALL[name])
    assert agrees(output, *right(*case))
    assert recording.faults == [] and not any(races(recording))
    written = Counter(access.at for access in accesses(recording, "global", "output", "write"))
    assert written == dict.fromkeys(range(output.size), 1)


@pytest.mark.sampled(1)
@pytest.mark.parametrize("name", REAL)
def test_real_tiles_agree_with_float64(name):
    case = problem(2, 17, (9, 8), 130, (1, 2), (2, 1), (1, 1))
    output, recording = run(case, REAL[name])
    assert agrees(output, *right(*case))
    assert recording.faults == [] and not any(races(recording))


@pytest.mark.costly
@pytest.mark.parametrize("positive", [False, True])
def test_the_error_is_that_of_float32_where_many_products_are_added(positive):
    """Of the tolerance, 8 + 2 sqrt(n) units, a quarter is enough; a single TF32 would take hundreds of units."""
    images, kernels, bias, geometry, value = problem(1, 288, (2, 4), 16, (2, 2), (1, 1), (0, 0))
    if positive:
        images, kernels, bias = abs(images), abs(kernels), abs(bias)
    case = images, kernels, bias, geometry, value
    exact, tolerance = right(*case)
    output, _ = run(case, SMALL["one warp"])
    assert agrees(output, exact, tolerance / 4)


@pytest.mark.sampled(3)
@pytest.mark.parametrize("broken", [np.inf, -np.inf, np.nan, np.finfo(np.float32).max])
@pytest.mark.parametrize("of", ["images", "kernels"])
def test_infinity_and_nan_come_out_as_by_the_definition(broken, of):
    images, kernels, bias, geometry, value = problem(2, 3, (5, 4), 5, (2, 3), (1, 1), (1, 1), value=0.0)
    (images if of == "images" else kernels)[1, 2, 1, 1] = broken
    small = np.float32(2.0**-4)  # so that the largest number stays finite
    case = (
        images * small if of == "kernels" else images,
        kernels * small if of == "images" else kernels,
        bias,
        geometry,
        value,
    )
    with np.errstate(invalid="ignore"):
        exact, tolerance = right(*case)
    output, _ = run(case, SMALL["one warp"])
    assert agrees(output, exact, tolerance)
    finite = np.isfinite(exact)
    assert finite.any() and (finite.all() == np.isfinite(broken))


def test_what_is_summed_up_again_has_its_bias_and_its_padding():
    """The largest number is next to infinity as TF32, so that outputs which see it, times zero, are summed up again."""
    images, kernels, bias, *_ = case = problem(1, 3, (4, 4), 5, (2, 3), (1, 1), (1, 1), value=1.5)
    images[0, 1, 0, 0], kernels[:, 1], bias[2] = np.finfo(np.float32).max, 0, np.inf
    output, _ = run(case, SMALL["one warp"])
    assert agrees(output, *right(*case)) and (output[:, 2] == np.inf).all()


def test_it_is_for_float32_of_one_group_on_gpus_with_tf32(monkeypatch):
    layer = (1, 4, 8, 8), (4, 4, 3, 3), Geometry(), np.dtype(np.float32)
    assert takes(*layer)
    assert not takes(*layer[:3], np.dtype(np.float64))
    assert not takes(layer[0], (4, 2, 3, 3), *layer[2:])
    assert not takes((2**20, 4, 32, 32), *layer[1:])
    assert not takes((1, 2**20, 8, 8), (2**8, 2**20, 3, 3), *layer[2:])
    monkeypatch.setattr(tensor_cores, "capability", lambda: (7, 5))
    assert not takes(*layer)


# What it reads


@pytest.mark.costly
@pytest.mark.parametrize("name", REAL)
def test_it_reads_as_its_tile_says_and_meets_no_bank_twice(name):
    tile = REAL[name]
    recording = convolve("tensor_cores", (1, 16, 10, 18), (tile.filters, 16, 3, 3), tile=tile)
    launch, each = recording.launch, recording.multiply_adds
    assert count(launch, "global", "images", "read") == each / tile.filters
    assert count(launch, "global", "kernels", "read") == each / tile.pixels
    for array, across in (("weights", tile.columns), ("pixels", tile.rows)):
        assert count(launch, "shared", array, "read") == 2 * each / across
        found = asked(launch, "shared", array)
        assert {(request.size, request.conflicts) for request in found} == {(8, 0)}
    assert {request.conflicts for request in asked(launch, "shared", "weights", "write")} == {0}


# Mistakes

MUTANTS = [
    ("sums = mma(small, large_pixels, (zero, zero, zero, zero))", "sums = (zero, zero, zero, zero)"),
    ("sums = mma(large, small_pixels, sums)", "sums = sums"),
    ("sums = mma(large, large_pixels, sums)", "sums = sums"),
    ("mma(large, small_pixels, sums)", "mma(small, small_pixels, sums)"),
    ("2 * pair + e // 2, row + i * ROWS + e % 2", "2 * pair + e % 2, row + i * ROWS + e // 2"),
    ("few_pixels[0, 0], few_pixels[0, 1]", "few_pixels[0, 1], few_pixels[0, 0]"),
    ("i % 2 * 2 + j % 2", "j % 2 * 2 + i % 2"),
    ("2 * member + j % 2", "member + 4 * (j % 2)"),
    ("rows + 2 * group", "rows + group"),
    ("return large, cut_off(value - large)", "return large, cut_off(value)"),
    ("depth // 2, PAIRS", "PAIRS, PAIRS"),
    ("< left_over", "<= left_over"),
    ("first >= channels", "first > channels"),
    ("0 <= top < height and", "-1 <= top < height and"),
    ("0 <= left < width\n", "0 <= left <= width\n"),
    ("and 0 <= v < height and 0 <= h < width\n", "and 0 <= v <= height and 0 <= h < width\n"),
    ("and 0 <= v < height and 0 <= h < width\n", "and 0 <= v < height and -1 <= h < width\n"),
    ("if target >= 0", "if target >= -1"),
    ("if k < filters:", "if k <= filters:"),
    ("if not finite:", "if False:"),
    ("cuda.syncthreads()  # nobody multiplies", "pass  # nobody multiplies"),
    ("cuda.syncthreads()  # nobody overwrites", "pass  # nobody overwrites"),
]


def is_right(change=None):
    """Return whether the rung passes on layers that fill no tile, that fill two steps, and where infinity comes in."""
    layers = problem(2, 5, (4, 6), 17, (3, 2), (1, 2), (1, 1)), problem(1, 32, (3, 3), 16, (1, 2), (1, 1), (0, 2))
    infinite = [array.copy() for array in layers[0][:3]]
    infinite[0][0, 0, 0, 0] = np.inf
    for case in (*layers, (*infinite, *layers[0][3:])):
        with np.errstate(invalid="ignore"):
            exact, tolerance = right(*case)
        try:
            output, recording = run(case, SMALL["four warps"], change)
        except (KernelError, IndexError):
            return False
        if not agrees(output, exact, tolerance) or recording.faults or any(races(recording)):
            return False
    return True


@pytest.mark.costly
def test_without_a_mistake_it_is_right():
    assert is_right()


@pytest.mark.sampled(6)
@pytest.mark.parametrize("mistake", MUTANTS, ids=[before for before, _ in MUTANTS])
def test_a_mistake_is_found(mistake):
    assert not is_right(Change(*mistake))
