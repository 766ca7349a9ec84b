"""The language of kernels: what is in it is taken as it stands, and all the rest is refused with a sentence and a line."""

import ast
import json
import os
import re
import subprocess
import sys
import textwrap
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from gpu.language import Forbidden, NotPython, vet
from gpu.language.left_out import LEFT_OUT, OF_ARRAYS, OF_MODULES, OF_PYTHON
from gpu.machine import names
from gpu.machine.launch import evaluate, launch
from gpu.machine.program import read
from tests.gpu.left_out_examples import HIDDEN, NODES, OTHERS, TOP, program

ROOT = Path(__file__).parent.parent.parent
MASTERS = [path for path in sorted((ROOT / "solutions" / "cuda").glob("*.py")) if path.name != "reference.py"]
RIGHT = program("i = cuda.grid(1)\nif i < n:\n    output[i] = values[i] * float32(2) + SHAPE[0]")


def refusal(source: str | bytes) -> str:
    """Return why a file is refused, "" if it is not; check what every refusal has."""
    try:
        vet(source, "file.py")
    except Forbidden as refused:
        assert refused.sentence == str(refused)
        assert refused.sentence.startswith(f"Line {refused.line}: ")
        assert 1 <= refused.line <= source.count(b"\n" if isinstance(source, bytes) else "\n") + 1
        return refused.sentence
    return ""


def of_body(body: str) -> str:
    return refusal(program(body))


# What is in the language


@pytest.mark.parametrize("path", MASTERS, ids=lambda path: path.stem)
def test_the_solutions_are_in_the_language(path):
    assert ast.dump(vet(path.read_bytes(), path.name)) == ast.dump(ast.parse(path.read_bytes()))


def test_a_kernel_of_everything_runs():
    """Whatever the language lets through, the machine can carry out."""
    source = '''
"""A file."""

import math
import numba
import numpy as np
from math import inf
from numba import cuda, float32, int32

HALF, WIDE = 0.5, (4 * 8) // 1
SHAPE = (WIDE, 2)
REAL = numba.float32
LEAST = -inf


@cuda.jit(device=True)
def total(cells, i):
    """Return a sum, after waiting for it."""
    cuda.syncthreads()
    return cells[i, 0] + cells[(i + 1) % WIDE, 1]


@cuda.jit(device=True)
def both(x):
    return x, abs(x)


@cuda.jit()
def everything(values, n, output):
    """Do a bit of everything."""
    cells = cuda.shared.array(shape=SHAPE, dtype=REAL)
    own = cuda.local.array(2, np.float32)
    i = cuda.grid(1)
    x, y = both(values[i])
    own[0], own[1] = x, y
    cells[i, 0] = own[0] if not i % 2 else float(own[1])
    cells[i, 1] = max(LEAST, math.sqrt(y) ** 2)
    result = total(cells, i)
    for j in range(0, n, 1):
        if j == 1 or j != 1 and j > 100:
            continue
        elif 0 <= j < 2:
            result += j << 1 | 4 & ~3
        else:
            break
    while True:
        result -= REAL(1)
        if result < 1e9 or math.isnan(result):
            break
    k = m = len(values) - values.size + values.ndim + values.shape[0] - cuda.gridsize(1)
    cuda.syncwarp()
    cuda.atomic.add(output, 0, int32(k - m))
    output[i] = cuda.shfl_xor_sync(0xFFFFFFFF, result, 0) * True + cuda.laneid * 0
    if i == 0:
        pass
    return


def launch_everything(size):
    threads = min(size, WIDE)
    return (size + threads - 1) // threads, (threads, 1)


if __name__ == "__main__":
    import torch

    print([f"{everything}" for _ in range(3)])
'''
    tree = vet(source, "file.py")
    assert isinstance(tree.body[-1], ast.FunctionDef)
    found = read(source, "file.py")
    values, output = np.arange(32, dtype=np.float32), np.zeros(32, np.float32)
    recording = launch(found.functions["everything"], 1, 32, [values, 3, output])
    assert not recording.faults
    np.testing.assert_allclose(output, values + (values + 1) % 32 + 4 - 1, rtol=1e-6)


