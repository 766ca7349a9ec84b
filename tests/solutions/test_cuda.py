"""The homework cuda: its masters on our machine and in Numba's simulator against references, and these against loops."""

import doctest
import json
import math
import os
import shutil
import sys
from importlib.metadata import PackageNotFoundError, version
from types import SimpleNamespace

import nbformat
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nbclient import NotebookClient

from autograder import loading
from autograder.assignment import find
from autograder.kernels import compiler, harness
from autograder.kernels.goals import marks
from autograder.kernels.launches import Access, Profile
from autograder.sandbox.host import Sandbox
from autograder.sandbox.limits import Limits
from benchmarks.kernel_traffic.walks import imported
from gpu.findings.races import races
from gpu.findings.traffic import busiest, traffic
from gpu.machine.launch import Blank, Order, evaluate, launch
from gpu.machine.program import read
from kernels.shapes import Geometry
from release import handout

CUDA = find("cuda")
FOLDER = CUDA.folder
FILES = {
    "scale": "mapping.py",
    "darken": "indexing.py",
    "convolve": "direct.py",
    "max_pool": "pooling.py",
    "block_sums": "reduction.py",
    "convolve_tiled": "tiled.py",
    "convolve_blocked": "blocked.py",
}
PROGRAMS = {kernel: read((FOLDER / file).read_bytes(), file).functions for kernel, file in FILES.items()}
MASTERS = {kernel: loading.master(FOLDER, file) for kernel, file in FILES.items()}
REFERENCE = loading.module(FOLDER, "reference")
CONVOLUTIONS = ("convolve", "convolve_tiled", "convolve_blocked")
seeds = st.integers(0, 2**32 - 1)
every = pytest.mark.parametrize("kernel", FILES)


def drawn(kernel, seed):
    """Draw what a kernel takes, but for the output: small arrays that fill no block."""
    random = np.random.default_rng(seed)

    def floats(*shape):
        return random.normal(size=shape).astype(np.float32)

    def up_to(most, least=1):
        return int(random.integers(least, most + 1))

    match kernel:
        case "scale":
            return floats(up_to(600)), np.float32(random.normal())
        case "darken":
            return floats(up_to(20), up_to(40)), np.float32(random.normal())
        case "max_pool":
            images = floats(up_to(3), up_to(12, 3), up_to(40, 3))
            images[random.random(images.shape) < 0.05] = np.nan
            images[random.random(images.shape) < 0.05] = -np.inf
            return (images,)
        case "block_sums":
            return (floats(up_to(700)),)
        case "convolve":
            tall, wide, padding, channels, filters = up_to(4), up_to(4), up_to(3, 0), up_to(3), up_to(3)
            images = floats(channels, up_to(tall + 5, tall), up_to(wide + 34, wide))
            return images, floats(filters, channels, tall, wide), floats(filters), padding
        case "convolve_tiled" | "convolve_blocked":
            filters, channels = up_to(18 if kernel == "convolve_blocked" else 2), up_to(2)
            images = floats(channels, up_to(5, 3), up_to(18, 3))
            return images, floats(filters, channels, 3, 3), floats(filters), up_to(1, 0)


def expected(kernel, arguments):
    """Return the right output, and how far from it each number may lie."""
    function = getattr(REFERENCE, kernel)
    tolerance = function.tolerance(*arguments) if callable(function.tolerance) else function.tolerance
    return function(*(each.astype(float) if isinstance(each, np.ndarray) else each for each in arguments)), tolerance


def sizes(kernel, arguments, output):
    """Return what launch_NAME takes."""
    return arguments[0].shape if kernel in ("scale", "darken", "block_sums") else output.shape


def assert_right(output, wanted, tolerance):
    assert (np.isnan(output) == np.isnan(wanted)).all()
    finite = np.isfinite(wanted)
    assert (output[~finite & ~np.isnan(wanted)] == wanted[~finite & ~np.isnan(wanted)]).all()
    assert (abs(output - wanted)[finite] <= np.broadcast_to(tolerance, wanted.shape)[finite]).all()


