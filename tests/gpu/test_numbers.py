"""Numbers: the machine has the types that Numba for CUDA chooses, and the bits that its compiler gives on a CPU."""

import csv
from itertools import product
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from benchmarks.gpu_fuzz.judge import judge_numbers
from gpu.machine.launch import launch
from gpu.machine.program import read
from gpu.machine.types import types_of

HEAD = "import math\nfrom numba import cuda, float32, float64, int8, int16, int32, int64, uint8, uint32, uint64\n\n"
with Path(__file__).with_name("numba_types.csv").open(newline="") as file:
    ROWS = list(csv.DictReader(file))
TYPES = ("bool", "int32", "int64", "uint32", "uint64", "float32", "float64")
# Truth values where nobody computes with them, and results whose type can only show in their last bits.
OTHERWISE = {
    ("abs(a)", "", "bool"), ("round(a)", "", "uint32"), ("round(a)", "", "uint64"), ("a ** b", "bool", "int32"),
    ("math.pow(a, b)", "bool", "bool"), ("math.pow(a, b)", "bool", "int32"), ("math.pow(a, b)", "float32", "int32"),
    ("math.fmod(a, b)", "bool", "bool"), ("math.copysign(a, b)", "bool", "bool"),
}  # fmt: skip
NUMBERS = {
    "b": [False, True],
    "i": [0, 1, -1, 2, -3, 7, 31, 2**31 - 1, -(2**31), 2**53 + 1, 2**63 - 1, -(2**63)],
    "u": [0, 1, 2, 3, 7, 31, 2**31, 2**32 - 1, 2**53 + 1, 2**63, 2**64 - 1],
    "f": [0.0, -0.0, 1.0, -2.5, 3.5, 0.1, 7.0, -1e10, 1e30, 1e-40, np.inf, -np.inf, np.nan],
}
OPERATORS = ("+", "-", "*", "/", "//", "%", "&", "|", "^", "<<", ">>", "<", ">=", "==", "!=")
PAIRS = (
    ("int32", "int64"),
    ("uint64", "int32"),
    ("uint32", "uint32"),
    ("int64", "float32"),
    ("float32", "float32"),
    ("float64", "float32"),
)


def rows(expression):
    return [row for row in ROWS if row["expression"] == expression]


@pytest.mark.parametrize("expression", dict.fromkeys(row["expression"] for row in ROWS))
def test_types_are_those_of_numba_for_cuda(expression):
    names = "a, b" if rows(expression)[0]["a"] else "a"
    source = f"{HEAD}@cuda.jit(device=True)\ndef compute({names}):\n    return {expression}\n"
    function = read(source, "numbers.py").functions["compute"]
    one = SimpleNamespace(blocks=(1, 1, 1), threads=(1, 1, 1), steps=10, types_of=None)
    for row in rows(expression):
        for last in TYPES:
            if row[last] and (expression, row["a"], last) not in OTHERWISE:
                given = [np.ones((), name)[()] for name in (row["a"], last) if name]
                assert str(types_of(function, given, one).result.dtype) == row[last], (row["a"], last)


@pytest.mark.sampled(3)
@pytest.mark.parametrize("operator", OPERATORS)
def test_bits_are_those_of_numbas_compiler(operator):
    numba = pytest.importorskip("numba")
    for left, right in PAIRS:
        if "float" in left + right and operator in "&|^<<>>" and operator not in "<>":
            continue
        a, b = (np.array(column) for column in zip(*product(numbers(left), numbers(right))))
        kept = defined(operator, a, b)
        a, b = a[kept], b[kept]
        names = {}
        exec(f"def compute(a, b, out):\n    for i in range(a.size):\n        out[i] = a[i] {operator} b[i]\n", names)
        row = next((row for row in rows(f"a {operator} b") if row["a"] == left), {right: "int8"})
        expected = np.zeros(a.size, row[right].replace("bool", "int8"))
        numba.njit(error_model="numpy")(names["compute"])(a, b, expected)
        source = f"{HEAD}@cuda.jit\ndef compute(a, b, out):\n    i = cuda.grid(1)\n    out[i] = a[i] {operator} b[i]\n"
        found = np.zeros_like(expected)
        assert launch(read(source, "numbers.py").functions["compute"], 1, a.size, [a, b, found]).faults == []
        assert np.array_equal(found, expected, equal_nan=expected.dtype.kind == "f"), (left, right)


def numbers(name):
    """Return numbers of a type that are hard in one way or another."""
    dtype = np.dtype(name)
    fit = [
        value for value in NUMBERS[dtype.kind] if dtype.kind == "f" or np.iinfo(dtype).min <= value <= np.iinfo(dtype).max
    ]
    with np.errstate(over="ignore"):
        return np.array(fit, dtype)


def defined(operator, a, b):
    """Return for which numbers an operation has a result: an integer has none divided by 0, or shifted by 64 or more."""
    if operator in ("<<", ">>"):
        return (b >= 0) & (b < 64)
    if operator in ("//", "%") and a.dtype.kind in "iu" and b.dtype.kind in "iu":
        overflow = (a.astype(np.int64) == np.iinfo(np.int64).min) & (b == -1)  # too large for 64 bits by one
        return (b != 0) & ~overflow
    return np.ones(a.size, bool)


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("-uint32(1)", 2**32 - 1),
        ("~uint32(0)", 2**32 - 1),
        ("-7 // 2", -4),
        ("-7 % 3", 2),
        ("7 % -3", -2),
        ("1 ** -1", 1),
        ("int64(-1) ** -3", -1),
        ("2 ** -1", 0),
        ("int32(2147483647) + int32(1)", 2**31),
        ("int32(2147483647 + 1)", -(2**31)),
        ("int(-3.7)", -3),
        ("round(2.5)", 2),
        ("True + True", 2),
        ("3 and 0 or 5", 5),
        ("1 < 2 < 2", False),
        ("float32(0.1) == 0.1", False),
        ("max(math.nan, 1.0)", 1.0),
        ("min(1.0, math.nan)", 1.0),
        ("7 // 2 * 2.0 ** 3 % 5", 4.0),
        ("math.floor(-0.5)", -1.0),
    ],
)
def test_numbers_known_by_hand(expression, value):
    source = f"{HEAD}@cuda.jit\ndef compute(out):\n    out[0] = {expression}\n"
    found = np.zeros(1)
    launch(read(source, "numbers.py").functions["compute"], 1, 1, [found])
    assert found[0] == value


@pytest.mark.sampled(2)
@pytest.mark.parametrize("seed", range(20))
def test_programs_of_numbers_give_the_bits_of_numbas_compiler(seed):
    pytest.importorskip("numba")
    verdict = judge_numbers(f"test {seed}")
    assert verdict.right, "\n".join([*verdict.differences, verdict.source])