@pytest.mark.parametrize("source", [b"", b"\n", "\ufeffN = 3\n".encode(), b"N = 3\r\nM = N\r\n", b"N = 3", "N = 3\n"])
def test_odd_files_that_are_in_the_language(source):
    assert refusal(source) == ""


def every_word(owner, members):
    """Yield everything that a name can mean, and how it is written."""
    for name, meaning in members.items():
        written = f"{owner}{name}"
        if isinstance(meaning, names.Module):
            yield from every_word(f"{written}.", meaning.members)
        else:
            yield written, meaning


WORDS = dict(every_word("", {"cuda": names.MODULES["cuda"], "math": names.MODULES["math"], "np": names.MODULES["numpy"]}))


@pytest.mark.parametrize("written", WORDS)
def test_every_word_of_the_machine_is_in_the_language(written):
    meaning = WORDS[written]
    if isinstance(meaning, names.Type):
        body = f"output[0] = {written}(n)"
    elif isinstance(meaning, names.Function):
        body = f"output[0] = {written}({', '.join(['n'] * meaning.least)})"
    elif isinstance(meaning, names.Action):
        arguments = {"dtype": "float32", "shape": "3", "ndim": "1", "array": "output", "mask": "0xFFFFFFFF"}
        call = f"{written}({', '.join(arguments.get(each, 'n') for each in meaning.parameters)})"
        body = call if written.startswith("cuda.sync") else f"cells = {call}"
    else:
        body = f"output[0] = {written}"
    assert of_body(body) == ""
    assert "cuda is for kernels" in refusal(f"{TOP}\n\ndef f(n, output):\n    {body}") or not written.startswith("cuda")


# What is left out


@pytest.mark.parametrize("kind", LEFT_OUT, ids=lambda kind: kind.__name__)
def test_what_is_left_out_is_refused_by_its_name(kind):
    name, advice = LEFT_OUT[ast.AsyncFunctionDef if kind in HIDDEN and kind is not ast.Nonlocal else kind]
    name, advice = LEFT_OUT[ast.FunctionDef] if kind is ast.Nonlocal else (name, advice)
    assert f"{name} cannot be used here. {advice}" in of_body(NODES[kind])


@pytest.mark.parametrize("name", OF_PYTHON)
def test_functions_of_python(name):
    assert f"{name} cannot be used here. {OF_PYTHON[name]}" in of_body(f"output[0] = {name}(n, n)")


@pytest.mark.parametrize("module", OF_MODULES)
def test_members_of_modules(module):
    for member, advice in OF_MODULES[module].items():
        written = f"{module.replace('numpy', 'np')}.{member}"
        assert f"{written} cannot be used here. {advice}" in of_body(f"output[0] = {written}(n)")


@pytest.mark.parametrize("member", OF_ARRAYS)
def test_members_of_arrays(member):
    assert f".{member} cannot be used here. {OF_ARRAYS[member]}" in of_body(f"output[0] = values.{member}()")


def test_nothing_is_both_in_the_language_and_left_out():
    assert not set(OF_PYTHON) & set(names.BUILT_IN)
    for module, advice in OF_MODULES.items():
        owner = names.MODULES.get(module) or names.MODULES["cuda"].members[module.removeprefix("cuda.")]
        assert not set(advice) & set(owner.members)


