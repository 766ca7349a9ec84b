"""The estimate that chooses a rung: by hand on whole cases, and in its properties."""

import csv
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernels.cuda.convolution import LADDER, RUNGS, choose, estimate
from kernels.cuda.convolution.estimate import H100, LAUNCH, SHARES, Block, Card, rate, seconds
from kernels.cuda.convolution.ladder import UNPROVEN, estimates
from kernels.shapes import Geometry

COMPILED = (Path(__file__).parent / "compiled.csv").read_text(encoding="utf-8").splitlines()
FLOAT32, FLOAT64 = np.dtype(np.float32), np.dtype(np.float64)
SIZES = {"batch": 1024, "channels": 64, "filters": 300, "height": 64, "width": 64}


class Device(NamedTuple):
    """What a GPU says of itself: clocks in kHz, the bus in bits."""

    compute_capability: tuple[int, int]
    MULTIPROCESSOR_COUNT: int
    CLOCK_RATE: int
    MEMORY_CLOCK_RATE: int
    GLOBAL_MEMORY_BUS_WIDTH: int


def layer(batch, channels, filters, height, width):
    return (batch, channels, height, width), (filters, channels, 3, 3), Geometry(padding=(1, 1)), FLOAT32


def test_the_shares_are_those_that_the_compiler_reports():
    report = {
        row["kernel"]: float(row["share"])
        for row in csv.DictReader(COMPILED)
        if (row["type"], row["architecture"]) == ("float32", "sm_90")
    }
    assert {name: report[name] for name in SHARES} == SHARES


def test_each_rung_has_its_share():
    for rung in LADDER:
        assert {rung.block(rows, filters).kernel for rows in (16, 17) for filters in (8, 9)} <= set(SHARES)


def test_a_whole_case_by_hand():
    """64 images in a row of 64 outputs each, 128 filters, 64 channels: 64 x 2 blocks of 64 x 64 on 132 multiprocessors."""
    block = Block("implicit GEMM 64x64", 64, 64, depth=8, launches=2)
    cycles = 64 * 64 * (64 * 9) / (128 * SHARES["implicit GEMM 64x64"] / 100)  # one block each
    case = (64, 64, 8, 8), (128, 64, 3, 3), Geometry(padding=(1, 1)), FLOAT32
    assert seconds(block, *case, H100) == pytest.approx(2 * LAUNCH + cycles / 1.98e9)
    assert seconds(block, *case, H100._replace(multiprocessors=127)) == pytest.approx(2 * LAUNCH + 2 * cycles / 1.98e9)


def test_what_moves_most_takes_its_bytes():
    slow = H100._replace(bandwidth=1e9)
    case = (8, 3, 32, 32), (16, 3, 3, 3), Geometry(padding=(1, 1)), FLOAT64
    moved = 8 * (8 * 3 * 32 * 32 + 16 * 3 * 3 * 3 + 8 * 16 * 32 * 32)
    assert estimates(*case, slow)["direct"] == pytest.approx(LAUNCH + moved / 1e9)


def test_each_gpu_of_a_computer_is_asked_itself(monkeypatch):
    """The second has no memory of its own, and names no clock of it."""
    monkeypatch.setattr(estimate, "gpu_is_there", lambda: True)
    first = Device(
        (8, 0), MULTIPROCESSOR_COUNT=108, CLOCK_RATE=1_410_000, MEMORY_CLOCK_RATE=1_215_000, GLOBAL_MEMORY_BUS_WIDTH=5120
    )
    second = Device((12, 1), MULTIPROCESSOR_COUNT=48, CLOCK_RATE=2_500_000, MEMORY_CLOCK_RATE=0, GLOBAL_MEMORY_BUS_WIDTH=0)
    for device, peak, tensor, bandwidth in ((first, 19.5e12, 512, 1.555e12), (second, 30.7e12, 128, H100.bandwidth)):
        monkeypatch.setattr(estimate.cuda, "get_current_device", lambda device=device: device)
        assert estimate.card().peak == pytest.approx(peak, rel=1e-2)
        assert estimate.card().tensor == tensor
        assert estimate.card().bandwidth == pytest.approx(bandwidth, rel=1e-2)


def test_the_peak_of_an_h100_is_that_of_its_data_sheet():
    assert H100.peak == pytest.approx(66.9e12, rel=1e-3)


def test_a_card_with_half_the_cores_loses_little_where_others_issue_most():
    """Turing has 64 cores for each multiprocessor: when half of all instructions multiply, they are busy all the time."""
    turing = Card(40, 64, 0, 1.59e9, 320e9)
    assert rate("implicit GEMM 128x128", turing) == 64 * turing.clock
    assert rate("direct", turing) == rate("direct", H100) / H100.clock * turing.clock


