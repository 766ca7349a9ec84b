"""Ask Numba for CUDA of which type expressions are, and print the table numba_types.csv.

    python tests/gpu/numba_types.py > tests/gpu/numba_types.csv

Rows: an expression of a, or of a and b, and the type of a; columns: the type of b, or of a where there is no b. No word
where Numba refuses.
"""

import csv
import math
import sys
import warnings
from types import SimpleNamespace

import numba
from numba import cuda, types

TYPES = ("bool", "int32", "int64", "uint32", "uint64", "float32", "float64")
OF_ONE = (
    "-a", "+a", "~a", "not a", "abs(a)", "int(a)", "float(a)", "bool(a)", "round(a)", "a + 1", "a * 2.0", "a // 2",
    "a / 2", "a << 1",
    "a ** 2", "a ** 0.5", "a % 3", "max(a, 0)", "min(a, 0.0)", "max(a, a, 0)", "int32(a)", "int64(a)", "uint32(a)",
    "float32(a)", "float64(a)",
    "int8(a) + int8(a)", "uint8(a) + uint8(a)", "int16(a) << int8(a)",
    "math.sqrt(a)", "math.exp(a)", "math.log(a)", "math.sin(a)", "math.tanh(a)", "math.floor(a)", "math.ceil(a)",
    "math.trunc(a)",
    "math.fabs(a)", "math.isnan(a)", "math.isinf(a)",
)  # fmt: skip
OF_TWO = (
    *(f"a {operator} b" for operator in ("+", "-", "*", "/", "//", "%", "**", "<<", ">>", "&", "|", "^", "<", "==")),
    "min(a, b)", "max(a, b)", "b if a else a", "a and b", "a or b", "math.pow(a, b)", "math.fmod(a, b)",
    "math.atan2(a, b)", "math.hypot(a, b)",
    "math.copysign(a, b)",
)  # fmt: skip


def type_of(expression, a, b=None):
    """Return the type of an expression, none where Numba refuses it."""
    names = {"cuda": cuda, "math": math} | {name: getattr(numba, name) for name in "int8 int16 uint8".split()}
    names |= {name: getattr(numba, name) for name in TYPES[1:]}
    exec(f"def function(a{', b' if b else ''}): return {expression}", names)
    signature = [types.boolean if name == "bool" else getattr(types, name) for name in (a, b) if name]
    try:
        return str(cuda.compile_ptx(names["function"], tuple(signature), device=True, cc=(7, 5))[1])
    except numba.core.errors.NumbaError:
        return ""


def main():
    """Print the table."""
    warnings.simplefilter("ignore")
    # Numba asks for the GPU that is there, and NVIDIA's run-time compiler for what it knows. Neither is needed.
    cuda.dispatcher.get_current_device = lambda: SimpleNamespace(compute_capability=(7, 5))
    table = csv.writer(sys.stdout, lineterminator="\n")
    table.writerow(["expression", "a", *TYPES])
    for expression in OF_ONE:
        table.writerow([expression, "", *(type_of(expression, a) for a in TYPES)])
    for expression in OF_TWO:
        for a in TYPES:
            table.writerow([expression, a, *(type_of(expression, a, b) for b in TYPES)])


if __name__ == "__main__":
    main()