@pytest.mark.parametrize(
    "body, says",
    [
        # names
        ("output[0] = total", "total is not defined."),
        ("colum = 1\noutput[0] = column", "column is not defined. Did you mean colum?"),
        ("output[0] = size", "size is not defined. Did you mean SIZE?"),
        ("output[0] = cuda.blockdim.x", "cuda.blockdim is not in the language. Did you mean cuda.blockDim?"),
        ("cuda.syncThreads()", "Did you mean cuda.syncthreads?"),
        ("output[0] = cuda.warpSize", "Did you mean cuda.warpsize?"),
        ("output[0] = cuda.float32(1)", "from numba import float32"),
        ("output[0] = np.exp(1)", "Write math.exp."),
        ("output[0] = eval(n)", "Of Python's own functions kernels have abs, bool, float,"),
        ("output[cuda.threadIdx] = 1", "Write cuda.threadIdx.x, cuda.threadIdx.y or cuda.threadIdx.z."),
        ("output[0] = cuda.threadIdx.w", "cuda.threadIdx.w is not in the language."),
        ("c = cuda", "cuda is not a number."),
        ("t = float32", "float32 is a type. Write float32(x)"),
        ("f = device", "device is a function. Call it: device(...)."),
        ("f = max", "max is a function."),
        ("cuda.syncthreads", "Write cuda.syncthreads()."),
        ("n + 1", "is not used"),
        ("'not a docstring'\n'a text'", "a text cannot be used here."),
        ("cuda = 3\noutput[0] = cuda.grid(1)", ".grid cannot be used here."),
        ("for device in range(3):\n    device(n)", "is not a function"),
        ("x = values.__class__", "__class__ cannot be used here"),
        ("__x = 1", "__x cannot be used here"),
        ("größe = 1", "a name has letters other than a to z."),
        (f"{'x' * 61} = 1", f"the name {'x' * 60}... is too long."),
        ("output[0] = n.real", ".real cannot be used here."),
        ("output.shape = (2, 2)", ".shape cannot be set."),
        ("output[0] = math.pi.real", ".real cannot be used here."),
        # calls
        ("output[0] = n(3)", "is not a function"),
        ("max = n\noutput[0] = max(n, 3)", "is not a function"),
        ("output[0] = SIZE(3)", "is not a function"),
        ("output[0] = cuda(3)", "is not a function"),
        ("output[0] = device(n)(n)", "is not a function"),
        ("output[0] = device()", "device takes 1 argument, but gets 0."),
        ("output[0] = device(n, n)", "device takes 1 argument, but gets 2."),
        ("output[0] = device(x=n)", "device takes positional arguments only."),
        ("output[0] = max(n)", "max takes 2 to 32 arguments, but gets 1."),
        ("output[0] = max(*values)", "max takes 2 to 32"),
        ("output[0] = max(n, *values)", "a star cannot be used here."),
        ("output[0] = device(**values)", "device takes positional arguments only."),
        ("output[0] = float32(n, n)", "float32 takes 1 argument"),
        ("output[0] = math.exp()", "math.exp takes 1 argument"),
        ("output[0] = cuda.grid()", "cuda.grid takes 1 argument"),
        ("output[0] = cuda.grid(4)", "1, 2 or 3"),
        ("output[0] = cuda.grid(n)", "1, 2 or 3"),
        ("other(values)", "other is a kernel, which only the host launches."),
        ("other[1, 1](values)", "kernels are launched by the host."),
        ("output[0] = host(n)", "Numba cannot call host in a kernel"),
        # places
        ("x = cuda.syncthreads()", "cuda.syncthreads cannot be used here."),
        ("if cuda.syncwarp():\n    pass", "cuda.syncwarp cannot be used here."),
        ("a = b = cuda.shared.array(3, float32)", "Give the array a name"),
        ("a = cuda.local.array(3, float32)[0]", "Give the array a name"),
        ("cuda.shared.array(3, float32)", "Give the array a name"),
        ("x = range(3)", "Write for i in range(n)."),
        ("cuda.syncwarp(15)", "Write cuda.syncwarp()."),
        ("cuda.syncwarp(mask=n)", "Write cuda.syncwarp()."),
        # arrays
        ("a = cuda.shared.array(n, float32)", "only numbers and constants"),
        ("a = cuda.shared.array((4, n), float32)", "only numbers and constants"),
        ("a = cuda.shared.array(SIZE + 1, float32)", "SIZE = TILE + 2"),
        ("a = cuda.shared.array([4, 4], float32)", "only numbers and constants"),
        ("a = cuda.shared.array(4.0, float32)", "only numbers and constants"),
        ("SIZE = 4\na = cuda.local.array(SIZE, float32)", "only numbers and constants"),
        ("a = cuda.local.array(4)", "cuda.local.array takes 2 arguments, but gets 1."),
        ("a = cuda.local.array(4, float)", "a type, such as float32"),
        ("a = cuda.local.array(4, 'float32')", "a type, such as float32"),
        ("a = cuda.local.array(4, SIZE)", "a type, such as float32"),
        ("a = cuda.local.array(4, float32, alignment=16)", "positional arguments only"),
        # loops
        ("for i in range(n / 2):\n    pass", "range takes whole numbers. Divide with //."),
        ("for i in range(2.0):\n    pass", "range takes whole numbers."),
        ("output[n / 2] = 1", "an index is a whole number. Divide with //."),
        ("output[0] = values[0.5]", "an index is a whole number."),
        ("for value in values:\n    pass", "a loop goes over a range here."),
        ("for i in device(n):\n    pass", "a loop goes over a range here."),
        ("for i, j in range(n):\n    pass", "a loop goes over a range here."),
        ("for i in enumerate(values):\n    pass", "Loop over the index"),
        ("for i in range(n):\n    pass\nelse:\n    pass", "`else` cannot follow a loop here."),
        ("while n > 3:\n    n -= 1\nelse:\n    pass", "`else` cannot follow a loop here."),
        # the rest
        ("return n", "a kernel cannot return a value"),
        ("return None", "a kernel cannot return a value"),
        ("raise NotImplementedError('later')", "raise cannot be used here."),
        ("output[0] = 18446744073709551616", "more than 64 bits"),
        ("(a, (b, *c)) = (1, (2, 3))", "a star cannot be used here."),
        ("[a, b] = 1, 2", "a list cannot be used here."),
    ],
)
def test_what_is_said(body, says):
    assert says in of_body(body)


