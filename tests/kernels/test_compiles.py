"""The simulator never compiles: here the CUDA kernels meet NVIDIA's compiler, which needs no GPU."""

import csv
import json
import os
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, version
from itertools import takewhile
from pathlib import Path

import pytest

FOLDER = Path(__file__).parent
ROWS = csv.DictReader((FOLDER / "compiled.csv").read_text(encoding="utf-8").splitlines())
TABLE = {"{kernel}, {type}, {architecture}".format(**row): row for row in ROWS}


@pytest.fixture(scope="module")
def compiler():
    """A process that compiles kernels one after another: in this one, CUDA is simulated."""
    try:
        for package in ("numba-cuda", "nvidia-cuda-nvdisasm", "nvidia-nvjitlink", "nvidia-nvvm"):
            version(package)
    except PackageNotFoundError as missing:
        pytest.skip(f"NVIDIA's compiler is not here, {missing} is missing: ./setup.sh installs it on Linux")
    environment = {name: value for name, value in os.environ.items() if name != "NUMBA_ENABLE_CUDASIM"}
    command, pipe = [sys.executable, FOLDER / "compile_kernels.py", "--ask"], subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, env=environment) as process:
        yield process


@pytest.fixture(scope="module")
def kernels(compiler):
    """The names of the kernels that there are, each with a type and an architecture."""
    names = list(map(str.strip, takewhile(lambda line: line.strip(), compiler.stdout)))
    assert compiler.poll() is None, "the compiler did not start"
    return names


@pytest.mark.costly
def test_the_table_has_the_kernels_there_are(kernels):
    assert kernels == list(TABLE)


@pytest.mark.costly
@pytest.mark.parametrize("name", TABLE)
def test_a_kernel_compiles_as_well_as_the_table_says(compiler, kernels, name):
    """More registers leave room for fewer threads; fewer wide reads mean that the compiler no longer joins them."""
    print(name, file=compiler.stdin, flush=True)
    row, expected = json.loads(compiler.stdout.readline()), TABLE[name]
    assert row["spilled"] == row["local"] == 0
    assert row["registers"] <= int(expected["registers"])
    assert row["warps"] >= int(expected["warps"])
    for column in ("shared", "threads", "multiply_adds", "wide_reads", "wide_loads"):
        assert row[column] == int(expected[column]), column
    # Another version of the compiler may arrange a step a little differently.
    assert row["share"] == pytest.approx(float(expected["share"]), rel=0.05)


def test_pairs_of_pixels_come_by_one_load():
    for mode in ("max", "min", "average", "median"):
        assert TABLE[f"{mode} 2x2, float32, sm_90"]["wide_loads"] == "2"


@pytest.mark.parametrize("tile", ["64x128", "128x128"])
@pytest.mark.parametrize("architecture", ["sm_75", "sm_80", "sm_90"])
def test_eight_by_eight_products_take_four_wide_reads(tile, architecture):
    row = TABLE[f"implicit GEMM {tile}, float32, {architecture}"]
    assert (row["multiply_adds"], row["wide_reads"]) == ("64", "4")


@pytest.mark.parametrize(("tile", "share"), [("64x64", 67), ("64x128", 73), ("128x128", 80)])
@pytest.mark.parametrize("architecture", ["sm_80", "sm_90"])
def test_the_pipeline_spends_its_instructions_on_multiply_adds(tile, share, architecture):
    row = TABLE[f"pipelined GEMM {tile}, float32, {architecture}"]
    assert float(row["share"]) >= share
    assert int(row["registers"]) <= 128, "so that two blocks of 256 threads fit into a multiprocessor"
    assert row["wide_loads"] == "2", "weights are copied four at a time"


@pytest.mark.parametrize("row", TABLE.values(), ids=TABLE)
def test_no_kernel_takes_more_shared_memory_than_every_gpu_has(row):
    assert int(row["shared"]) <= 48 * 1024


def test_a_step_of_a_product_multiplies_each_weight_with_each_pixel():
    """What the table calls a step is what the source calls one: its share times its instructions are its products."""
    for name, products in (("64x64", 8 * 8 * 4), ("64x128", 8 * 8 * 8), ("128x128", 8 * 8 * 8)):
        row = TABLE[f"implicit GEMM {name}, float32, sm_90"]
        assert float(row["share"]) / 100 * int(row["instructions"]) == pytest.approx(products, rel=2e-3)