@pytest.mark.parametrize("file", FILES.values())
def test_examples_in_docstrings(file):
    ran = doctest.testmod(loading.master(FOLDER, file))
    assert ran.failed == 0 and ran.attempted > 0


@every
@settings(max_examples=5)
@given(seeds, st.sampled_from(Order))
def test_a_master_on_our_machine(kernel, seed, order):
    arguments = drawn(kernel, seed)
    wanted, tolerance = expected(kernel, arguments)
    output = np.empty(wanted.shape, np.float32)
    blocks, threads = evaluate(PROGRAMS[kernel][f"launch_{kernel}"], *sizes(kernel, arguments, output))
    recording = launch(PROGRAMS[kernel][kernel], blocks, threads, [*arguments, Blank(output)], order)
    assert recording.faults == []
    assert_right(output, wanted, tolerance)


@pytest.mark.costly
@every
@settings(max_examples=2)  # a thread of the system for each of CUDA's
@given(seeds)
def test_a_master_in_numbas_simulator(kernel, seed):
    arguments = drawn(kernel, seed)
    wanted, tolerance = expected(kernel, arguments)
    output = np.full(wanted.shape, 12345, np.float32)
    blocks, threads = getattr(MASTERS[kernel], f"launch_{kernel}")(*sizes(kernel, arguments, output))
    getattr(MASTERS[kernel], kernel)[blocks, threads](*arguments, output)
    assert_right(output, wanted, tolerance)


def by_loops(kernel, arguments):
    """Compute an output as its docstring defines it, one number after another."""
    match kernel, arguments:
        case "scale", (values, factor):
            return [float(value) * float(factor) for value in values]
        case "darken", (image, level):
            return [[max(float(pixel) - float(level), 0) for pixel in row] for row in image]
        case "block_sums", (values,):
            return [math.fsum(values[start : start + 256]) for start in range(0, len(values), 256)]
        case "max_pool", (images,):
            places = [range(0, length - 2, 2) for length in images.shape[1:]]
            return [[[largest(plane[v : v + 3, h : h + 3]) for h in places[1]] for v in places[0]] for plane in images]
        case _, (images, kernels, bias, padding):
            channels, height, width = images.shape
            filters, _, tall, wide = kernels.shape
            output = np.zeros((filters, height + 2 * padding - tall + 1, width + 2 * padding - wide + 1))
            for k, row, column in np.ndindex(output.shape):
                terms = [float(bias[k])]
                for c, r, s in np.ndindex(channels, tall, wide):
                    v, h = row + r - padding, column + s - padding
                    if v in range(height) and h in range(width):
                        terms.append(float(images[c, v, h]) * float(kernels[k, c, r, s]))
                output[k, row, column] = math.fsum(terms)
            return output


def largest(window):
    """Return the largest number of a window, and NaN if it holds one."""
    numbers = sorted(map(float, window.ravel()), key=lambda number: (math.isnan(number), number))
    return numbers[-1]


@every
@settings(max_examples=10)
@given(seeds)
def test_a_reference_computes_what_the_docstring_says(kernel, seed):
    arguments = drawn(kernel, seed)
    wanted, _ = expected(kernel, arguments)
    np.testing.assert_allclose(wanted, by_loops(kernel, arguments), rtol=1e-12, atol=1e-12)


@every
def test_a_misconception_is_told_from_the_truth(kernel):
    cases = [drawn(kernel, seed) for seed in range(10)]
    for one in [*getattr(REFERENCE, kernel).misconceptions, *entered(kernel)]:
        assert any(is_told(one, kernel, arguments) for arguments in cases), one.name


def is_told(one, kernel, arguments):
    """Return whether the answer of a misconception is judged as wrong."""
    wanted, tolerance = expected(kernel, arguments)
    answer = one.answer(*arguments)
    if answer.shape != wanted.shape:
        return True
    with np.errstate(invalid="ignore"):
        same = (answer == wanted) | (abs(answer - wanted) <= tolerance) | (np.isnan(answer) & np.isnan(wanted))
    return not same.all()