@pytest.mark.parametrize(
    "source, says",
    [
        ("x = [1, 2]", "a list cannot be used here."),
        ("from numba import cuda\nx = cuda.to_device(3)", "Try kernels out in the notebook"),
        ("print(3)", "imports, constants and functions"),
        ("for i in range(3):\n    pass", "imports, constants and functions"),
        ("if __name__ == '__main__':\n    pass\nelse:\n    N = 3", "__name__ cannot be used here"),
        ("'a'\n'b'", "imports, constants and functions"),
        ("N = 3\nN = 4", "N already means something else."),
        ("N = 3\nN += 1", "Write NAME = value."),
        ("A = B = 3", "Write NAME = value."),
        ("A[0] = 3", "Write NAME = value."),
        ("A, *B = 1, 2", "Write NAME = value."),
        ("A: int = 3", "an annotation cannot be used here."),
        ("class A:\n    pass", "a class cannot be used here."),
        ("async def f():\n    pass", "an async function cannot be used here."),
        ("del N", "Write NAME = value."),
        ("A = B\nB = 3", "B is not defined."),
        ("def f():\n    return 3\nA = f()", "constants cannot use the functions of the file."),
        ("min = 3", "min already means something else."),
        ("def max(a, b):\n    return a", "max already means something else."),
        ("def f():\n    return 3\ndef f():\n    return 4", "f already means something else."),
        ("N = 3\ndef N():\n    return 3", "N already means something else."),
        ("math = 3\nimport math", "math already means something else."),
        ("import torch", "this import is not in the language."),
        ("import os, math", "this import is not in the language."),
        ("import numpy", "this import is not in the language."),
        ("import numba.cuda", "this import is not in the language."),
        ("import math as m", "this import is not in the language."),
        ("from numba import cuda as c", "this import is not in the language."),
        ("from numba import *", "this import is not in the language."),
        ("from . import cuda", "this import is not in the language."),
        ("from .numba import cuda", "this import is not in the language."),
        ("from cuda import grid", "this import is not in the language."),
        ("from numba.cuda import grid", "this import is not in the language."),
        ("from __future__ import annotations", "this import is not in the language."),
        ("from numba import njit", "njit cannot be used here. It compiles for the CPU."),
        ("from numpy import zeros", "zeros cannot be used here. Numba cannot make arrays"),
        ("def f(a=3):\n    return a", "default value"),
        ("def f(*a):\n    return 3", "plain names"),
        ("def f(**a):\n    return 3", "plain names"),
        ("def f(a, /):\n    return 3", "plain names"),
        ("def f(*, a):\n    return 3", "plain names"),
        ("def f(a: 'int'):\n    return 3", "an annotation cannot be used here."),
        ("def f(a) -> int:\n    return 3", "an annotation cannot be used here."),
        ("@cuda.jit\ndef f(a):\n    pass", "cuda is not defined. Write `from numba import cuda`"),
        ("def f(a):\n    return math.exp(a)", "math is not defined. Write `import math` at the top."),
        ("def f(a):\n    return np.inf", "np is not defined. Write `import numpy as np` at the top."),
        ("def f(a):\n    return float32(a)", "float32 is not defined. Write `from numba import float32` at the top."),
        (f"{TOP}\n@numba.jit\ndef f(a):\n    pass", "this decorator cannot be used here."),
        (f"{TOP}\n@cuda.jit('void(float32[:])')\ndef f(a):\n    pass", "types cannot be given here."),
        (f"{TOP}\n@cuda.jit(fastmath=True)\ndef f(a):\n    pass", "the option fastmath cannot be used here."),
        (f"{TOP}\n@cuda.jit(device=True, inline=True)\ndef f(a):\n    pass", "the option inline cannot be used here."),
        (f"{TOP}\n@cuda.jit(device=False)\ndef f(a):\n    pass", "the option device cannot be used here."),
        (f"{TOP}\n@cuda.jit(**SHAPE)\ndef f(a):\n    pass", "this decorator cannot be used here."),
        (f"{TOP}\n@cuda.jit\n@cuda.jit\ndef f(a):\n    pass", "one decorator is enough"),
        (f"{TOP}\n@(print(3) or cuda.jit)\ndef f(a):\n    pass", "this decorator cannot be used here."),
        (f"{TOP}\ndef f(cuda):\n    return cuda.threadIdx.x", ".threadIdx cannot be used here."),
        (f"{TOP}\ndef f(a):\n    return cuda.grid(1)", "Is @cuda.jit missing above it?"),
        (f"{TOP}\ndef f(a):\n    return numba.cuda.grid(1)", "Is @cuda.jit missing above it?"),
        (f"{TOP}\ndef f(a):\n    return device(a)", "which only kernels call"),
        ("import numpy as np\nvalues = np.ones(5)", "np.ones cannot be used here. Try kernels out in the notebook"),
        ("values = [1, 2]", "a list cannot be used here. Constants are numbers, or tuples of numbers"),
        ("def launch_f(a):\n    return [a], [32]", "a list cannot be used here. Functions for the host compute"),
        (f"{TOP}\n@cuda.jit\ndef f(a):\n    i = threadIdx.x", "threadIdx is not defined. Write cuda.threadIdx."),
        (f"{TOP}\n@cuda.jit\ndef f(a):\n    n = a.size()", "a.size is not a function. Write it without brackets."),
        (f"{TOP}\n@cuda.jit\ndef f(a):\n    x = float('-inf')", "infinity is math.inf"),
        ("def f(a):\n    return f(a - 1)", "f calls itself."),
        ("def f(a):\n    return g(a)\ndef g(a):\n    return h(a)\ndef h(a):\n    return f(a)", "through g, h."),
        ("".join(f"def f{i}(a):\n    return f{i + 1}(a)\n" for i in range(40)) + "def f40(a):\n    return a", "too deeply"),
    ],
)
def test_what_is_said_of_a_file(source, says):
    assert says in refusal(source)


