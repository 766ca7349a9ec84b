"""Kernels meet NVIDIA's compiler in a worker, as in grading: without a GPU, without a program, without a file."""

import os
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, version
from textwrap import dedent, indent

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.kernels import compiler, harness
from autograder.sandbox.host import Sandbox
from autograder.sandbox.limits import Limits
from autograder.sandbox.replies import Returned, Stopped
from autograder.verdicts import Verdict
from gpu.compiler_errors import MOST_READ, explained
from gpu.machine.names import BUILT_IN, MODULES, TYPES, Function
from tests.conftest import ROOT

HEAD = """\
import math

import numpy as np
from numba import cuda, float32, int32

N = 4
SHAPE = (N, 3)


@cuda.jit(device=True)
def half(number):
    return number / 2


@cuda.jit(device=True)
def first(number):
    return number[0]


@cuda.jit(device=True)
def either(number):
    if number > 1:
        return SHAPE
    return number


def launch(size):
    return size, 32


@cuda.jit
def kernel(values, image, output):
"""
VALUES, IMAGE = np.zeros(3, np.float32), np.zeros((3, 3), np.float32)
MEMORY = 1024**3


@pytest.fixture(scope="module")
def worker():
    """A worker that compiles."""
    try:
        for package in compiler.PACKAGES:
            version(package)
    except PackageNotFoundError as missing:
        pytest.skip(f"NVIDIA's compiler is not here, {missing} is missing: ./setup.sh installs it on Linux")
    limits = Limits(packages=compiler.PACKAGES, memory=MEMORY, harness=harness.of_compiler(), part_seconds=120.0)
    with Sandbox() as sandbox:
        yield sandbox.worker(sandbox.alone(), limits)


def asked(worker, source, arguments=(VALUES, IMAGE, VALUES), seconds=10.0):
    """Compile the function `kernel` of a file."""
    content = np.frombuffer(source.encode(), np.uint8)
    return worker.call("compiled", content, "file.py", "kernel", [*arguments], harness=True, seconds=seconds)


def compiled(worker, body):
    """Compile a kernel with such a body, and return what there is to say."""
    reply = asked(worker, HEAD + indent(dedent(body), "    "))
    assert isinstance(reply, Returned), reply
    return reply.result


def figures(worker, body):
    found = compiled(worker, body)
    assert found.keys() == {"figures", "lines"}, found
    return found["figures"]


def error(worker, body):
    """Return what is said of a kernel that cannot be compiled, behind the line's number, and that line."""
    found = compiled(worker, body)
    begin, _, meaning = found["error"].partition(": ")
    assert found["numba"] and "_Z" not in found["numba"]  # so begins what the compiler calls a kernel
    where = f"line {found['line']}" if found["line"] else "this kernel"
    assert begin == f"Numba cannot compile {where}"
    return meaning, "".join(line.partition(": ")[2] for line in found["lines"])


@pytest.mark.costly
def test_a_kernel_takes_registers_and_nothing_else(worker):
    found = figures(worker, "i = cuda.grid(1)\nif i < values.shape[0]:\n    output[i] = half(values[i])")
    assert found.keys() == {"sm_75", "sm_90"}
    for each in found.values():
        assert 4 <= each.pop("registers") <= 32
        assert each == {"spilled": 0, "stack": 0, "shared": 0}


@pytest.mark.costly
def test_shared_arrays_are_those_of_the_file(worker):
    found = figures(
        worker,
        """
        one = cuda.shared.array(N, float32)
        other = cuda.shared.array((8, 8), float32)
        i = cuda.threadIdx.x
        one[i % 4], other[i % 8, i // 8] = values[i], values[i + 1]
        cuda.syncthreads()
        output[i] = one[i // 8] + other[i // 8, i % 8]
        """,
    )
    assert {each["shared"] for each in found.values()} == {4 * (4 + 64)}


LOCAL = """
some = cuda.local.array(64, float32)
for k in range(64):
    some[{index}] = values[k]
output[0] = some[3] + some[4]
"""


def test_a_local_array_lies_in_memory_if_an_index_is_not_known(worker):
    in_registers, in_memory = (figures(worker, LOCAL.format(index=index)) for index in ("k", "k * cuda.threadIdx.x % 64"))
    for name in ("sm_75", "sm_90"):
        assert in_registers[name]["stack"] == 0
        assert in_memory[name]["stack"] == 64 * 4
        assert in_memory[name]["spilled"] == 0


TOTALS = """
totals = cuda.local.array(({rows}, {columns}), float32)
for row in range({rows}):
    for column in range({columns}):
        totals[row, column] = float32(0)
for n in range(values.shape[0]):
    for row in range({rows}):
        for column in range({columns}):
            totals[row, column] += values[n + row] * image[n, column]
for row in range({rows}):
    for column in range({columns}):
        output[row * {columns} + column] = totals[row, column]
"""


