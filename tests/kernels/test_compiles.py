"""The simulator never compiles: here the CUDA kernels meet NVIDIA's compiler, which needs no GPU."""

import csv
import os
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import pytest

FOLDER = Path(__file__).parent


def rows(table):
    return {(row["kernel"], row["type"], row["architecture"]): row for row in csv.DictReader(table.splitlines())}


TABLE = rows((FOLDER / "compiled.csv").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def compiled():
    """What the compiler makes of the kernels as they are."""
    try:
        for package in ("numba-cuda", "nvidia-cuda-nvcc", "nvidia-cuda-nvdisasm", "nvidia-nvvm"):
            version(package)
    except PackageNotFoundError as missing:
        pytest.skip(f"NVIDIA's compiler is not here, {missing} is missing: ./setup.sh installs it on Linux")
    environment = {name: value for name, value in os.environ.items() if name != "NUMBA_ENABLE_CUDASIM"}
    command = [sys.executable, FOLDER / "compile_kernels.py"]
    done = subprocess.run(command, capture_output=True, text=True, env=environment)
    assert done.returncode == 0, done.stderr
    return rows(done.stdout)


def test_the_table_has_the_kernels_there_are(compiled):
    assert compiled.keys() == TABLE.keys()


def test_nothing_spills(compiled):
    assert [names for names, row in compiled.items() if int(row["spilled"]) or int(row["local"])] == []


def test_pairs_of_pixels_come_by_one_load(compiled):
    for mode in ("max", "min", "average", "median"):
        assert compiled[f"{mode} 2x2", "float32", "sm_90"]["wide_loads"] == "2"


def test_registers_and_inner_loops_are_those_of_the_table(compiled):
    """More registers leave room for fewer threads; fewer wide reads mean that the compiler no longer joins them."""
    worse = [
        f"{names}: {now}, the table has {TABLE[names]}"
        for names, now in compiled.items()
        if int(now["registers"]) > int(TABLE[names]["registers"])
        or int(now["wide_reads"]) < int(TABLE[names]["wide_reads"])
        or now["multiply_adds"] != TABLE[names]["multiply_adds"]
    ]
    assert worse == []


@pytest.mark.parametrize("tile", ["64x128", "128x128"])
@pytest.mark.parametrize("architecture", ["sm_75", "sm_80", "sm_90"])
def test_eight_by_eight_products_take_four_wide_reads(compiled, tile, architecture):
    row = compiled[f"implicit GEMM {tile}", "float32", architecture]
    assert (row["multiply_adds"], row["wide_reads"]) == ("64", "4")