@pytest.mark.parametrize(
    "body",
    [
        "x = {}",
        "x, y = {}, n",
        "x = y = {}",
        "x += {}",
        "output[{}] = n",
        "output[n], x = n, output[n, {}]",
        "{}[n] = n",
        "{}[n] += n",
        "output[{}] += n",
        "if {}:\n    pass",
        "if n:\n    x = {}",
        "if n:\n    pass\nelif {}:\n    pass",
        "if n:\n    pass\nelse:\n    x = {}",
        "while {}:\n    pass",
        "while n:\n    x = {}",
        "for i in range({}):\n    pass",
        "for i in range(0, n, {}):\n    pass",
        "for i in range(n):\n    x = {}",
        "x = values[{}]",
        "x = {}[n]",
        "x = {}.shape",
        "x = -{}",
        "x = {} + n",
        "x = n + {}",
        "x = n and {}",
        "x = n < n < {}",
        "x = {} < n",
        "x = {} if n else n",
        "x = n if {} else n",
        "x = n if n else {}",
        "x = max(n, {})",
        "x = float32({})",
        "x = device({})",
        "x = cuda.fma(n, n, {})",
        "cuda.atomic.add(output, n, {})",
        "x = cuda.shfl_sync({}, n, 0)",
    ],
)
def test_it_is_refused_wherever_it_stands(body):
    assert of_body(body.format("n")) == ""
    assert "a list cannot be used here." in of_body(body.format("[n]"))