@pytest.mark.costly
def test_more_totals_than_registers_are_spilled(worker):
    few, many = figures(worker, TOTALS.format(rows=8, columns=8)), figures(worker, TOTALS.format(rows=17, columns=17))
    for name in ("sm_75", "sm_90"):
        assert 64 < few[name]["registers"] < 255
        assert few[name]["spilled"] == 0
        assert many[name]["registers"] == 255
        assert many[name]["spilled"] >= 4 * (17 * 17 - 255)


def calls():
    """Yield a call of each function of the language."""
    inside = MODULES["cuda"].members
    for module in (MODULES["math"], BUILT_IN):
        prefix, members = ("math.", module.members) if module is MODULES["math"] else ("", module)
        for name, meaning in members.items():
            if isinstance(meaning, Function):
                yield f"{prefix}{name}({', '.join(['values[0]', 'values[1]'][: meaning.least])})"
    for name in TYPES:
        yield f"np.{name}(values[0])"
    for name in inside:
        if name.startswith("shfl"):
            yield f"cuda.{name}(0xFFFFFFFF, values[0], 1)"
    yield from ("cuda.fma(values[0], values[1], values[2])", "cuda.selp(values[0] > 1, values[1], values[2])")
    yield from ("cuda.laneid", "cuda.warpsize", "cuda.gridsize(1)", "len(values)", "image.size", "image.ndim", "np.inf")
    for name in inside["atomic"].members:
        yield f"cuda.atomic.{name}(output, 0, values[0])"


@pytest.mark.costly
def test_numba_compiles_what_the_language_has(worker):
    lines = [f"output[{number}] = {call}" for number, call in enumerate(calls())]
    assert figures(worker, "\n".join(["cuda.syncthreads()", "cuda.syncwarp()", *lines]))


# What a student wrote, the line that is shown, and what must be said of it.
ERRORS = {
    "total = values\nif values[0] > 1:\n    total = image\noutput[0] = total[0]": (
        "output[0] = total[0]",
        "total is a 1-D array of float32 in one place and a 2-D array of float32 in another: in a kernel, a variable keeps "
        "its type.",
    ),
    "total = total + 1\noutput[0] = total": ("total = total + 1", "total is used before it has a value."),
    "middle = cuda.grid(1) / 2\noutput[middle] = 1": (
        "output[middle] = 1",
        "an index must be an integer, not float64; // divides integers, / makes a float.",
    ),
    "output[0] = values[cuda.grid(2)]": (
        "output[0] = values[cuda.grid(2)]",
        "a 1-D array of float32 cannot have 2 indices: it needs one for each axis.",
    ),
    "cuda.atomic.add(image, 0, 1)": (
        "cuda.atomic.add(image, 0, 1)",
        "a 1-D index does not fit a 2-D array.",
    ),
    "some = (1, 2)\nsome[0] = 3\noutput[0] = some[0]": ("some[0] = 3", "a tuple cannot be changed; cuda.local.array can."),
    "output[0] = image[0]": ("output[0] = image[0]", "an element, float32, cannot become a 1-D array of float32."),
    "image[0, 1] = image.shape": ("image[0, 1] = image.shape", "an element, float32, cannot become a tuple of 2 int64."),
    "output[0] = values[0][1]": ("output[0] = values[0][1]", "float32 has no elements."),
    "some = (1, 2.0)\noutput[0] = some[cuda.grid(1)]": (
        "output[0] = some[cuda.grid(1)]",
        "the items of this tuple differ in type, so its index must be a number in the code.",
    ),
    "output[0] = values.shape[1]": ("output[0] = values.shape[1]", "a tuple, such as a shape, has no item of this number."),
    "rows, columns = values.shape\noutput[0] = rows": (
        "rows, columns = values.shape",
        "a tuple of 1 cannot be assigned to 2 names.",
    ),
    "row, column = cuda.grid(1)\noutput[0] = row": (
        "row, column = cuda.grid(1)",
        "one value, int64, cannot be assigned to several names.",
    ),
    "if values:\n    output[0] = 1": ("if values:", "a condition cannot be a 1-D array of float32."),
    "output[0] = float32(values)": ("output[0] = float32(values)", "a 1-D array of float32 cannot become float32."),
    "cuda.atomic.add(values, cuda.grid(2), 1)": (
        "cuda.atomic.add(values, cuda.grid(2), 1)",
        "a tuple of 2 int64 cannot become int64.",
    ),
    "cuda.atomic.add(values[0], 0, 1)": (
        "cuda.atomic.add(values[0], 0, 1)",
        "the functions of cuda.atomic take an array, an index and a value.",
    ),
    "both = values + values\noutput[0] = both[0]": (
        "both = values + values",
        "arrays cannot be computed as a whole: compute their elements.",
    ),
    "both = values\nboth += 1": ("both += 1", "arrays cannot be computed as a whole: compute their elements."),
    "some = cuda.local.array(0, float32)": ("some = cuda.local.array(0, float32)", "an array must have elements."),
    "some = cuda.shared.array(20000, float32)\nsome[cuda.threadIdx.x] = 1\noutput[0] = some[5]": (
        "",
        "a block's shared arrays take 80,000 bytes, but 49,152 is the most.",
    ),
    "output[0] = cuda.selp(values, 1, 2)": ("", "NVIDIA's compiler says that the types of a call do not match."),
    "output[0] = math.exp(values)": ("output[0] = math.exp(values)", "exp does not take a 1-D array of float32."),
    "output[0] = max(image, 0)": ("output[0] = max(image, 0)", "max does not take a 2-D array of float32, int64."),
    "output[0] = values[0] & 3": ("output[0] = values[0] & 3", "& cannot be applied to float32 and int64."),
    "if cuda.grid(2) < 3:\n    output[0] = 1": (
        "if cuda.grid(2) < 3:",
        "< cannot be applied to a tuple of 2 int64 and int64.",
    ),
    "output[0] = first(values[0])": ("return number[0]", "float32 has no elements."),
    "output[0] = 1 << 70": ("output[0] = 1 << 70", 'it says "Int value is too large: 1180591620717411303424".'),
}


