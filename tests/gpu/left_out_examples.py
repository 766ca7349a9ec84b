"""An example of each thing that the language leaves out; as a program, this says what Numba makes of them.

python tests/gpu/left_out_examples.py    prints, as JSON, by the name of each example: what Numba said; "" if it compiled
"""

import ast
import importlib.util
import json
import tempfile
import textwrap
from pathlib import Path

# By the kind of a node, or the type of a constant: the body of a kernel with the parameters values, counts, n and output.
NODES: dict[type, str] = {
    ast.List: "totals = [0.0, 0.0]\noutput[0] = totals[0]",
    ast.Dict: "found = {1: 2.0}\noutput[0] = found[1]",
    ast.Set: "found = {1, 2}\noutput[0] = len(found)",
    ast.ListComp: "squares = [i * i for i in range(3)]\noutput[0] = squares[0]",
    ast.SetComp: "squares = {i * i for i in range(3)}\noutput[0] = len(squares)",
    ast.DictComp: "squares = {i: i * i for i in range(3)}\noutput[0] = squares[0]",
    ast.GeneratorExp: "squares = (values[i] for i in range(3))\nfor square in squares:\n    output[0] += square",
    ast.Slice: "output[:] = 0",
    ast.Starred: "first, *rest = (1, 2, 3)\noutput[0] = first",
    str: "name = 'abc'\noutput[0] = len(name)",
    bytes: "name = b'abc'\noutput[0] = name[0]",
    ast.JoinedStr: "name = f'{n}'\noutput[0] = len(name)",
    complex: "root = 1j\noutput[0] = 1",
    type(None): "nothing = None\noutput[0] = 1",
    type(...): "output[...] = 0",
    ast.Lambda: "square = lambda x: x * x\noutput[0] = square(values[0])",
    ast.FunctionDef: "def square(x):\n    return x * x\noutput[0] = square(values[0])",
    ast.AsyncFunctionDef: "async def square(x):\n    return x * x",
    ast.ClassDef: "class Pair:\n    pass",
    ast.Yield: "yield 1",
    ast.YieldFrom: "yield from values",
    ast.Await: "async def wait():\n    await values",
    ast.Try: "try:\n    output[0] = values[n]\nexcept IndexError:\n    output[0] = 0",
    ast.With: "with values:\n    output[0] = 0",
    ast.AsyncWith: "async def wait():\n    async with values:\n        pass",
    ast.AsyncFor: "async def wait():\n    async for i in values:\n        pass",
    ast.Raise: "if n < 0:\n    raise ValueError",
    ast.Assert: "assert n > 0",
    ast.Global: "global SIZE\nSIZE = 3",
    ast.Nonlocal: "def count():\n    nonlocal n\n    n += 1",
    ast.Delete: "total = 1.0\ndel total",
    ast.Match: "match n:\n    case 1:\n        output[0] = 1\n    case _:\n        output[0] = 2",
    ast.Import: "import math as m\noutput[0] = m.exp(1.0)",
    ast.ImportFrom: "from math import exp\noutput[0] = exp(1.0)",
    ast.AnnAssign: "total: float = 0.0\noutput[0] = total",
    ast.NamedExpr: "if (double := 2 * n) > 4:\n    output[0] = double",
    ast.MatMult: "output[0] = values @ values",
    ast.Is: "if n is values:\n    output[0] = 1",
    ast.IsNot: "if n is not values:\n    output[0] = 1",
    ast.In: "if n in (1, 2):\n    output[0] = 1",
    ast.NotIn: "if n not in (1, 2):\n    output[0] = 1",
}
# What is within a function within the function cannot be met: that is refused first.
HIDDEN = (ast.Await, ast.AsyncWith, ast.AsyncFor, ast.Nonlocal)

TOP = """
import math
import numba
import numpy as np
from numba import cuda, float32, float64, int32, int64, uint32

SIZE = 16
SHAPE = (16, 4)


def host(x):
    return x + 1


@cuda.jit(device=True)
def device(x):
    return x + 1


@cuda.jit
def other(values):
    values[0] = 1
"""
OTHERS = {
    "any": "output[0] = any((True, False))",
    "all": "output[0] = all((True, False))",
    "print": "print(n)",
    "sorted": "ordered = sorted(values)\noutput[0] = ordered[0]",
    "np.zeros": "cells = np.zeros(4)\noutput[0] = cells[0]",
    "copy": "cells = values.copy()\noutput[0] = cells[0]",
    "return": "return n",
    "large": "output[0] = 99999999999999999999",
    "host": "output[0] = host(n)",
    "recursion": "kernel(values, counts, n - 1, output)",
    "shape": "cells = cuda.shared.array(SIZE + 2, float32)\noutput[0] = 1",
    "syncthreads": "cuda.syncthreads",
    "for else": "for i in range(3):\n    output[i] = 1\nelse:\n    output[0] = 2",
    "while else": "while n < 0:\n    n += 1\nelse:\n    output[0] = 2",
}


def program(body: str) -> str:
    """Return a file with a kernel of this body."""
    return f"{TOP}\n\n@cuda.jit\ndef kernel(values, counts, n, output):\n{textwrap.indent(body, '    ')}\n"


def what_numba_says(source: str) -> str:
    """Return how Numba refuses to compile the kernel of a file; "" if it compiles it."""
    from numba import float32, int32, int64

    from gpu import compiler

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "example.py"
        path.write_text(source)
        specification = importlib.util.spec_from_file_location("example", path)
        module = importlib.util.module_from_spec(specification)
        try:
            specification.loader.exec_module(module)
            compiler.build(module.kernel.py_func, (float32[::1], int32[::1], int64, float32[::1]), ["sm_90"])
        except Exception as error:
            return f"{type(error).__name__}: {error}"
    return ""


if __name__ == "__main__":
    bodies = {kind.__name__: body for kind, body in NODES.items()} | OTHERS
    print(json.dumps({name: what_numba_says(program(body)) for name, body in bodies.items()}))