def test_it_is_refused_in_constants_and_other_functions():
    for source in ("A = {}", "A = 1 + {}", "A, B = 1, {}", "def f(n):\n    return {}", "def f(n):\n    return n, {}"):
        assert refusal(source.format("3")) == ""
        assert "a list cannot be used here." in refusal(source.format("[3]"))


def test_operators_are_refused_in_assignments_too():
    assert "@ cannot be used here." in of_body("n @= values")


def test_functions_that_call_many_others_are_vetted_at_once():
    calls = [f"def f{i}(n):\n    return f{i + 1}(n) + f{i + 1}(n)\n" for i in range(28)]
    assert refusal("".join(calls) + "def f28(n):\n    return n\n") == ""


def test_what_python_only_warns_of_is_no_error():
    assert refusal('"""A \\d."""\nN = 3') == ""


@pytest.mark.parametrize("body", ["SIZE = n", "max = n", "float32 = n", "math = 3", "kernel = n", "device = n", "cuda = n"])
def test_a_variable_may_have_any_name(body):
    name = body.partition(" ")[0]
    assert of_body(f"{body}\noutput[0] = {name}") == ""


def test_parameters_called_like_functions_are_no_calls_of_these():
    functions = read("def one(other):\n    return other\n\n\ndef other(one):\n    return one + 1\n", "file.py").functions
    assert not functions["one"].has_barrier
    assert evaluate(functions["other"], 3) == 4


def test_a_function_with_a_barrier_is_called_in_a_line_of_its_own():
    waits = "@cuda.jit(device=True)\ndef wait(x):\n    cuda.syncthreads()\n    return x\n"
    waits += "@cuda.jit(device=True)\ndef long(x):\n    x = wait(x)\n    return x\n"
    for call in ("x = wait(n)", "x = long(n)", "long(n)", "x, y = long(n)", "x = y = wait(n)"):
        assert refusal(f"{TOP}{waits}@cuda.jit\ndef f(n, output):\n    {call}") == ""
    for call in ("x = long(n) + 1", "output[long(n)] = 1", "x = max(wait(n), 1)", "x = wait(n), 1", "n += wait(n)"):
        assert "contains a barrier" in refusal(f"{TOP}{waits}@cuda.jit\ndef f(n, output):\n    {call}")
    assert "contains a barrier" in refusal(f"{TOP}{waits}@cuda.jit\ndef f(n, output):\n    x = wait(wait(n))")
    assert "contains a barrier" in refusal(f"{TOP}{waits}@cuda.jit\ndef f(n, output):\n    if wait(n):\n        pass")