@pytest.mark.sampled(12)
@pytest.mark.parametrize("body", ERRORS)
def test_an_error_has_its_line_and_its_meaning(worker, body):
    line, meaning = ERRORS[body]
    assert error(worker, body) == (meaning, line)


def test_a_function_that_returns_two_types_is_an_error_in_one_of_its_lines(worker):
    meaning, line = error(worker, "output[0] = either(values[0])")
    assert meaning == "a function must return the same type everywhere."
    assert line in ("return SHAPE", "return number")


PIECES = (
    "No implementation of function Function(",
    ") found for signature:\n >>> ",
    "setitem(array(float32, 1d, C), ",
    "\n",
    "Tuple(",
    ", ",
    ")",
    "(",
    "Cannot unify ",
    " and ",
    " for 'x",
    'File "file.py", line 3',
    "raised a specific error: ",
    "0x1f",
    "Literal[int](3)",
    "cannot index ",
    " with 2 indices",
)


@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=5)).map("".join))
def test_whatever_numba_says_becomes_a_sentence(said):
    found = explained(ValueError(said), "file.py")
    assert found.keys() == {"error", "line", "numba"}
    assert found["error"].startswith("Numba cannot compile ") and found["error"].endswith(".")
    assert found["line"] in (0, 3) and len(found["error"]) < MOST_READ + 1000


def test_arguments_have_the_types_that_a_launch_gives_them(worker):
    source = HEAD + "    output[0] = image[0, 0] + values\n"
    for number in (2, 2.0, np.float32(2)):
        assert asked(worker, source, (number, IMAGE, VALUES)).result["figures"]
    wrong = asked(worker, source, (VALUES, IMAGE, VALUES)).result
    assert wrong["error"].endswith("an element, float32, cannot become a 1-D array of float32.")


@pytest.mark.costly
def test_a_file_that_takes_too_long_is_not_waited_for(worker):
    much = "\n".join(f"output[{k}] += values[0] * image[0, {k}]" for k in range(600))
    reply = asked(worker, HEAD + indent(much, "    "), seconds=1.0)
    assert isinstance(reply, Stopped)
    assert reply.verdict is Verdict.TIMED_OUT
    assert figures(worker, "output[0] = 1")


@pytest.mark.parametrize("constant", ["9 ** 9 ** 9", "1 << 10 ** 9", "2 ** 40 * 2 ** 40"])
def test_constants_are_small_before_they_are_computed(worker, constant):
    reply = asked(worker, f"BIG = {constant}\n{HEAD}    output[0] = BIG\n")
    assert isinstance(reply, Stopped)
    assert "64 bits" in reply.sentence


def test_where_there_is_no_compiler_it_says_so():
    limits = Limits(harness=harness.of_compiler())
    with Sandbox() as sandbox:
        reply = asked(sandbox.worker(sandbox.alone(), limits), f"{HEAD}    output[0] = 1\n")
    assert reply.result["absent"] == "numba is not installed"


@pytest.mark.costly
@pytest.mark.parametrize(
    ("broken", "says"),
    [
        ("pathfinder.load_nvidia_dynamic_lib = of_a_package", ""),
        (
            "from cuda.bindings import runtime; runtime.cudaError_t = None",
            "AttributeError: 'NoneType' object has no attribute 'cudaSuccess'",
        ),
    ],
)
def test_the_packages_suffice_and_broken_ones_are_like_none(worker, broken, says):
    source = f"""
from cuda import pathfinder

load = pathfinder.load_nvidia_dynamic_lib

def of_a_package(name):  # and not of a CUDA that this machine has, but Gradescope's has not
    found = load(name)
    if "site-packages" not in found.abs_path:
        raise OSError(f"no package has {{name}}")
    return found

{broken}
from gpu import compiler
print(compiler.absent)
"""
    real = os.environ | {"NUMBA_ENABLE_CUDASIM": "0"}
    done = subprocess.run([sys.executable, "-c", source], cwd=ROOT, env=real, capture_output=True, text=True)
    assert (done.stdout.strip(), done.returncode) == (says, 0), done.stderr