@given(st.fixed_dictionaries({name: st.integers(1, most) for name, most in SIZES.items()}), st.sampled_from(sorted(SIZES)))
def test_more_work_is_never_quicker(sizes, which):
    few, many = estimates(*layer(**sizes), H100), estimates(*layer(**sizes | {which: 2 * sizes[which]}), H100)
    for name in few:
        # A thread of blocked has 8 filters or 16; the kernel for 16 is the better one.
        if name != "blocked" or which != "filters":
            assert many[name] >= few[name]


@given(st.fixed_dictionaries({name: st.integers(1, most) for name, most in SIZES.items()}))
def test_no_estimate_is_below_what_the_layer_must_do(sizes):
    case = images, kernels, *_ = layer(**sizes)
    flop = 2 * np.prod(images) // images[1] * np.prod(kernels, dtype=np.int64)
    found = estimates(*case, H100)
    assert min(found[name] for name in found.keys() & UNPROVEN) > 3 * flop / 536e12  # of TF32, at the clock of H100
    proven = [found[name] for name in found.keys() - UNPROVEN]
    assert min(proven) > flop / H100.peak
    assert min(proven) == found[choose(*case).name]


def test_tensor_cores_issue_what_they_can_or_are_busy():
    """A warp's instruction multiplies 16 x 8 x 8 times; four are issued in a cycle, and three make one of float32."""
    issued = 4 * 16 * 8 * 8 * SHARES["tensor cores 128x128"] / 100 / 3
    assert rate("tensor cores 128x128", H100) == pytest.approx(issued * H100.clock)
    ampere = Card(108, 64, 512, 1.41e9, 2.04e12)
    assert 2 * 108 * rate("tensor cores 128x128", ampere) == pytest.approx(156e12 / 3, rel=1e-2)  # its data sheet's TF32


def test_what_is_unproven_is_never_chosen_but_can_be_asked_for():
    case = (32, 256, 56, 56), (256, 256, 3, 3), Geometry(padding=(1, 1)), FLOAT32
    found = estimates(*case, H100)
    assert min(found, key=found.get) in UNPROVEN <= set(RUNGS)
    assert choose(*case).name == "pipelined GEMM 128x128"


@given(st.integers(1, 4), st.integers(1, 3), st.integers(1, 2), st.sampled_from([FLOAT32, FLOAT64]))
def test_groups_and_dilation_stay_with_rungs_that_take_them(groups, dilation, filters, dtype):
    case = (2, 3 * groups, 20, 20), (filters * groups, 3, 3, 3), Geometry(dilation=(dilation, 1)), dtype
    chosen = choose(*case)
    assert chosen.takes(*case)
    assert set(estimates(*case, H100)) == {rung.name for rung in LADDER if rung.takes(*case)}


def test_groups_split_the_work():
    """Each of 64 groups has a filter of its own: as much work as one filter that sees one channel, 64 times."""
    depthwise = (512, 64, 32, 32), (64, 1, 3, 3), Geometry(padding=(1, 1)), FLOAT32
    whole = (512, 64, 32, 32), (64, 64, 3, 3), Geometry(padding=(1, 1)), FLOAT32
    assert estimates(*whole, H100)["direct"] - LAUNCH == pytest.approx(
        64 * (estimates(*depthwise, H100)["direct"] - LAUNCH)
    )


@pytest.mark.parametrize(
    ("images", "kernels", "rung"),
    [
        ((1, 1, 28, 28), (6, 1, 5, 5), "direct"),
        ((512, 1, 28, 28), (6, 1, 5, 5), "blocked"),
        ((64, 3, 32, 32), (32, 3, 3, 3), "blocked"),
        ((64, 64, 8, 8), (128, 64, 3, 3), "GEMM 64x64"),
        ((2048, 32, 16, 16), (64, 32, 3, 3), "GEMM 64x128"),
        ((2048, 64, 8, 8), (128, 64, 3, 3), "GEMM 128x128"),
        ((32, 256, 56, 56), (256, 256, 3, 3), "GEMM 128x128"),
    ],
)
def test_the_choice_for_well_known_layers(images, kernels, rung):
    assert choose(images, kernels, Geometry(padding=(1, 1)), FLOAT32).name.endswith(rung)


def test_the_choice_for_float64_is_a_rung_that_keeps_few_totals():
    assert choose((512, 64, 32, 32), (64, 64, 3, 3), Geometry(padding=(1, 1)), FLOAT64).name in ("direct", "tiled")