def test_the_line_is_that_of_what_is_refused():
    with pytest.raises(Forbidden) as refused:
        vet("N = 3\n\n\ndef f(a):\n    b = (a +\n         [1][0])\n    return b\n", "file.py")
    assert refused.value.line == 6


# Files that are not even Python


@pytest.mark.parametrize(
    "source, says, line",
    [
        ("def f(:\n", "Python cannot read this.", 1),
        ("N = 3\n  M = 4", "indent", 2),
        ("def f(a, a):\n    return 3", "duplicate argument 'a'", 1),
        ("def f(a):\n    pass\nreturn 3", "'return' outside function", 3),
        ("def f(a):\n    break", "'break' outside loop", 2),
        (b"N = 3\n# gr\xfc\xdfe", "not text in UTF-8", 2),
        ("N = 3\0", "", 0),
        ("N = '\ud800'", "contains characters", 0),
        ("(" * 300, "too many nested parentheses", 1),
        ("N = " + "9" * 5000, "Exceeds the limit", 1),
        ("N = " + "-" * 50_000 + "1", "nests more deeply", 0),
        ("N = " + "+".join("1" * 30_000), "deeply", None),
        ("N = " + "-" * 120 + "1", "this nests too deeply. Split it up.", 1),
        ("#" * 70_000, "larger than 64 kB", 0),
        (b"#" * 70_000, "larger than 64 kB", 0),
        ("if a: pass\n" + "elif a: pass\n" * 4_000, "deeply", None),
    ],
)
def test_files_that_python_could_not_read(source, says, line):
    with pytest.raises(NotPython) as refused:
        vet(source, "file.py")
    assert says in refused.value.sentence
    assert line is None or refused.value.line == line or not says


@pytest.mark.parametrize(
    "source",
    [
        "N = 9 ** 9 ** 9",
        "N = 1 << 10 ** 10",
        "\n".join(["N0 = 2 ** 64", *(f"N{i + 1} = N{i} * N{i}" for i in range(60))]),
        "N = (0,) * 10 ** 12",
    ],
)
def test_nothing_is_computed_while_a_file_is_vetted(source):
    assert refusal(source) == ""


def test_names_that_only_look_different_are_the_same():
    """As for Python, which knows them in one form only."""
    assert of_body("output[0] = \uff43uda.grid(1)") == ""
    assert ".grid cannot be used here." in of_body("\uff43\uff55\uff44\uff41 = 3\noutput[0] = cuda.grid(1)")
    assert "letters other than a to z" in of_body("output[0] = \u0441uda.grid(1)")


ALLOWED = set(
    "Module Import ImportFrom alias Assign AugAssign FunctionDef arguments arg Return If For While Break Continue Pass "
    "Expr Raise Constant Name Load Store Attribute Subscript Tuple BinOp UnaryOp BoolOp Compare IfExp Call keyword And "
    "Or Not Invert UAdd USub Add Sub Mult Div FloorDiv Mod Pow LShift RShift BitOr BitXor BitAnd Eq NotEq Lt LtE Gt "
    "GtE".split()
)


def check_what_is_taken(source: str | bytes) -> None:
    """Refuse a file in one of the two ways, or hold its tree beside rules of the test's own."""
    try:
        tree = vet(source, "file.py")
    except (Forbidden, NotPython) as refused:
        assert refused.sentence.isascii() or isinstance(refused, NotPython)
        assert len(refused.sentence) < 600
        return
    nodes = list(ast.walk(tree))
    assert {type(node).__name__ for node in nodes} <= ALLOWED
    imported = {alias.asname or alias.name for node in nodes if hasattr(node, "names") for alias in node.names}
    assert imported <= {"math", "numba", "np", "cuda", *names.MODULES["math"].members, *names.TYPES, "inf", "nan", "pi"}
    for node in nodes:
        match node:
            case ast.Constant(str()):
                assert "docstring" in source or any(node is getattr(each, "value", None) for each in nodes)
            case ast.Attribute(_, attribute):
                assert not attribute.startswith("_")
            case ast.Call(called):
                assert re.fullmatch(r"\w+(\.\w+){0,3}", ast.unparse(called))
            case ast.FunctionDef(decorator_list=decorators):
                assert [ast.unparse(each) for each in decorators] in (
                    [], ["cuda.jit"], ["cuda.jit()"], ["cuda.jit(device=True)"],
                )  # fmt: skip
    assert all(isinstance(node, (ast.Import, ast.ImportFrom, ast.Assign, ast.FunctionDef, ast.Expr)) for node in tree.body)