def entered(kernel):
    """Return the misconceptions that reference.py enters itself."""
    lists = [value for value in vars(REFERENCE).values() if isinstance(value, list)]
    return [one for entries in lists for one in entries if getattr(one, "operation", None) == kernel]


@pytest.fixture(scope="module")
def nvidias_compiler():
    """A worker that compiles: in this process, CUDA is simulated."""
    try:
        for package in compiler.PACKAGES:
            version(package)
    except PackageNotFoundError as missing:
        pytest.skip(f"NVIDIA's compiler is not here, {missing} is missing: ./setup.sh installs it on Linux")
    limits = Limits(packages=compiler.PACKAGES, memory=compiler.MEMORY, harness=harness.of_compiler())
    with Sandbox() as sandbox:
        yield sandbox.worker(sandbox.alone(), limits)


@pytest.mark.sampled(2)
@every
def test_a_master_stays_in_its_registers(nvidias_compiler, kernel):
    source = np.frombuffer((FOLDER / FILES[kernel]).read_bytes(), np.uint8)
    arguments = drawn(kernel, 0)
    output = expected(kernel, arguments)[0].astype(np.float32)
    reply = nvidias_compiler.call(
        "compiled", source, FILES[kernel], kernel, [*arguments, output], harness=True, seconds=compiler.SECONDS
    )
    for figures in reply.result["figures"].values():
        assert figures["spilled"] == figures["stack"] == 0 and figures["registers"] <= 128


@pytest.fixture
def practice(monkeypatch):
    """What the notebook imports, beside the masters; a simulated GPU runs kernels once."""
    monkeypatch.syspath_prepend(FOLDER)
    monkeypatch.setitem(sys.modules, "torch", None)  # takes seconds to import
    module = loading.copy(FOLDER / "handout", "practice.py", "practice_of_cuda")
    monkeypatch.setattr(module, "REPEATS", 1)
    monkeypatch.setattr(module, "_card", lambda: ("Tesla T4", "T4"))
    return module


def test_the_notebook_runs_a_kernel(practice):
    values = np.arange(5, dtype=np.float32)
    assert practice.run("mapping", "scale", (5,), values, np.float32(3), shape=(5,)).tolist() == [0, 3, 6, 9, 12]


def test_the_notebook_says_how_near_a_kernel_comes_to_the_limit(practice, monkeypatch, capsys):
    monkeypatch.setattr(practice, "_seconds", lambda *_: 0.002)
    monkeypatch.setattr(practice, "OURS", {("T4", "scale"): 1.5})
    values = np.arange(5, dtype=np.float32)
    layer = {"expected": 3 * values, "moved": 320_000_000}  # a thousandth of what a T4 moves in a second
    practice.measure("mapping", "scale", (5,), values, np.float32(3), **layer)
    said = capsys.readouterr().out
    assert "scale on a Tesla T4: right" in said and "2.000 ms  160 GB/s" in said and "1.500 ms" in said
    assert "1.000 ms  set by memory: yours reaches 50%" in said
    practice.measure("mapping", "scale", (5,), values, np.float32(3), operations=81_000_000_000, **layer)
    assert "10.000 ms  set by arithmetic" in capsys.readouterr().out
    practice.measure("mapping", "scale", (5,), values, np.float32(2), **layer)
    assert "80.0% of the numbers are wrong, the first at [1]" in capsys.readouterr().out


def test_the_notebook_says_what_is_missing(practice, monkeypatch, capsys):
    monkeypatch.setattr(practice.importlib, "import_module", lambda name: Unwritten)
    assert practice.run("mapping", "scale", (5,), shape=(5,)) is None
    assert capsys.readouterr().out == "launch_scale isn't written yet.\n"
    monkeypatch.setattr(practice, "cuda", None)
    practice.show_card()
    practice.measure("mapping", "scale", (5,), expected=np.zeros(5), moved=1)
    assert capsys.readouterr().out.count("Numba isn't installed here") == 2