SOURCES = [RIGHT, *(path.read_text() for path in MASTERS), *(program(body) for body in [*NODES.values(), *OTHERS.values()])]
SNIPPETS = [
    "\0",
    "\ud800",
    "\x0c",
    "\t",
    "\r\n",
    "\\\n",
    "\u202e",
    "\uff43",
    "é",
    "(",
    ")",
    "[",
    "lambda: ",
    "__",
    "*",
    "@",
    ":=",
]
SNIPPETS += [
    " if ",
    "9" * 40,
    "'",
    '"""',
    "#",
    "await ",
    "yield ",
    "f'{x}'",
    "1j",
    "...",
    "None",
    "import os\n",
    "exec",
    ".x",
    "async ",
]


@given(st.binary(max_size=200))
@example(b"\xef\xbb\xbf\xef\xbb\xbf")
@example(b"# coding: utf-7\nN = +AGE-")
@example(b"# coding: nonsense\n")
@example(b"\xff\xfeN\x00")
def test_any_bytes_are_refused_or_taken(source):
    check_what_is_taken(source)


@given(st.data())
def test_spoilt_programs_are_refused_or_taken(data):
    source = data.draw(st.sampled_from(SOURCES))
    for _ in range(data.draw(st.integers(1, 4))):
        first = data.draw(st.integers(0, len(source)))
        last = data.draw(st.integers(first, min(len(source), first + 12)))
        part = data.draw(st.sampled_from(SNIPPETS) | st.sampled_from(re.findall(r"\w+|\W", RIGHT)))
        source = source[:first] + part + source[last:]
    check_what_is_taken(source)


@given(st.lists(st.sampled_from(SOURCES), min_size=2, max_size=2), st.randoms(use_true_random=False))
def test_programs_made_of_pieces_of_others_are_refused_or_taken(sources, random):
    """Pieces of two syntax trees, put together: always Python, seldom in the language."""
    one, other = map(ast.parse, sources)
    expressions = [node for node in ast.walk(other) if isinstance(node, ast.expr) and not isinstance(node, ast.Starred)]
    places = [
        (node, field)
        for node in ast.walk(one)
        for field, value in ast.iter_fields(node)
        if isinstance(value, ast.expr) and isinstance(getattr(value, "ctx", ast.Load()), ast.Load)
    ]
    for node, field in random.sample(places, min(3, len(places))):
        setattr(node, field, random.choice(expressions))
    try:
        source = ast.unparse(one)
    except (ValueError, RecursionError):  # an expression that holds itself
        return
    check_what_is_taken(source)


# What Numba says


@pytest.mark.slow
def test_numba_says_what_sentences_claim():
    if find_spec("numba_cuda") is None:
        pytest.skip("numba-cuda is not installed")
    environment = {name: value for name, value in os.environ.items() if name != "NUMBA_ENABLE_CUDASIM"}
    command = [sys.executable, "-W", "ignore", str(Path(__file__).with_name("left_out_examples.py"))]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=True)
    said = json.loads(done.stdout)
    bodies = {kind.__name__: body for kind, body in NODES.items() if kind not in HIDDEN} | OTHERS
    for name, body in bodies.items():
        sentence = of_body(body)
        assert sentence, textwrap.indent(body, "    ")
        for quoted in re.findall(r'"([^"]*)"', sentence):
            assert quoted in said[name]
        assert said[name] == "" or "Numba compiles it" not in sentence, name
        assert said[name] != "" or not re.search("Numba cannot|Numba has none|Numba must know", sentence), name