def test_the_notebook_says_how_to_install_a_compiler_that_the_driver_takes(practice, monkeypatch, capsys):
    def fails(shape, dtype):
        raise RuntimeError("CUDA_ERROR_UNSUPPORTED_PTX_VERSION")

    monkeypatch.setattr(practice.cuda, "device_array", fails)
    assert practice.run("mapping", "scale", (5,), shape=(5,)) is None
    said = capsys.readouterr().out
    assert said.startswith("scale was not run: Numba cannot compile for this GPU (RuntimeError). In a new cell, run")


class Unwritten:
    """A stub."""

    @staticmethod
    def launch_scale(size):
        raise NotImplementedError


def test_the_notebook_s_own_convolution(practice):
    arguments = drawn("convolve", 3)
    np.testing.assert_allclose(practice.convolution(*arguments), expected("convolve", arguments)[0], rtol=1e-4, atol=1e-4)


@pytest.fixture(scope="module")
def our_kernels():
    """The package kernels.cuda, imported once more for our machine, and what records its launches."""
    return imported()


RUNGS = {"3.3": "direct", "6.3": "tiled", "7.3": "blocked"}


@pytest.mark.parametrize("number", ["3.3", "4.3", "6.3", "7.3"])
def test_the_kernels_of_the_package_are_safe_and_get_all_points_for_traffic(our_kernels, number):
    package, cuda = our_kernels
    check = next(check for check in CUDA.checks() if check.number == number)
    [case] = check.cases(CUDA.reference(), "a seed")
    output = np.empty(case.expected.shape, np.float32)
    if number == "4.3":
        parameters = ["planes", "output"]
        package.pool2d(case.arguments[0][None], (3, 3), (2, 2), "max", output[None])
    else:
        parameters = ["images", "kernels", "bias", "padding", "output"]
        images, weights, bias, padding = case.arguments
        geometry = Geometry(padding=(padding, padding))
        package.conv2d(images[None], weights, bias, geometry, np.float32(0), output[None], rung=RUNGS[number])
    recording = cuda.launches[-1]
    assert_right(output, case.expected, case.answers.tolerance)
    assert recording.faults == races(recording) == []
    profile = Profile(
        parameters=parameters,
        outputs={},
        written=output.size,
        changed=[],
        misdeeds=[],
        accesses=[Access(**each._replace(worst=None)._asdict()) for each in traffic(recording)],
        busiest=busiest(recording),
        threads=recording.threads_of_block,
        barriers=recording.barriers,
        atomics=recording.atomics,
    )
    without_compiler = SimpleNamespace(spills=lambda case: {})
    figures = check.case.figures(without_compiler, SimpleNamespace(case=case, profile=profile, right=case.expected.size))
    found = marks(figures, check.part.settings.traffic)
    assert {mark.name: mark.share for mark in found} == dict.fromkeys(figures, 1.0)


@pytest.mark.slow
def test_the_notebook_runs_from_top_to_bottom_where_there_is_no_gpu(tmp_path):
    handout.write(CUDA, tmp_path)
    for part in CUDA.parts:
        shutil.copy(FOLDER / part.file, tmp_path)
    notebook = nbformat.read(tmp_path / "cuda.ipynb", as_version=4)
    client = NotebookClient(notebook, timeout=300, kernel_name="python3", resources={"metadata": {"path": str(tmp_path)}})
    client.execute(env={name: value for name, value in os.environ.items() if name != "NUMBA_ENABLE_CUDASIM"})
    outputs = [json.dumps(cell.get("outputs", [])) for cell in notebook.cells]
    assert sum(each.count("image/svg+xml") for each in outputs) == 2
    assert sum("was not run: there is no NVIDIA GPU here" in each for each in outputs) == 8
    assert "50 of 50 points" in outputs[-3]
